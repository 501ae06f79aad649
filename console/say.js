/** The Say panel: text in, speech out as it is made. */
import { ApiError, isAbort, PCM_RATE_HZ, speechFile, streamSpeech } from './api.js';
import { recall, remember } from './memory.js';
import { copy, dress, save, showProblem, span } from './page.js';
import { PcmTrack } from './pcm.js';
import { Peaks } from './peaks.js';
import { PcmPlayer } from './player.js';
import { speechCurl, speechPython } from './snippets.js';
import { Transport } from './transport.js';
import { VoicePicker } from './voice-picker.js';
import { AUTOMATIC } from './voices.js';

const LETTERS_PER_SECOND = 15; // of read English; only the first guess of how wide the waveform will be
const EXTENSION = { opus: 'ogg' };

export class SayPanel {
  #text; #speak; #speed; #format; #status; #problem; #count; #download; #hearThis; #copyButtons;
  #player = new PcmPlayer();
  #transport;
  #speech = null;         // what was last spoken: {wish, track, abort, running, firstMs, by}
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
    this.#status = part('say-status');
    this.#problem = part('say-problem');
    this.#count = part('say-count');
    this.#download = part('say-download');
    this.#hearThis = part('hear-this');
    this.#copyButtons = [[part('copy-curl'), speechCurl], [part('copy-python'), speechPython]];
    this.#transport = new Transport(part('say-transport'), this.#player, 'speech');
    this.#transport.show({ caption: 'What you say appears here' });
    this.voices = new VoicePicker(part('voice'), recall('voice', AUTOMATIC));
    this.voices.onChoose = ({ id, name, languages, gender, kind }) => remember('voice', { id, name, languages, gender, kind });
    this.#status.textContent = matchMedia('(pointer: fine)').matches ? 'Ctrl + Enter speaks.' : '';
    this.#remembered();
    this.#wire();
    this.#counted();
  }

  get #wish() {
    return { text: this.#text.value, voice: this.voices.chosen.id, speed: this.#speedNow(), format: this.#format.value };
  }

  /** Stop speaking. @returns {boolean} whether there was anything to stop */
  stop() {
    if (!this.#speech?.running && !this.#player.playing) return false;
    this.#speech?.abort.abort();
    this.#player.pause();
    return true;
  }

  /** Let nothing sound; speech that is still being made goes on being made. */
  quiet() { this.#player.pause(); }

  redraw() { this.#transport.refresh(); }

  #remembered() {
    this.#speed.value = recall('speed', 0);
    const format = recall('format', 'mp3');
    if ([...this.#format.options].some((option) => option.value === format)) this.#format.value = format;
    this.#showSpeed();
  }

  #wire() {
    this.#speak.addEventListener('click', () => { if (!this.stop()) this.#say(); });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.stop();
      this.#say();
    });
    this.#text.addEventListener('input', () => { this.#counted(); showProblem(this.#problem, null); this.#status.hidden = false; });
    this.#speed.addEventListener('input', () => { this.#showSpeed(); remember('speed', Number(this.#speed.value)); });
    this.#format.addEventListener('change', () => remember('format', this.#format.value));
    this.#download.addEventListener('click', () => this.#save());
    this.#hearThis.addEventListener('click', () => this.onHearThis(new File([this.#speech.track.toWav()], `${this.#fileName()}.wav`, { type: 'audio/wav' })));
    for (const [button, write] of this.#copyButtons) button.addEventListener('click', () => copy(write(this.#wish), button));
    this.#player.listen(() => {
      this.#showButtons();
      if (this.#player.playing) this.onSound();
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

  #fail(error) {
    showProblem(this.#problem, error);
    this.#status.hidden = Boolean(error);
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
    const speech = { wish, track, abort, running: true, firstMs: null, by: null };
    this.#speech = speech;
    const guessSeconds = wish.text.length / LETTERS_PER_SECOND / wish.speed;
    this.#transport.show({ peaks, total: 0, caption: 'Waiting for the first sound' });
    this.#player.load(track);
    this.#player.onFirstSound = (at) => { speech.firstMs = at - began; };
    this.#player.play();
    this.#status.textContent = 'Speaking';
    this.#showButtons();
    try {
      speech.by = await streamSpeech(wish, (bytes) => {
        peaks.append(track.appendBytes(bytes), 32768);
        this.#player.pump();
        if (this.#speech === speech) this.#transport.show({ total: guessSeconds, caption: '' });
      }, abort.signal);
      if (!track.length) throw new ApiError('Voxhelm answered, but sent no sound.');
    } catch (error) {
      if (this.#speech === speech && !isAbort(error)) this.#refused(error);
    } finally {
      this.#finished(speech, (performance.now() - began) / 1000);
    }
  }

  #refused(error) {
    const { wish } = this.#speech;
    if (error.code === 'text_too_long') this.#learnLimit(error.message, [...wish.text].length);
    this.#fail(error);
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
    this.#showButtons();
  }

  #sentence({ firstMs, track, by }, totalSeconds) {
    const all = `${span(track.seconds)} of speech after ${span(totalSeconds)}`;
    const times = firstMs === null ? `All ${all}.` : `First sound after ${span(firstMs / 1000)}, all ${all}.`;
    return by?.voice ? `${times} Voice: ${by.voice}${by.model ? ` of ${by.model}` : ''}.` : times;
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
    const name = `${this.#fileName()}.${EXTENSION[format] ?? format}`;
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
