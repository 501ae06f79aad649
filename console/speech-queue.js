/**
 * Sounds what comes in pieces, one after another without a gap, and knows to the millisecond what of it was heard.
 *
 * Each piece is scheduled on the sound device's own clock as soon as it is there, so that no timer has to be in time.
 */
import { decibelsOf, levelOf } from './loudness.js';
import { Playout } from './playout.js';

const LEAD_SECONDS = 0.04;    // of the first piece: the next one comes from the network meanwhile
const FADE_SECONDS = 0.008;   // an end without a click
const AUDIBLE = 0.004;        // of full scale: quieter beginnings are not the first sound

export class SpeechQueue {
  #rateHz; #context = null; #gain = null; #analyser = null; #window = null;
  #playout = new Playout();
  #nodes = new Set();
  #begun = new Set();  // items whose first sound was told
  #silenceAwaited = false;

  /** Called when it begins to sound and when it is silent again. */
  onChange = () => {};

  /** Called once per item with the time, on `performance.now()`'s clock, at which its first sound reaches the ear. */
  onFirstSound = () => {};

  /** Called once after `awaitSilence` with the time at which nothing reaches the ear any more. */
  onSilence = () => {};

  /** @param {number} rateHz of the samples */
  constructor(rateHz) { this.#rateHz = rateHz; }

  /** Make it ready. Call it in answer to a click or key: browsers let sound start only then. */
  async unlock() {
    if (!this.#context) {
      this.#context = new AudioContext({ sampleRate: this.#rateHz, latencyHint: 'interactive' });
      this.#analyser = this.#context.createAnalyser();
      this.#analyser.fftSize = 1024;
      this.#window = new Float32Array(this.#analyser.fftSize);
      this.#renew();
    }
    await this.#context.resume();
  }

  get sounding() { return this.#context !== null && this.#playout.soundsAt(this.#context.currentTime); }

  /** What reaches the ear now, or did last: what the device still holds back has not been heard. @returns {{itemId: string, ms: number}|null} */
  get heard() { return this.#context && this.#playout.at(this.#context.currentTime - this.#deviceSeconds); }

  /** How loud it is, 0 to 1. */
  level() {
    if (!this.#analyser || !this.sounding) return 0;
    this.#analyser.getFloatTimeDomainData(this.#window);
    return levelOf(decibelsOf(this.#window));
  }

  /** @param {string} itemId @param {Int16Array} samples */
  append(itemId, samples) {
    if (!samples.length) return;
    const { currentTime } = this.#context;
    const was = this.sounding;
    this.#playout.forget(currentTime - 1);
    const floats = Float32Array.from(samples, (sample) => sample / 32768);
    const buffer = this.#context.createBuffer(1, floats.length, this.#rateHz);
    buffer.copyToChannel(floats, 0);
    const node = this.#context.createBufferSource();
    node.buffer = buffer;
    node.connect(this.#gain);
    const when = was ? this.#playout.end : currentTime + LEAD_SECONDS;
    node.start(when);
    this.#nodes.add(node);
    node.addEventListener('ended', () => this.#ended(node));
    this.#playout.add(itemId, when, floats.length / this.#rateHz);
    this.#tellFirst(itemId, floats, when);
    if (!was) this.onChange();
  }

  /** No more of an item comes. @param {string} itemId */
  finish(itemId) { this.#playout.finish(itemId); }

  /**
   * Be silent at once. @returns {{itemId: string, playedMs: number}[]} what was not played to its end; the device plays to its end what it
   * was given, so that counts as heard
   */
  stop() {
    if (!this.#context) return [];
    const now = this.#context.currentTime;
    const was = this.sounding;
    const cut = this.#playout.cut(now);
    const fading = this.#gain;
    fading.gain.setTargetAtTime(0, now, FADE_SECONDS / 3);
    for (const node of this.#nodes) {
      node.stop(now + FADE_SECONDS);
      node.addEventListener('ended', () => fading.disconnect(), { once: true });
    }
    if (!this.#nodes.size) fading.disconnect();
    this.#nodes.clear();
    this.#begun.clear();
    this.#renew();
    if (this.#silenceAwaited) this.onSilence(performance.now() + 1000 * (FADE_SECONDS + this.#deviceSeconds));
    this.#silenceAwaited = false;
    if (was) this.onChange();
    return cut;
  }

  /** Tell when it is silent: it is about to be. */
  awaitSilence() { this.#silenceAwaited = true; }

  /** End for good, and let the sound device sleep. */
  async close() {
    this.stop();
    const context = this.#context;
    this.#context = null;
    await context?.close();
  }

  /** How long the device takes from being given a sample to sounding it. */
  get #deviceSeconds() { return this.#context.outputLatency || this.#context.baseLatency || 0; }

  /** A gain of its own for what comes next: the old one fades out what it holds. */
  #renew() {
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#analyser).connect(this.#context.destination);
  }

  #tellFirst(itemId, floats, when) {
    if (this.#begun.has(itemId)) return;
    const first = floats.findIndex((sample) => Math.abs(sample) > AUDIBLE);
    if (first < 0) return;
    this.#begun.add(itemId);
    const atSeconds = when + first / this.#rateHz + this.#deviceSeconds;
    this.onFirstSound(itemId, performance.now() + 1000 * (atSeconds - this.#context.currentTime));
  }

  #ended(node) {
    this.#nodes.delete(node);
    if (this.#context && !this.#nodes.size) this.onChange();
  }
}
