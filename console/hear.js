/** The Hear panel: drop, paste, choose or record; then read, play and keep the transcript. */
import { CueEditor } from './cue-editor.js';
import { LevelMeter } from './level-meter.js';
import { MediaPlayer } from './media.js';
import { clock, copy, save, showProblem, span } from './page.js';
import { Queue } from './queue.js';
import { Recorder } from './recorder.js';
import { RecordingList } from './recording-list.js';
import { toSrt, toText, toVtt } from './subtitles.js';
import { Transcript } from './transcript.js';
import { Transport } from './transport.js';
import { languageName } from './voices.js';

const WRITERS = {
  txt: ({ cues }) => [toText(cues), 'text/plain'],
  srt: ({ cues }) => [toSrt(cues), 'application/x-subrip'],
  vtt: ({ cues }) => [toVtt(cues), 'text/vtt'],
  json: (recording) => [JSON.stringify(asJson(recording), null, 2), 'application/json'],
};

/** Everything that is known of a recording, as it was edited. */
const asJson = ({ cues, heard, totalSeconds, heardSeconds }) => ({
  text: toText(cues),
  languages: heard.languages,
  duration: totalSeconds ?? heardSeconds,
  model: heard.model,
  segments: cues.map(({ start, end, text, words }, id) => ({ id, start, end, text, words: words.map(({ word, start: from, end: to }) => ({ word, start: from, end: to })) })),
});

export class HearPanel {
  #panel; #part;
  #queue = new Queue();
  #player = new MediaPlayer();
  #transport; #transcript; #meter; #editor; #list;
  #current = null;       // the recording that is shown
  #shownSound = null;    // whose sound the player holds
  #recorder = null;
  #opening = false;
  #ticking = 0;
  #wordsOf = null;       // whose transcript is on the page,
  #wordsKey = '';        // in which state it was,
  #wordsCount = 0;       // and how much of it

  /** Called when files were added from anywhere on the page. */
  onAdd = () => {};

