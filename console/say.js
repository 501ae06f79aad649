/** The Say panel: text in, speech out as it is made. */
import { ApiError, isAbort, PCM_RATE_HZ, speechFile, streamSpeech } from './api.js';
import { extensionOf, FORMATS } from './formats.js';
import { startMarkup } from './markup.js';
import { recall, remember } from './memory.js';
import { copy, dress, make, save, showProblem, span } from './page.js';
import { PcmTrack } from './pcm.js';
import { Peaks } from './peaks.js';
import { PcmPlayer } from './player.js';
import { speechCurl, speechPython } from './snippets.js';
import { SpokenText } from './spoken-text.js';
import { toSrt, toVtt } from './subtitles.js';
import { Transcript } from './transcript.js';
import { Transport } from './transport.js';
import { VoicePicker } from './voice-picker.js';
import { AUTOMATIC } from './voices.js';

const LETTERS_PER_SECOND = 15; // of read English; only the first guess of how wide the waveform will be

export class SayPanel {
  #text; #speak; #speed; #format; #formatShown; #formatNote; #status; #facts; #told; #problem; #count; #download; #hearThis; #copyButtons;
  #captions; #captionsPlace;
  #player = new PcmPlayer();
  #transport;
  #speech = null;         // what was last spoken: {wish, track, abort, running, firstMs, facts, cues, words}
  #downloading = null;
  #limit = Infinity;      // learned from the server's refusal

  /** Called with a wav File of what was said. */
  onHearThis = () => {};

  /** Called when speech begins to sound, so that nothing else sounds with it. */
  onSound = () => {};

  /** @param {HTMLElement} panel */
  constructor(panel) {
    const part = (id) => panel.querySelector(`#${id}`);
    this.#text = part('say-text');
    this.#speak = part('speak');
    this.#speed = part('speed');
    this.#format = part('say-format');
    this.#formatShown = part('say-format-shown');
    this.#formatNote = part('say-format-note');
    this.#status = part('say-status');
    this.#facts = part('say-facts');
    this.#told = part('say-told');
    this.#problem = part('say-problem');
    this.#count = part('say-count');
    this.#download = part('say-download');
    this.#hearThis = part('hear-this');
    this.#copyButtons = [[part('copy-curl'), speechCurl], [part('copy-python'), speechPython]];
    this.#transport = new Transport(part('say-transport'), this.#player, 'speech');
    this.#transport.show({ caption: 'What you say appears here' });
    this.#captionsPlace = part('say-captions');
    this.#captions = new Transcript(this.#captionsPlace);
    this.#captions.onSeek = (seconds) => { this.#player.seek(seconds); this.#player.play(); };
    this.#transport.onMove = (seconds) => this.#captions.follow(this.#player.playing || seconds > 0 ? seconds : null);
    startMarkup(part('markup'), part('markup-sheet'), this.#text);
    for (const { id, use } of FORMATS) this.#format.append(make('option', { value: id, text: `${id}: ${use}` }));
    this.voices = new VoicePicker(part('voice'), recall('voice', AUTOMATIC));
    this.voices.onSound = () => { this.stop(); this.onSound(); };
    this.voices.onChoose = ({ id, name, languages, gender, kind }) => remember('voice', { id, name, languages, gender, kind });
    this.#status.textContent = matchMedia('(pointer: fine)').matches ? 'Ctrl + Enter speaks.' : '';
    this.#remembered();
    this.#wire();
    this.#counted();
  }

  get #wish() {
    return { text: this.#text.value, voice: this.voices.chosen.id, speed: this.#speedNow(), format: this.#soundFormat };
  }

  /** What is chosen, or mp3 while that is captions. */
  get #soundFormat() { return FORMATS.find(({ id }) => id === this.#format.value).captions ? 'mp3' : this.#format.value; }

  /** Stop speaking. @returns {boolean} whether there was anything to stop */
  stop() {
    if (!this.#speech?.running && !this.#player.playing) return false;
    this.#speech?.abort.abort();
    this.#player.pause();
    return true;
  }

  /** Let nothing sound; speech that is still being made goes on being made. */
  quiet() {
    this.#player.pause();
    this.voices.quiet();
  }

  redraw() { this.#transport.refresh(); }

  #remembered() {
    this.#speed.value = recall('speed', 0);
    const format = recall('format', 'mp3');
    if ([...this.#format.options].some((option) => option.value === format)) this.#format.value = format;
    this.#showSpeed();
    this.#showFormat();
  }

  #showFormat() {
    const format = this.#format.value;
    this.#formatShown.textContent = format;
    this.#formatNote.textContent = FORMATS.find(({ id }) => id === format).use;
  }

  #wire() {
    this.#speak.addEventListener('click', () => { if (!this.stop()) this.#say(); });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.stop();
      this.#say();
    });
    this.#text.addEventListener('input', () => { this.#counted(); this.#fail(null); });
    this.#speed.addEventListener('input', () => { this.#showSpeed(); remember('speed', Number(this.#speed.value)); });
    this.#format.addEventListener('change', () => { this.#showFormat(); remember('format', this.#format.value); });
    this.#download.addEventListener('click', () => this.#save());
    this.#hearThis.addEventListener('click', () => this.onHearThis(new File([this.#speech.track.toWav()], `${this.#fileName()}.wav`, { type: 'audio/wav' })));
    for (const [button, write] of this.#copyButtons) button.addEventListener('click', () => copy(write(this.#wish), button));
    this.#player.listen(() => {
      this.#showButtons();
      if (this.#player.playing) { this.voices.quiet(); this.onSound(); }
    });
    addEventListener('pageshow', () => this.#counted()); // browsers bring the text back after a reload
  }

  /** The slider is in powers of two, so that half and double are as far from 1. */
  #speedNow() { return Math.min(4, Math.max(0.25, Math.round(100 * 2 ** Number(this.#speed.value)) / 100)); }

  #showSpeed() {
    const speed = this.#speedNow();
    this.#speed.setAttribute('aria-valuetext', `${speed} times`);
    document.getElementById('speed-value').textContent = `${speed}×`;
  }

