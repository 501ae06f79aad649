/** The sound of a call: played, measured, and followed as far as a page can. */
import { decibelsOf, levelOf } from './loudness.js';
import { startFrames } from './sound-frames.js';

const AUDIBLE_DECIBELS = -48;
const SILENT_FRAMES = 4; // a shorter pause is one of speech

export class RemoteSound {
  #element = new Audio();
  #context = null; #analyser = null; #window = null;
  #endFrames = () => {};
  #peer = null;
  #began = null;         // {itemId, atMs}: when the item that sounds began to be sent
  #awaited = null;       // the item whose first sound is waited for
  #quietFrames = null;   // how many in a row, while silence is waited for
  #delayMs = 0;          // of what holds sound back so that it comes evenly

  onChange = () => {};

  /** As of `SpeechQueue`. */
  onFirstSound = () => {};
  onSilence = () => {};

  /** It is not heard, or not measured. @type {(error: Error) => void} */
  onProblem = () => {};

  constructor() { this.#element.autoplay = true; }

  get sounding() { return this.#began !== null; }

  /** @returns {{itemId: string, ms: number}|null} what reaches the ear now */
  get heard() { return this.#began && { itemId: this.#began.itemId, ms: Math.max(0, performance.now() - this.#began.atMs) }; }

  level() {
    if (!this.#analyser) return 0;
    this.#analyser.getFloatTimeDomainData(this.#window);
    return levelOf(decibelsOf(this.#window));
  }

  /** @param {MediaStream} stream @param {RTCPeerConnection} peer whose stream it is */
  play(stream, peer) {
    this.#peer = peer;
    this.#element.srcObject = stream; // plays it; browsers give a call's sound to others only while an element plays it
    this.#begin();
    this.#measure(stream).catch((error) => {
      if (this.#context) this.onProblem(new Error(`The reply can be heard, but not measured: ${error.message}`));
    });
  }

  async #begin() {
    try {
      await this.#element.play();
    } catch (error) {
      if (error.name !== 'NotAllowedError') return; // it was stopped before it began
      this.onProblem(new Error('The browser keeps this page silent. Press anywhere to hear the reply.'));
      addEventListener('pointerdown', () => this.#begin(), { once: true });
    }
  }

  async #measure(stream) {
    this.#context = new AudioContext({ latencyHint: 'interactive' });
    this.#analyser = this.#context.createAnalyser();
    this.#window = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    await this.#context.resume();
    if (this.#context?.audioWorklet) this.#endFrames = await startFrames(this.#context, stream, (frame) => this.#frame(frame));
  }

  /** The server begins to play an item. @param {string} itemId */
  async begin(itemId) {
    const nowMs = performance.now();
    this.#awaited = itemId;
    this.#began = { itemId, atMs: nowMs + this.#delayMs };
    this.onChange();
    this.#delayMs = await heldBackMs(this.#peer);
    if (this.#began?.itemId === itemId) this.#began.atMs = nowMs + this.#delayMs;
  }

  /** Tell when it is silent: the server was interrupted. */
  awaitSilence() { this.#quietFrames = 0; }

  /** The server plays nothing any more. */
  end() {
    this.#began = null;
    this.#awaited = null;
    this.onChange();
  }

  stop() {
    this.#endFrames();
    this.#element.pause();
    this.#element.srcObject = null;
    this.#context?.close();
    this.#context = null;
    this.#analyser = null;
    this.end();
  }

  #frame({ decibels, endMs, samples, rateHz }) {
    const frameMs = (1000 * samples.length) / rateHz;
    const heardMs = endMs - frameMs + 1000 * (this.#context.outputLatency || this.#context.baseLatency || 0); // when its beginning reaches the ear
    const audible = decibels >= AUDIBLE_DECIBELS;
    if (this.#quietFrames !== null) {
      this.#quietFrames = audible ? 0 : this.#quietFrames + 1;
      if (this.#quietFrames === SILENT_FRAMES) {
        this.#quietFrames = null;
        this.onSilence(heardMs - frameMs * (SILENT_FRAMES - 1));
      }
    }
    // What still sounds of the last reply is not the first of this one.
    if (!this.#awaited || !audible || heardMs < this.#began.atMs - frameMs) return;
    const itemId = this.#awaited;
    this.#awaited = null;
    this.onFirstSound(itemId, heardMs);
  }
}

/** How long the browser holds the sound of a call back so that it comes evenly. */
async function heldBackMs(peer) {
  for (const report of (await peer.getStats()).values()) {
    if (report.type === 'inbound-rtp' && report.kind === 'audio' && report.jitterBufferEmittedCount) {
      return (1000 * report.jitterBufferDelay) / report.jitterBufferEmittedCount;
    }
  }
  return 0;
}
