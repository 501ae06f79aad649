/** Recordings to be heard, one after another. Knows no page. */
import { isAbort, transcribe } from './api.js';
import { study } from './decode.js';
import { cuesOfSegment } from './subtitles.js';

/**
 * @typedef {object} Recording
 * @property {File} file
 * @property {'waiting'|'hearing'|'busy'|'done'|'failed'|'cancelled'} state
 * @property {{text: string, languages: string[], model: string|null, device: string|null, fallback: string|null}|null} heard
 * @property {import('./subtitles.js').Cue[]} cues
 * @property {object[]} undo what the cues can be brought back to
 * @property {Error|null} error
 * @property {number} heardSeconds how far it is
 * @property {number|null} totalSeconds how long it is, when the recording tells
 * @property {number} tookSeconds
 * @property {number} retryAtMs when a busy server is asked again, on `performance.now()`'s clock
 * @property {{peaks: object|null, playable: Blob, note: string}|null} sound null until it was looked at
 */

export class Queue {
  /** @type {Recording[]} */
  recordings = [];
  #running = false;

  /** Called with the recording that changed, and the cues that were added to it if that is all. */
  onChange = () => {};

  /** @param {File[]} files @returns {Recording[]} */
  add(files) {
    const added = files.map((file) => ({
      file, state: 'waiting', heard: null, cues: [], undo: [], error: null, beganMs: 0, heardSeconds: 0, totalSeconds: null, tookSeconds: 0,
      retryAtMs: 0, sound: null, abort: new AbortController(),
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
    const { signal } = recording.abort;
    this.#look(recording);
    try {
      while (!(await this.#attempt(recording, signal))) await until(recording.retryAtMs, signal);
      recording.tookSeconds = (performance.now() - recording.beganMs) / 1000;
      this.#become(recording, 'done');
    } catch (error) {
      if (isAbort(error)) return this.#become(recording, 'cancelled');
      recording.error = error;
      this.#become(recording, 'failed');
    }
    return undefined;
  }

  /** @returns {Promise<boolean>} false when the server has too much to do and says when to come back */
  async #attempt(recording, signal) {
    Object.assign(recording, { beganMs: performance.now(), cues: [], undo: [], heardSeconds: 0, totalSeconds: null, heard: null });
    this.#become(recording, 'hearing');
    const ears = {
      onProgress: (heardSeconds, totalSeconds) => {
        Object.assign(recording, { heardSeconds, totalSeconds });
        this.onChange(recording, []);
      },
      onSegment: (segment) => {
        const more = cuesOfSegment(segment);
        recording.cues.push(...more);
        recording.heardSeconds = Math.max(recording.heardSeconds, segment.end);
        this.onChange(recording, more);
      },
    };
    try {
      recording.heard = await transcribe(recording.file, ears, signal);
      return true;
    } catch (error) {
      if (!error.busy || !error.retrySeconds) throw error;
      recording.retryAtMs = performance.now() + 1000 * error.retrySeconds;
      this.#become(recording, 'busy');
      return false;
    }
  }

  /** Decode for the waveform while the server works. */
  async #look(recording) {
    if (recording.sound) return;
    recording.sound = await study(recording.file);
    this.onChange(recording);
  }
}

/** Wait for a moment on `performance.now()`'s clock. */
function until(atMs, signal) {
  return new Promise((resolve, reject) => {
    const leave = () => { clearTimeout(timer); reject(signal.reason); };
    const timer = setTimeout(() => { signal.removeEventListener('abort', leave); resolve(); }, Math.max(0, atMs - performance.now()));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