  #counted() {
    const length = [...this.#text.value].length;
    const over = length > this.#limit;
    this.#count.textContent = Number.isFinite(this.#limit)
      ? `${length.toLocaleString('en')} of ${this.#limit.toLocaleString('en')} characters`
      : `${length.toLocaleString('en')} ${length === 1 ? 'character' : 'characters'}`;
    this.#count.classList.toggle('over', over);
    for (const [button] of this.#copyButtons) button.disabled = length === 0;
  }

  /** @param {Error|null} error @param {(() => void)|null} [again] */
  #fail(error, again = null) {
    showProblem(this.#problem, error, again);
    this.#told.hidden = Boolean(error);
  }

  async #say() {
    const wish = this.#wish;
    this.#fail(null);
    if (!wish.text.trim()) {
      this.#fail(new Error('There is nothing to say yet. Type a few words first.'));
      this.#text.focus();
      return;
    }
    const began = performance.now();
    const track = new PcmTrack(PCM_RATE_HZ);
    const peaks = new Peaks(PCM_RATE_HZ);
    const abort = new AbortController();
    const words = new SpokenText(wish.text);
    const speech = { wish, track, abort, running: true, firstMs: null, facts: null, cues: [], words };
    this.#speech = speech;
    const guessSeconds = wish.text.length / LETTERS_PER_SECOND / wish.speed;
    this.#captions.blank('');
    this.#captionsPlace.hidden = true;
    this.#facts.hidden = true;
    this.#transport.show({ peaks, total: 0, caption: 'Waiting for the first sound' });
    this.#player.load(track);
    this.#player.onFirstSound = (at) => { speech.firstMs = at - began; };
    this.#player.play();
    this.#status.textContent = 'Speaking';
    this.#showButtons();
    const ears = {
      onBytes: (bytes) => {
        peaks.append(track.appendBytes(bytes), 32768);
        this.#player.pump();
        if (this.#speech === speech) this.#transport.show({ total: guessSeconds, caption: '' });
      },
      onWord: (word) => { if (this.#speech === speech) this.#caption(words.add(word)); },
    };
    try {
      Object.assign(speech, await streamSpeech(wish, ears, abort.signal));
      if (!track.length) throw new ApiError('Voxhelm answered, but sent no sound.');
    } catch (error) {
      if (this.#speech === speech && !isAbort(error)) this.#refused(error);
    } finally {
      this.#finished(speech, (performance.now() - began) / 1000);
    }
  }

  /** Show a line that has begun or grown. @param {{line: import('./subtitles.js').Cue, isNew: boolean}} told */
  #caption({ line, isNew }) {
    this.#captionsPlace.hidden = false;
    if (isNew) this.#captions.append([line]);
    else this.#captions.replaceLast(line);
  }

  #refused(error) {
    const { wish } = this.#speech;
    if (error.code === 'text_too_long') this.#learnLimit(error.message, [...wish.text].length);
    this.#fail(error, error.busy || error.unreachable ? () => this.#say() : null);
    if (error.code?.startsWith('text_')) this.#text.focus();
  }

  /** The API tells the limit only in its sentence: it is the largest number there that is below what was sent. */
  #learnLimit(message, sent) {
    const numbers = (message.match(/\d[\d,]*/g) ?? []).map((digits) => Number(digits.replaceAll(',', ''))).filter((n) => n < sent);
    if (numbers.length) this.#limit = Math.max(...numbers);
    this.#counted();
  }

  #finished(speech, totalSeconds) {
    const { track } = speech;
    speech.running = false;
    track.complete = true;
    if (this.#speech !== speech) return; // spoken over by the next
    this.#player.pump();
    if (!track.length) this.#player.pause();
    this.#transport.show({ total: 0, caption: track.length ? '' : 'What you say appears here' });
    if (speech.abort.signal.aborted) this.#status.textContent = track.length ? `Stopped. ${span(track.seconds)} kept.` : 'Stopped.';
    else if (track.length) this.#status.textContent = this.#sentence(speech, totalSeconds);
    this.#showFacts(speech);
    this.#showButtons();
  }

  #sentence({ firstMs, track }, totalSeconds) {
    const times = Math.round(track.seconds / totalSeconds);
    const pace = times > 1 ? `, ${times} times as fast as it sounds` : '';
    const all = `${span(track.seconds)} of speech after ${span(totalSeconds)}${pace}`;
    return firstMs === null ? `All ${all}.` : `First sound after ${span(firstMs / 1000)}, all ${all}.`;
  }

