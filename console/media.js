/** Plays a file through the browser's own media element, behind the same face as `PcmPlayer`. */

export class MediaPlayer {
  #element = new Audio();
  #url = null;
  #knownSeconds = null;
  #until = Infinity;  // where to pause by itself
  #listeners = [];

  constructor() {
    this.#element.preload = 'metadata';
    for (const name of ['play', 'pause', 'ended', 'seeked', 'loadedmetadata', 'durationchange', 'error', 'emptied']) {
      this.#element.addEventListener(name, () => this.#tell());
    }
    this.#element.addEventListener('timeupdate', () => { if (this.#element.currentTime >= this.#until) this.pause(); });
  }

  listen(listener) { this.#listeners.push(listener); }
  #tell() { for (const listener of this.#listeners) listener(); }

  /** @param {Blob|null} blob null unloads @param {number|null} knownSeconds the length, when it was measured by decoding */
  load(blob, knownSeconds = null) {
    this.#element.pause();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = blob && URL.createObjectURL(blob);
    this.#knownSeconds = knownSeconds;
    if (this.#url) this.#element.src = this.#url;
    else this.#element.removeAttribute('src');
    this.#element.load();
  }

  get enabled() { return this.#url !== null && this.#element.error === null; }
  get playing() { return !this.#element.paused && !this.#element.ended; }
  get position() { return this.#element.currentTime; }

  get duration() {
    const told = this.#element.duration;
    // A recorder's webm does not say how long it is.
    return Number.isFinite(told) ? told : this.#knownSeconds ?? 0;
  }

  /** Play from one place to another. @param {number} start seconds @param {number} end seconds */
  playSpan(start, end) {
    this.seek(start);
    this.play();
    this.#until = end;
  }

  play() {
    this.#until = Infinity;
    this.#element.play().catch(() => this.#tell()); // refusal shows as "not playing"
  }
  pause() { this.#element.pause(); }

  seek(seconds) {
    this.#element.currentTime = Math.min(Math.max(0, seconds), this.duration);
    this.#tell();
  }
}
