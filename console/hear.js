/** The Hear panel: drop, paste, choose or record; then read, play and keep the transcript. */
import { languageName } from './voices.js';
import { LevelMeter } from './level-meter.js';
import { MediaPlayer } from './media.js';
import { clock, copy, icon, make, save, showProblem, span } from './page.js';
import { Queue } from './queue.js';
import { Recorder } from './recorder.js';
import { toSrt, toText, toVtt } from './subtitles.js';
import { Transcript } from './transcript.js';
import { Transport } from './transport.js';

const WRITERS = {
  txt: ({ cues }) => [toText(cues), 'text/plain'],
  srt: ({ cues }) => [toSrt(cues), 'application/x-subrip'],
  vtt: ({ cues }) => [toVtt(cues), 'text/vtt'],
  json: ({ heard }) => [JSON.stringify(heard, null, 2), 'application/json'],
};

export class HearPanel {
  #panel; #part;
  #queue = new Queue();
  #player = new MediaPlayer();
  #transport; #transcript; #meter;
  #current = null;       // the recording that is shown
  #shownSound = null;    // whose sound the player holds
  #recorder = null;
  #opening = false;
  #ticking = 0;
  #wordsOf = null;       // whose transcript is on the page,
  #wordsKey = '';        // and in which state it was

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
    this.#transport.onMove = (seconds) => this.#transcript.follow(this.#player.playing || seconds > 0 ? seconds : null);
    this.#player.listen(() => { if (this.#player.playing) this.onSound(); });
    this.#queue.onChange = (recording) => this.#changed(recording);
    this.#wireFiles();
    this.#wireRecording();
    this.#wireItem();
  }

  /** @param {File[]} files */
  add(files) {
    if (!files.length) return;
    showProblem(this.#part('hear-problem'), null);
    const leaving = this.#part('hear-empty').contains(document.activeElement);
    const [first] = this.#queue.add(files);
    this.#show(first);
    if (leaving) this.#part('hear-head-actions').querySelector('[data-open-files]').focus();
  }

  /** Stop what goes on. @returns {boolean} whether anything did */
  stop() {
    if (this.#recorder) this.#finishRecording();
    else if (this.#player.playing) this.#player.pause();
    else if (this.#current?.state === 'hearing') this.#queue.cancel(this.#current);
    else return false;
    return true;
  }

  quiet() { this.#player.pause(); }

  redraw() { this.#transport.refresh(); }

  /** @param {object[]} models as the API lists them */
  describe(models) {
    const tags = new Set(models.filter(({ capability }) => capability === 'transcription').flatMap(({ languages }) => languages ?? []));
    const languages = [...new Set([...tags].map((tag) => languageName(tag.split('-')[0])))];
    if (!languages.length) this.#part('hear-note').textContent = 'No model for hearing is installed';
    else this.#part('hear-note').textContent = languages.length > 3 ? `Understands ${languages.length} languages` : `Understands ${languages.join(', ')}`;
  }

  // Files

  #wireFiles() {
    const input = this.#part('hear-files');
    for (const button of this.#panel.querySelectorAll('[data-open-files]')) button.addEventListener('click', () => input.click());
    input.addEventListener('change', () => { this.add([...input.files]); input.value = ''; });

    let depth = 0; // enter and leave come for every child
    const carries = (event) => event.dataTransfer?.types.includes('Files');
    const mark = () => this.#panel.classList.toggle('dropping', depth > 0);
    this.#panel.addEventListener('dragenter', (event) => { if (carries(event)) { depth += 1; mark(); } });
    this.#panel.addEventListener('dragleave', (event) => { if (carries(event)) { depth = Math.max(0, depth - 1); mark(); } });
    this.#panel.addEventListener('drop', (event) => {
      depth = 0;
      mark();
      this.add([...event.dataTransfer.files]);
    });
    // A file dropped beside the panel would otherwise replace the page.
    for (const kind of ['dragover', 'drop']) addEventListener(kind, (event) => { if (carries(event)) event.preventDefault(); });
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
    const next = this.#current ? this.#part('hear-head-actions') : this.#part('hear-empty');
    next.querySelector('[data-record]').focus();
  }

  // The recording that is shown

  #wireItem() {
    this.#part('hear-cancel').addEventListener('click', () => this.#queue.cancel(this.#current));
    this.#part('hear-retry').addEventListener('click', () => this.#queue.retry(this.#current));
    this.#part('copy-transcript').addEventListener('click', ({ currentTarget }) => copy(toText(this.#current.cues), currentTarget));
    for (const button of this.#panel.querySelectorAll('[data-save]')) {
      button.addEventListener('click', () => {
        const kind = button.dataset.save;
        const [text, type] = WRITERS[kind](this.#current);
        save(new Blob([text], { type }), `${this.#current.file.name.replace(/\.[^.]*$/, '')}.${kind}`);
      });
    }
  }

  #layOut() {
    const recording = Boolean(this.#recorder);
    const has = Boolean(this.#current);
    this.#part('hear-empty').hidden = recording || has;
    this.#part('hear-recording').hidden = !recording;
    this.#part('hear-item').hidden = recording || !has;
    this.#part('hear-head-actions').hidden = recording || !has;
    this.#part('hear-note').hidden = has && !recording;
  }

  #show(recording) {
    this.#current = recording;
    this.#layOut();
    this.#list();
    if (!recording) return this.#player.load(null);
    this.#shownSound = null;
    this.#player.load(null);
    this.#part('hear-name').textContent = recording.file.name;
    return this.#changed(recording);
  }

  #changed(recording) {
    this.#list();
    if (recording !== this.#current) return;
    this.#showSound(recording);
    const { state, error, cues, heard } = recording;
    const hearing = state === 'hearing';
    this.#part('hear-cancel').hidden = !(hearing || state === 'waiting');
    this.#part('hear-retry').hidden = !(state === 'failed' || state === 'cancelled');
    showProblem(this.#part('hear-item-problem'), error);
    this.#part('hear-status').textContent = this.#sentence(recording);
    this.#part('hear-elapsed').textContent = '';
    if (hearing) this.#tick();
    const readable = state === 'done' && cues.length > 0;
    this.#part('copy-transcript').disabled = !readable;
    for (const button of this.#panel.querySelectorAll('[data-save]')) button.disabled = state !== 'done';
    this.#showWords(recording, `${state} ${Boolean(heard)}`);
  }

  #showWords(recording, key) {
    if (this.#wordsOf === recording && this.#wordsKey === key) return; // the place in the text is kept
    [this.#wordsOf, this.#wordsKey] = [recording, key];
    const { state, cues } = recording;
    this.#part('transcript').setAttribute('aria-busy', String(state === 'hearing'));
    if (state === 'hearing') this.#transcript.wait();
    else if (state === 'done' && cues.length) this.#transcript.show(cues);
    else this.#transcript.blank({ waiting: 'Its turn comes after the one before it.', done: 'No speech was heard in this recording.' }[state] ?? '');
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
    this.#transport.show({ peaks, total: 0, caption: note });
  }

  #sentence({ state, heard, cues, tookSeconds }) {
    if (state === 'waiting') return 'Waiting';
    if (state === 'hearing') return 'Listening';
    if (state === 'cancelled') return 'Cancelled';
    if (state === 'failed') return 'Could not be transcribed';
    const words = cues.reduce((sum, { text }) => sum + text.split(/\s+/).filter(Boolean).length, 0);
    const language = heard.language ? `${heard.language[0].toUpperCase()}${heard.language.slice(1)}, ` : '';
    return `${language}${words.toLocaleString('en')} ${words === 1 ? 'word' : 'words'} in ${span(heard.duration ?? 0)}, heard in ${span(tookSeconds)}`;
  }

  /** Elapsed time is outside the status, so that it is not read aloud each second. */
  #tick() {
    clearTimeout(this.#ticking);
    const recording = this.#current;
    if (recording?.state !== 'hearing') return;
    this.#part('hear-elapsed').textContent = `for ${clock((performance.now() - recording.beganMs) / 1000)}`;
    this.#ticking = setTimeout(() => this.#tick(), 250);
  }

  #list() {
    const place = this.#part('hear-queue');
    const { recordings } = this.#queue;
    place.hidden = recordings.length < 2;
    const focused = [...place.querySelectorAll('button')].indexOf(document.activeElement);
    const words = { waiting: 'waiting', hearing: 'being heard', done: 'done', failed: 'failed', cancelled: 'cancelled' };
    place.replaceChildren(...recordings.map((recording) => {
      const { file, state } = recording;
      const pick = make('button', { type: 'button', class: 'pick', 'aria-label': `${file.name}, ${words[state]}`, 'aria-pressed': String(recording === this.#current), title: file.name },
        make('span', { class: 'dot', 'data-state': state }), make('span', { text: file.name }));
      const drop = make('button', { type: 'button', class: 'drop', 'aria-label': `Remove ${file.name}` }, icon('close'));
      pick.addEventListener('click', () => this.#show(recording));
      drop.addEventListener('click', () => this.#remove(recording));
      return make('li', { 'data-current': String(recording === this.#current) }, pick, drop);
    }));
    this.#uncover(place);
    if (focused >= 0) place.querySelectorAll('button')[focused]?.focus(); // the list was made anew under the reader's hand
  }

  /** Scroll the row of recordings, and nothing else, until the current one is in sight. */
  #uncover(place) {
    const current = place.querySelector('[data-current="true"]');
    if (!current) return;
    const left = current.offsetLeft - place.offsetLeft;
    const over = left + current.offsetWidth + 22 - place.clientWidth;
    if (left < place.scrollLeft) place.scrollLeft = Math.max(0, left - 22);
    else if (over > place.scrollLeft) place.scrollLeft = over;
  }

  #focusPick(recording) {
    this.#part('hear-queue').children[this.#queue.recordings.indexOf(recording)]?.querySelector('.pick').focus();
  }

  #remove(recording) {
    const at = this.#queue.recordings.indexOf(recording);
    this.#queue.remove(recording);
    const next = this.#queue.recordings[Math.min(at, this.#queue.recordings.length - 1)];
    if (recording === this.#current) this.#show(next ?? null);
    else this.#list();
    this.#focusPick(this.#current);
  }
}