  /** Who spoke, where, and what it cost. */
  #showFacts({ facts }) {
    const words = !facts?.model ? [] : [
      facts.voice && `Voice ${facts.voice}`,
      `Model ${facts.model}`,
      facts.device && (facts.fallback ? `On ${facts.device} instead of a card` : `On ${facts.device}`),
      facts.cache === 'hit' && 'Kept from before: nothing was made anew',
      facts.egress && `The text was sent to ${facts.egress}`,
    ];
    this.#facts.hidden = !words.length;
    this.#facts.replaceChildren(...words.filter(Boolean).map((text) => make('span', { text })));
  }

  #showButtons() {
    const busy = Boolean(this.#speech?.running) || this.#player.playing;
    dress(this.#speak, busy ? 'stop' : 'play', busy ? 'Stop' : 'Speak');
    const has = Boolean(this.#speech && !this.#speech.running && this.#speech.track.length);
    this.#download.disabled = !has || this.#downloading !== null;
    this.#hearThis.disabled = !has;
  }

  /** The first words of what was said. */
  #fileName() {
    return this.#speech.wish.text.normalize('NFC').replace(/[^\p{L}\p{N}]+/gu, ' ').trim().split(' ').slice(0, 6).join(' ').slice(0, 48).trim() || 'speech';
  }

  async #save() {
    const { wish, track } = this.#speech;
    const format = this.#format.value;
    const name = `${this.#fileName()}.${extensionOf(format)}`;
    const { cues } = this.#speech;
    if (format === 'srt') return save(new Blob([toSrt(cues)], { type: 'application/x-subrip' }), name);
    if (format === 'vtt') return save(new Blob([toVtt(cues)], { type: 'text/vtt' }), name);
    if (format === 'wav') return save(track.toWav(), name);
    if (format === 'pcm') return save(track.toPcm(), name);
    // Other formats are the server's to encode: the same words are asked for again.
    this.#downloading = new AbortController();
    this.#showButtons();
    dress(this.#download, 'down', 'Encoding');
    try {
      save(await speechFile({ ...wish, format }, this.#downloading.signal), name);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#downloading = null;
      dress(this.#download, 'down', 'Download');
      this.#showButtons();
    }
    return undefined;
  }
}
