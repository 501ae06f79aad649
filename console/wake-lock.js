/** Keeps the screen on while somebody talks: a phone that sleeps takes the microphone away from the page. */

export class WakeLock {
  #lock = null;
  #wanted = false;

  constructor() {
    // Browsers take it back when the page goes out of sight.
    document.addEventListener('visibilitychange', () => { if (this.#wanted && !document.hidden) this.#take(); });
  }

  /** @param {boolean} wanted */
  set held(wanted) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) this.#take();
    else { this.#lock?.release(); this.#lock = null; }
  }

  async #take() {
    try {
      const lock = await navigator.wakeLock?.request('screen') ?? null;
      if (this.#wanted) this.#lock = lock;
      else lock?.release();
    } catch {
      // A low battery, or a page that nobody sees: the screen then sleeps when it likes, and the conversation goes on.
    }
  }
}
