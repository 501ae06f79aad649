/** When to try again: soon at first, then ever more seldom, and not for ever. Time is an argument. */

const FIRST_MS = 250;
const MOST_MS = 4000;

export class Retry {
  #untilMs; #random;
  #tries = 0;

  /** @param {number} untilMs when to give up @param {() => number} [random] 0 to 1, so that many do not come back at once */
  constructor(untilMs, random = Math.random) {
    this.#untilMs = untilMs;
    this.#random = random;
  }

  /** @param {number} nowMs @param {number} [atLeastMs] what the server asked for @returns {number|null} milliseconds to wait, null when it is too late */
  next(nowMs, atLeastMs = 0) {
    const planned = this.#tries === 0 ? 0 : Math.min(MOST_MS, FIRST_MS * 2 ** (this.#tries - 1));
    this.#tries += 1;
    const wait = Math.max(atLeastMs, planned * (0.75 + 0.5 * this.#random()));
    return nowMs + wait <= this.#untilMs ? wait : null;
  }
}
