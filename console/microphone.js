/** The microphone of a conversation: as a stream, and as 24 kHz samples with their loudness. */
import { insecure, mayHaveMicrophone, refusalOf } from './microphone-refusal.js';
import { Resampler, toInt16 } from './resampler.js';
import { startFrames } from './sound-frames.js';

const RATE_HZ = 24000;
const TASK = { again: 'connect', instead: 'type' };

/** @returns {Promise<{id: string, name: string}[]>} the microphones; without names until one has been allowed */
export async function microphones() {
  if (!mayHaveMicrophone()) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId && deviceId !== 'default' && deviceId !== 'communications')
    .map(({ deviceId, label }, i) => ({ id: deviceId, name: label || `Microphone ${i + 1}` }));
}

/** Call `listener` when a microphone was connected or disconnected. */
export function onMicrophones(listener) {
  if (mayHaveMicrophone()) navigator.mediaDevices.addEventListener('devicechange', listener);
}

export class Microphone {
  #context = null; #endFrames = () => {}; #resampler = null;
  #silent = false;

  /** @type {MediaStream|null} */
  stream = null;

  /** Called 50 times a second. @type {(frame: {samples: Int16Array, decibels: number, endMs: number, seconds: number}) => void} */
  onFrame = () => {};

  /** Called when the microphone goes away by itself (unplugged). */
  onLost = () => {};

  get track() { return this.stream?.getAudioTracks()[0] ?? null; }

  /** Which one it is; the browser's choice when none was asked for. */
  get deviceId() { return this.track?.getSettings().deviceId ?? ''; }

  /** Open it, in place of the one that is open. @param {string} deviceId '' for the system's choice @throws {Error} with words for a person */
  async open(deviceId) {
    if (!mayHaveMicrophone()) throw insecure('Typing works here all the same.');
    const stream = await streamOf(deviceId);
    this.close();
    this.stream = stream;
    this.#silence();
    this.track.addEventListener('ended', () => { if (this.stream === stream) this.onLost(); });
    // Made at the microphone's own rate: not every browser connects a stream to a context of another.
    this.#context = new AudioContext({ latencyHint: 'interactive' });
    this.#resampler = new Resampler(this.#context.sampleRate, RATE_HZ);
    const inputMs = 1000 * (this.track.getSettings().latency ?? 0); // what was said came this much earlier
    this.#endFrames = await startFrames(this.#context, stream, ({ samples, rateHz, decibels, endMs }) => {
      const pcm = toInt16(this.#resampler.push(samples));
      this.onFrame({ samples: pcm, decibels, endMs: endMs - inputMs, seconds: samples.length / rateHz });
    });
    await this.#context.resume();
  }

  /** Whether it gives silence. */
  get silent() { return this.#silent; }
  set silent(value) {
    this.#silent = value;
    this.#silence();
  }

  close() {
    this.#endFrames();
    this.#endFrames = () => {};
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.#context?.close();
    this.#context = null;
    this.stream = null;
  }

  #silence() { if (this.track) this.track.enabled = !this.#silent; }
}

async function streamOf(deviceId) {
  const wanted = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const ask = (audio) => navigator.mediaDevices.getUserMedia({ audio });
  try {
    if (!deviceId) return await ask(wanted);
    // One that was remembered may be at home: any other is better than none.
    return await ask({ ...wanted, deviceId: { exact: deviceId } }).catch((error) => {
      if (error.name !== 'OverconstrainedError' && error.name !== 'NotFoundError') throw error;
      return ask(wanted);
    });
  } catch (error) {
    throw refusalOf(error, TASK);
  }
}
