/** When the caller was last heard, by how loud the microphone is above the room. Time is an argument. */

const ABOVE_ROOM_DECIBELS = 9;
const QUIETEST_VOICE_DECIBELS = -52;
const ROOM_RISES_PER_SECOND = 3; // decibels: a room that has become louder is believed slowly

export class VoiceEnd {
  #roomDecibels = -60;
  #lastMs = null;

  /** The end of the last sound that was loud enough for a voice; null when there was none. */
  get lastMs() { return this.#lastMs; }

  /** @param {number} decibels of full scale @param {number} endMs when the frame ended @param {number} seconds how long it was */
  hear(decibels, endMs, seconds) {
    if (decibels <= -100) return; // muted: says nothing of the room
    const isVoice = decibels > Math.max(QUIETEST_VOICE_DECIBELS, this.#roomDecibels + ABOVE_ROOM_DECIBELS);
    if (isVoice) this.#lastMs = endMs;
    this.#roomDecibels = Math.min(decibels, this.#roomDecibels + ROOM_RISES_PER_SECOND * seconds);
  }

  /** The turn is over: when its voice was last heard. @returns {number|null} */
  take() {
    const last = this.#lastMs;
    this.#lastMs = null;
    return last;
  }
}

/** The middle of some numbers, 0 of none. @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (!sorted.length) return 0;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
