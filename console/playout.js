/** What was put into the loudspeaker when: which item sounds at a time, and how much of it. Seconds of one clock; no sound, no page. */

export class Playout {
  #pieces = [];          // {itemId, when, seconds, fromMs}, in order of time
  #ended = new Set();    // items of which no more comes
  #lengthMs = new Map(); // how much of each item there is

  /** When the last piece is over; 0 before the first. */
  end = 0;

  /** @param {string} itemId @param {number} when it begins @param {number} seconds how long it is */
  add(itemId, when, seconds) {
    const fromMs = this.#lengthMs.get(itemId) ?? 0;
    this.#pieces.push({ itemId, when, seconds, fromMs });
    this.#lengthMs.set(itemId, fromMs + seconds * 1000);
    this.end = when + seconds;
  }

  /** No more of an item comes. */
  finish(itemId) { this.#ended.add(itemId); }

  /** What sounds at a time, or sounded last. @param {number} time @returns {{itemId: string, ms: number}|null} null before the first */
  at(time) {
    for (let i = this.#pieces.length - 1; i >= 0; i -= 1) {
      const { itemId, when, seconds, fromMs } = this.#pieces[i];
      if (when <= time) return { itemId, ms: fromMs + 1000 * Math.min(seconds, time - when) };
    }
    return null;
  }

  /** Whether anything sounds at a time, or still will. */
  soundsAt(time) { return time < this.end - 1e-4; }

  /**
   * Nothing sounds from a time on. @param {number} time
   * @returns {{itemId: string, playedMs: number}[]} the items that have not sounded to their end, with how much of them has
   */
  cut(time) {
    const played = new Map();
    for (const { itemId, when, seconds, fromMs } of this.#pieces) {
      if (when <= time) played.set(itemId, fromMs + 1000 * Math.min(seconds, time - when));
      else if (!played.has(itemId)) played.set(itemId, 0);
    }
    const cut = [...played]
      .filter(([itemId, ms]) => !this.#ended.has(itemId) || ms < this.#lengthMs.get(itemId) - 0.5)
      .map(([itemId, ms]) => ({ itemId, playedMs: Math.floor(ms + 1e-6) }));
    this.#pieces = [];
    this.#lengthMs.clear();
    this.#ended.clear();
    this.end = 0;
    return cut;
  }

  /** Forget what was over before a time, except the last of it. */
  forget(time) {
    while (this.#pieces.length > 1 && this.#pieces[1].when <= time && this.#isOver(this.#pieces[0], time)) this.#pieces.shift();
  }

  /** Of an item that still goes on, every piece is needed to tell how much was played. */
  #isOver({ itemId }, time) {
    const last = this.#pieces.findLast((piece) => piece.itemId === itemId);
    return this.#ended.has(itemId) && last.when + last.seconds <= time;
  }
}
