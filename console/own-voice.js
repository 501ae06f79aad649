/** When the caller is heard, by how loud the microphone is above the room. Time is an argument. */

const ABOVE_ROOM_DECIBELS = 9;
const QUIETEST_VOICE_DECIBELS = -52;
const QUIETEST_ROOM_DECIBELS = -60; // browsers that take noise away leave nothing at all
const LOUDEST_FIRST_ROOM_DECIBELS = -45; // who speaks from the first moment on is no room
const ROOM_RISES_PER_SECOND = 3; // decibels: a room that has become louder is believed slowly
const NEW_AFTER_MS = 400;        // of silence: what follows is begun anew

export class OwnVoice {
  #roomDecibels = LOUDEST_FIRST_ROOM_DECIBELS; // nothing is known of it yet
  #lastMs = null;

  /** When the caller began to speak in this turn; null while they have not. @type {number|null} */
  onsetMs = null;

  /** A frame of a microphone that is not muted. @param {number} decibels of full scale @param {number} endMs when the frame ended @param {number} seconds how long it was */
  hear(decibels, endMs, seconds) {
    if (decibels > Math.max(QUIETEST_VOICE_DECIBELS, this.#roomDecibels + ABOVE_ROOM_DECIBELS)) {
      const beginMs = endMs - 1000 * seconds;
      if (this.#lastMs === null || beginMs - this.#lastMs > NEW_AFTER_MS) this.onsetMs = beginMs;
      this.#lastMs = endMs;
    }
    this.#roomDecibels = Math.min(Math.max(decibels, QUIETEST_ROOM_DECIBELS), this.#roomDecibels + ROOM_RISES_PER_SECOND * seconds);
  }

  /** The turn is over: when its voice was last heard. @returns {number|null} null when it was not */
  takeEnd() {
    const last = this.#lastMs;
    this.#lastMs = null;
    this.onsetMs = null;
    return last;
  }
}
