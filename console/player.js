/**
 * Plays a `PcmTrack` while it still grows.
 *
 * Short buffers are scheduled one after another a few seconds ahead. An AudioWorklet would do it too, but browsers give
 * worklets to secure pages only, and a home server is often plain http.
 */

const AHEAD_SECONDS = 4;      // enough for a background tab, whose timers come once a second
const PIECE_SECONDS = 0.5;
const FEWEST_SECONDS = 0.1;   // do not make a buffer of every packet
const LEAD_SECONDS = 0.03;    // the first piece starts this much after now, so that it is not late
const PUMP_MS = 100;

export class PcmPlayer {
  #context = null;
  #track = null;
  #scheduled = [];  // {node, when, from, count}, in order of time
  #cursor = 0;      // the next sample to schedule
  #nextTime = 0;    // when it is due, on the context's clock
  #rest = 0;        // where we stand while not playing, in samples
  #timer = 0;
  #listeners = [];

  playing = false;

  /** Called once per track with the milliseconds, on `performance.now()`'s clock, at which its first sound is heard. */
  onFirstSound = null;

  listen(listener) { this.#listeners.push(listener); }
  #tell() { for (const listener of this.#listeners) listener(); }

  get enabled() { return this.#track !== null && this.#track.length > 0; }
  get duration() { return this.#track?.seconds ?? 0; }
  get position() { return this.#track ? this.#sample() / this.#track.rateHz : 0; }

  /** Take a track, at its beginning, silent. Call it in answer to a click or key: browsers let sound start only then. */
  load(track) {
    this.#silence();
    this.playing = false;
    this.#track = track;
    this.#rest = 0;
    this.#context ??= new AudioContext({ sampleRate: track.rateHz, latencyHint: 'interactive' });
    this.#context.resume();
    this.#tell();
  }

  play() {
    if (!this.#track || this.playing) return;
    if (this.#track.complete && this.#rest >= this.#track.length) this.#rest = 0;
    this.#context.resume();
    this.playing = true;
    this.#cursor = this.#rest;
    this.#nextTime = 0;
    this.#timer = setInterval(() => this.pump(), PUMP_MS);
    this.pump();
    this.#tell();
  }

  pause() {
    if (!this.playing) return;
    this.#rest = this.#sample();
    this.playing = false;
    this.#silence();
    this.#context.suspend(); // lets the sound device sleep
    this.#tell();
  }

  /** @param {number} seconds */
  seek(seconds) {
    if (!this.#track) return;
    const target = Math.round(Math.min(Math.max(0, seconds), this.duration) * this.#track.rateHz);
    if (!this.playing) {
      this.#rest = target;
    } else {
      this.#stopNodes();
      this.#rest = target;
      this.#cursor = target;
      this.#nextTime = 0;
      this.pump();
    }
    this.#tell();
  }

  /** Schedule what is due; to be called after the track grew. */
  pump() {
    if (!this.playing) return;
    const track = this.#track;
    const now = this.#context.currentTime;
    while (this.#scheduled.length > 1 && this.#scheduled[1].when <= now) this.#scheduled.shift();
    while (this.#cursor < track.length && this.#nextTime - now < AHEAD_SECONDS) {
      const waiting = track.length - this.#cursor;
      const inHand = this.#nextTime - now;
      if (waiting < FEWEST_SECONDS * track.rateHz && !track.complete && inHand > FEWEST_SECONDS) break;
      this.#schedule(Math.min(waiting, PIECE_SECONDS * track.rateHz), now);
    }
    if (track.complete && this.#cursor >= track.length && now >= this.#nextTime) this.#end();
  }

  #schedule(count, now) {
    const { rateHz } = this.#track;
    const buffer = this.#context.createBuffer(1, count, rateHz);
    buffer.copyToChannel(this.#track.floats(this.#cursor, this.#cursor + count), 0);
    const node = this.#context.createBufferSource();
    node.buffer = buffer;
    node.connect(this.#context.destination);
    const when = Math.max(this.#nextTime, now + LEAD_SECONDS);
    node.start(when);
    this.#scheduled.push({ node, when, from: this.#cursor, count });
    this.#cursor += count;
    this.#nextTime = when + count / rateHz;
    if (this.onFirstSound) {
      this.onFirstSound(performance.now() + 1000 * (when - now));
      this.onFirstSound = null;
    }
  }

  /** The sample that sounds now. */
  #sample() {
    if (!this.playing) return this.#rest;
    const now = this.#context.currentTime;
    for (let i = this.#scheduled.length - 1; i >= 0; i -= 1) {
      const { when, from, count } = this.#scheduled[i];
      if (when <= now) return Math.round(from + Math.min(count, (now - when) * this.#track.rateHz));
    }
    return this.#rest;
  }

  #end() {
    this.playing = false;
    this.#rest = this.#track.length;
    this.#silence();
    this.#context.suspend();
    this.#tell();
  }

  #silence() {
    clearInterval(this.#timer);
    this.#stopNodes();
  }

  #stopNodes() {
    for (const { node } of this.#scheduled) { node.stop(); node.disconnect(); }
    this.#scheduled = [];
  }
}