  /** Called when a recording begins to sound, or the microphone is opened, so that nothing else sounds. */
  onSound = () => {};

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
    this.#part = (id) => panel.querySelector(`#${id}`);
    this.#transport = new Transport(this.#part('hear-transport'), this.#player, 'recording');
    this.#transcript = new Transcript(this.#part('transcript'));
    this.#meter = new LevelMeter(this.#part('rec-meter'));
    this.#transcript.onSeek = (seconds) => { this.#player.seek(seconds); this.#player.play(); };
    this.#transcript.onEdit = (at) => { if (this.#current?.state === 'done') this.#editor.open(at); };
    this.#editor = new CueEditor(this.#transcript, this.#transport, this.#player);
    this.#editor.onChange = (cues) => this.#edited(cues);
    this.#editor.onState = () => { this.#part('edit-undo').disabled = !this.#editor.canUndo; };
    this.#list = new RecordingList(this.#part('hear-queue'));
    this.#list.onPick = (recording) => this.#show(recording);
    this.#list.onCancel = (recording) => this.#queue.cancel(recording);
    this.#list.onRemove = (recording) => this.#remove(recording);
    this.#transport.onMove = (seconds) => this.#transcript.follow(this.#player.playing || seconds > 0 ? seconds : null);
    this.#player.listen(() => { if (this.#player.playing) this.onSound(); });
    this.#queue.onChange = (recording, more) => (more ? this.#grown(recording, more) : this.#changed(recording));
    this.#wireFiles();
    this.#wireRecording();
    this.#wireItem();
  }

  /** @param {File[]} files */
  add(files) {
    if (!files.length) return;
    showProblem(this.#part('hear-problem'), null);
    const leaving = this.#part('hear-empty').contains(document.activeElement);
    this.onAdd();
    const [first] = this.#queue.add(files);
    if (!this.#current || this.#current.state === 'done' || files.length === 1) this.#show(first);
    else this.#showList();
    if (leaving) this.#part('hear-side').querySelector('[data-open-files]').focus();
  }

  /** Stop what goes on. @returns {boolean} whether anything did */
  stop() {
    if (this.#recorder) this.#finishRecording();
    else if (this.#player.playing) this.#player.pause();
    else if (['hearing', 'busy'].includes(this.#current?.state)) this.#queue.cancel(this.#current);
    else return false;
    return true;
  }

  quiet() { this.#player.pause(); }

  redraw() { this.#transport.refresh(); }

  /** @param {object[]} models as the API lists them */
  describe(models) {
    const tags = new Set(models.filter(({ capability }) => capability === 'transcription').flatMap(({ languages }) => languages ?? []));
    const languages = [...new Set([...tags].map((tag) => languageName(tag.split('-')[0])))];
    if (!languages.length) this.#part('hear-note').textContent = 'No model for hearing is installed: pull one under Models.';
    else this.#part('hear-note').textContent = languages.length > 3 ? `Understands ${languages.length} languages.` : `Understands ${languages.join(', ')}.`;
  }

  // Files

  #wireFiles() {
    const input = this.#part('hear-files');
    for (const button of this.#panel.querySelectorAll('[data-open-files]')) button.addEventListener('click', () => input.click());
    input.addEventListener('change', () => { this.add([...input.files]); input.value = ''; });

    let depth = 0; // enter and leave come for every child
    const carries = (event) => event.dataTransfer?.types.includes('Files');
    const mark = () => document.body.classList.toggle('dropping', depth > 0);
    addEventListener('dragenter', (event) => { if (carries(event)) { depth += 1; mark(); } });
    addEventListener('dragleave', (event) => { if (carries(event)) { depth = Math.max(0, depth - 1); mark(); } });
    addEventListener('dragover', (event) => { if (carries(event)) event.preventDefault(); }); // else the file would replace the page
    addEventListener('drop', (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      depth = 0;
      mark();
      this.add([...event.dataTransfer.files]);
    });
    addEventListener('paste', (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.add(files);
    });
  }

  // Recording

  #wireRecording() {
    for (const button of this.#panel.querySelectorAll('[data-record]')) button.addEventListener('click', () => this.#record(button));
    this.#part('rec-stop').addEventListener('click', () => this.#finishRecording());
    this.#part('rec-discard').addEventListener('click', () => {
      this.#recorder?.discard();
      this.#endRecording();
    });
  }

  async #record(button) {
    if (this.#recorder || this.#opening) return;
    this.#opening = true;
    this.quiet();
    this.onSound();
    showProblem(this.#part('hear-problem'), null);
    try {
      this.#recorder = await Recorder.begin();
    } catch (error) {
      showProblem(this.#part('hear-problem'), error);
      button.focus();
      return;
    } finally {
      this.#opening = false;
    }
    this.#recorder.onLost = () => this.#finishRecording();
    this.#meter.clear();
    this.#layOut();
    this.#part('rec-stop').focus();
    this.#listen();
  }

  #listen() {
    if (!this.#recorder) return;
    this.#part('rec-time').textContent = clock(this.#recorder.seconds);
    this.#meter.show(this.#recorder.level(), performance.now());
    requestAnimationFrame(() => this.#listen());
  }

  async #finishRecording() {
    const recorder = this.#recorder;
    if (!recorder) return;
    this.#recorder = null;
    const file = await recorder.finish();
    if (file.size) this.add([file]);
    this.#endRecording();
    if (!file.size) showProblem(this.#part('hear-problem'), new Error('Nothing was recorded. Try once more.'));
  }

  #endRecording() {
    this.#recorder = null;
    this.#layOut();
    const next = this.#current ? this.#part('hear-side') : this.#part('hear-empty');
    next.querySelector('[data-record]').focus();
  }

  // The recording that is shown

  #wireItem() {
    this.#part('hear-cancel').addEventListener('click', () => this.#queue.cancel(this.#current));
    this.#part('hear-retry').addEventListener('click', () => this.#queue.retry(this.#current));
    this.#part('copy-transcript').addEventListener('click', ({ currentTarget }) => copy(toText(this.#current.cues), currentTarget));
    this.#part('edit-start').addEventListener('click', () => this.#editor.open(this.#transcript.current));
    this.#part('edit-undo').addEventListener('click', () => this.#editor.undo());
    this.#part('shift-all').addEventListener('click', () => {
      const seconds = this.#part('shift-seconds').valueAsNumber;
      if (Number.isFinite(seconds) && seconds !== 0) this.#editor.shift(seconds);
    });
    this.#panel.addEventListener('keydown', (event) => {
      const undoes = event.key === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.target.closest('input, textarea');
      if (!undoes || !this.#editor.canUndo) return;
      event.preventDefault();
      this.#editor.undo();
    });
    for (const button of this.#panel.querySelectorAll('[data-save]')) {
      button.addEventListener('click', () => {
        this.#editor.close();
        const kind = button.dataset.save;
        const [text, type] = WRITERS[kind](this.#current);
        save(new Blob([text], { type }), `${this.#current.file.name.replace(/\.[^.]*$/, '')}.${kind}`);
      });
    }
  }

  #edited(cues) {
    const recording = this.#current;
    recording.cues = cues;
    this.#part('hear-status').textContent = this.#sentence(recording);
    if (!recording.sound?.peaks) this.#transport.show({ spans: cues });
  }

  #layOut() {
    const recording = Boolean(this.#recorder);
    const has = Boolean(this.#current);
    this.#part('hear-empty').hidden = recording || has;
    this.#part('hear-recording').hidden = !recording;
    this.#part('hear-item').hidden = recording || !has;
    this.#part('hear-side').hidden = !has;
  }

  #show(recording) {
    this.#editor.close();
    this.#current = recording;
    this.#layOut();
    this.#showList();
    [this.#shownSound, this.#wordsOf] = [null, null];
    this.#player.load(null);
    this.#editor.load([], []);
    if (!recording) return;
    this.#transport.show({ peaks: null, spans: [], total: 0, caption: '' });
    this.#part('hear-name').textContent = recording.file.name;
    this.#changed(recording);
  }

  /** More of a recording was heard. */
  #grown(recording, more) {
    this.#list.update(recording);
    if (recording !== this.#current) return;
    this.#part('hear-status').textContent = this.#sentence(recording);
    if (!more.length) return;
    this.#transcript.append(this.#wordsCount ? more : recording.cues);
    this.#wordsCount = recording.cues.length;
    if (recording.sound && !recording.sound.peaks) this.#transport.show({ spans: recording.cues });
  }

  #changed(recording) {
    this.#showList();
    if (recording !== this.#current) return;
    this.#showSound(recording);
    const { state, error, cues } = recording;
    const going = state === 'hearing' || state === 'busy';
    this.#part('hear-cancel').hidden = !(going || state === 'waiting');
    this.#part('hear-retry').hidden = !(state === 'failed' || state === 'cancelled');
    showProblem(this.#part('hear-item-problem'), error);
    this.#part('hear-status').textContent = this.#sentence(recording);
    this.#part('hear-elapsed').textContent = '';
    if (going) this.#tick();
    const readable = state === 'done' && cues.length > 0;
    this.#part('edit-tools').hidden = !readable;
    this.#part('copy-transcript').disabled = !readable;
    for (const button of this.#panel.querySelectorAll('[data-save]')) button.disabled = state !== 'done';
    this.#showWords(recording);
  }

  #showWords(recording) {
    const { state, cues } = recording;
    const key = `${state} ${Boolean(cues.length)}`;
    if (this.#wordsOf === recording && this.#wordsKey === key) return; // the place in the text is kept
    [this.#wordsOf, this.#wordsKey] = [recording, key];
    this.#wordsCount = cues.length;
    this.#part('transcript').setAttribute('aria-busy', String(state === 'hearing'));
    if (cues.length) this.#transcript.show(cues);
    else if (state === 'hearing' || state === 'busy') this.#transcript.wait();
    else this.#transcript.blank({ waiting: 'Its turn comes after the one before it.', done: 'No speech was heard in this recording.' }[state] ?? '');
    if (state === 'done') this.#editor.load(cues, recording.undo);
  }

  #showSound(recording) {
    if (!recording.sound) {
      this.#transport.show({ peaks: null, total: 0, caption: ['waiting', 'cancelled'].includes(recording.state) ? '' : 'Reading the file' });
      return;
    }
    if (this.#shownSound === recording) return;
    this.#shownSound = recording;
    const { peaks, playable, note } = recording.sound;
    this.#player.load(playable, peaks?.seconds ?? null);
    this.#transport.show({ peaks, total: 0, caption: note, spans: recording.cues });
  }

  #sentence(recording) {
    const { state, heard, cues, heardSeconds, totalSeconds, tookSeconds } = recording;
    if (state === 'waiting') return 'Waiting';
    if (state === 'busy') return 'The server is busy';
    if (state === 'hearing') return totalSeconds ? `Listening, ${clock(heardSeconds)} of ${clock(totalSeconds)}` : 'Listening';
    if (state === 'cancelled') return cues.length ? 'Cancelled. What was heard is kept below.' : 'Cancelled';
    if (state === 'failed') return 'Could not be transcribed';
    const words = cues.reduce((sum, { text }) => sum + text.split(/\s+/).filter(Boolean).length, 0);
    const language = heard.languages.map((code) => languageName(code)).join(', ');
    const where = heard.fallback ? `${heard.model} on ${heard.device} instead of a card` : heard.model;
    return [language, `${words.toLocaleString('en')} ${words === 1 ? 'word' : 'words'} in ${span(totalSeconds ?? heardSeconds)}`, `heard in ${span(tookSeconds)}`, where].filter(Boolean).join(' · ');
  }

  /** What changes by the second is outside the status, so that it is not read aloud each time. */
  #tick() {
    clearTimeout(this.#ticking);
    const recording = this.#current;
    if (!['hearing', 'busy'].includes(recording?.state)) return;
    const now = performance.now();
    this.#part('hear-elapsed').textContent = recording.state === 'busy'
      ? `Trying again in ${Math.max(1, Math.ceil((recording.retryAtMs - now) / 1000))} s`
      : `for ${clock((now - recording.beganMs) / 1000)}`;
    this.#ticking = setTimeout(() => this.#tick(), 250);
  }

  #showList() {
    const { recordings } = this.#queue;
    this.#list.show(recordings, this.#current);
    const done = recordings.filter(({ state }) => state === 'done').length;
    const going = recordings.some(({ state }) => ['waiting', 'hearing', 'busy'].includes(state));
    const words = recordings.length < 2 ? '' : `${done} of ${recordings.length} done`;
    if (this.#part('hear-total').textContent !== words) this.#part('hear-total').textContent = words;
    document.title = going ? `${done} of ${recordings.length} heard · Voxhelm` : 'Voxhelm';
  }

  #remove(recording) {
    const at = this.#queue.recordings.indexOf(recording);
    this.#queue.remove(recording);
    const next = this.#queue.recordings[Math.min(at, this.#queue.recordings.length - 1)];
    if (recording === this.#current) this.#show(next ?? null);
    else this.#showList();
    if (next) this.#list.focus(next);
    else this.#part('hear-empty').querySelector('button').focus();
  }
}
