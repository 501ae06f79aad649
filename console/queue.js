/** Recordings to be heard, one after another. Knows no page. */
import { isAbort, transcribe } from './api.js';
import { study } from './decode.js';
import { cuesOf } from './subtitles.js';

/**
 * @typedef {object} Recording
 * @property {File} file
 * @property {'waiting'|'hearing'|'done'|'failed'|'cancelled'} state
 * @property {object|null} heard the server's verbose_json
 * @property {import('./subtitles.js').Cue[]} cues
 * @property {Error|null} error
 * @property {number} tookSeconds
 * @property {{peaks: object|null, playable: Blob, note: string}|null} sound null until it was looked at
 */

export class Queue {
  /** @type {Recording[]} */
  recordings = [];
  #running = false;

  /** Called with the recording that changed. */
  onChange = () => {};

  /** @param {File[]} files @returns {Recording[]} */
  add(files) {
    const added = files.map((file) => ({
      file, state: 'waiting', heard: null, cues: [], error: null, beganMs: 0, tookSeconds: 0, sound: null, abort: new AbortController(),
    }));
    this.recordings.push(...added);
    this.#run();
    return added;
  }

  /** @param {Recording} recording */
  cancel(recording) {
    recording.abort.abort();
    if (recording.state === 'waiting') this.#become(recording, 'cancelled');
  }

  /** @param {Recording} recording */
  retry(recording) {
    recording.abort = new AbortController();
    recording.error = null;
    this.#become(recording, 'waiting');
    this.#run();
  }

  /** @param {Recording} recording */
  remove(recording) {
    recording.abort.abort();
    this.recordings = this.recordings.filter((other) => other !== recording);
  }

  #become(recording, state) {
    recording.state = state;
    this.onChange(recording);
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    for (;;) {
      const recording = this.recordings.find(({ state }) => state === 'waiting');
      if (!recording) break;
      await this.#hear(recording);
    }
    this.#running = false;
  }

  async #hear(recording) {
    recording.beganMs = performance.now();
    this.#become(recording, 'hearing');
    this.#look(recording);
    try {
      recording.heard = await transcribe(recording.file, recording.abort.signal);
      recording.cues = cuesOf(recording.heard);
      recording.tookSeconds = (performance.now() - recording.beganMs) / 1000;
      this.#become(recording, 'done');
    } catch (error) {
      if (isAbort(error)) return this.#become(recording, 'cancelled');
      recording.error = error;
      this.#become(recording, 'failed');
    }
    return undefined;
  }

  /** Decode for the waveform while the server works. */
  async #look(recording) {
    if (recording.sound) return;
    recording.sound = await study(recording.file);
    this.onChange(recording);
  }
}
