/**
 * What is to be sent while there is no connection, and what was given to one that broke: of that, what never left, and the utterance that a
 * server forgets when its client is gone before the end. No network.
 */

const MOST_COMMANDS = 500;
const ONSET_MS = 3000; // a voice is announced so long after it began, at most: by a server that is busy

/** @typedef {{text: string, soundMs: number}} Message soundMs: 0 for a command */

export class Outgoing {
  #mostSoundMs;
  #held = [];        // messages, to be sent first
  #given = [];       // {text, soundMs, endBytes}: given to the connection, and perhaps needed again
  #givenBytes = 0;
  #utterance = false;

  /** @param {number} mostSoundMs how much of the microphone is kept for later */
  constructor(mostSoundMs) { this.#mostSoundMs = mostSoundMs; }

  /** Milliseconds of sound that wait. */
  get heldMs() { return soundOf(this.#held); }

  /** Keep it for later: of sound the latest, of commands all that a person can give. @param {string} text @param {number} soundMs */
  hold(text, soundMs = 0) {
    this.#held.push({ text, soundMs });
    this.#held = latest(this.#held, this.#mostSoundMs);
  }

  /** It was given to the connection, which has so many bytes not yet sent. */
  give(text, soundMs, bufferedBytes) {
    this.#givenBytes += new TextEncoder().encode(text).length;
    this.#given.push({ text, soundMs, endBytes: this.#givenBytes });
    const sentBytes = this.#givenBytes - bufferedBytes;
    const keepMs = this.#utterance ? this.#mostSoundMs : ONSET_MS;
    let overMs = soundOf(this.#given) - keepMs;
    this.#given = this.#given.filter((one) => {
      if (one.endBytes > sentBytes) return true;
      if (one.soundMs) overMs -= one.soundMs;
      return one.soundMs > 0 && overMs < 0;
    });
  }

  /** Somebody speaks, and it is no item yet: all of it is kept. */
  begun() { this.#utterance = true; }

  /** It is an item now: the server has it. */
  ended() {
    this.#utterance = false;
    this.#given = this.#given.filter(({ soundMs }) => !soundMs);
  }

  /**
   * The connection broke with so many bytes not sent. @param {number} bufferedBytes
   * @param {boolean} forgotten whether the server forgets what was being said, so that all of it has to be said again
   */
  broke(bufferedBytes, forgotten) {
    const sentBytes = this.#givenBytes - bufferedBytes;
    const again = this.#given.filter(({ soundMs, endBytes }) => endBytes > sentBytes || (forgotten && soundMs));
    this.#held = latest([...again.map(({ text, soundMs }) => ({ text, soundMs })), ...this.#held], this.#mostSoundMs);
    this.#given = [];
    this.#givenBytes = 0;
    this.#utterance = false;
  }

  /** Take all that waits, in order. @returns {Message[]} */
  take() { return this.#held.splice(0); }
}

const soundOf = (messages) => messages.reduce((sum, { soundMs }) => sum + soundMs, 0);

/** Without the oldest of what is too much. */
function latest(messages, mostSoundMs) {
  let overMs = soundOf(messages) - mostSoundMs;
  let overCommands = messages.filter(({ soundMs }) => !soundMs).length - MOST_COMMANDS;
  return messages.filter(({ soundMs }) => {
    const keep = soundMs ? overMs <= 0 : overCommands <= 0;
    overMs -= soundMs;
    if (!soundMs) overCommands -= 1;
    return keep;
  });
}
