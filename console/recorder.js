/** Records the microphone, and tells how loud it is meanwhile. */
import { decibelsOf, levelOf } from './loudness.js';
import { insecure, mayHaveMicrophone, refusalOf } from './microphone-refusal.js';

const KINDS = [
  ['audio/webm;codecs=opus', 'webm'],
  ['audio/mp4', 'm4a'], // Safari
  ['audio/ogg;codecs=opus', 'ogg'],
];

const TASK = { again: 'record', instead: 'drop a file' };

export class Recorder {
  #stream; #recorder; #context; #analyser; #samples; #kind; #pieces = [];
  #began = performance.now();

  /** Called when the microphone goes away by itself (unplugged). */
  onLost = () => {};

  /** Open the microphone and begin. @returns {Promise<Recorder>} @throws {Error} with words for a person */
  static async begin() {
    if (!mayHaveMicrophone()) throw insecure('Files work here all the same.');
    if (typeof MediaRecorder === 'undefined') throw new Error('This browser cannot record. Drop a file instead.');
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      throw refusalOf(error, TASK);
    }
    return new Recorder(stream);
  }

  /** @param {MediaStream} stream */
  constructor(stream) {
    this.#stream = stream;
    this.#kind = KINDS.find(([type]) => MediaRecorder.isTypeSupported(type)) ?? ['', 'webm'];
    this.#recorder = new MediaRecorder(stream, this.#kind[0] ? { mimeType: this.#kind[0], audioBitsPerSecond: 96_000 } : {});
    this.#recorder.addEventListener('dataavailable', ({ data }) => { if (data.size) this.#pieces.push(data); });
    this.#recorder.start(1000); // a piece each second: a crash of the tab's recorder loses little
    stream.getAudioTracks()[0].addEventListener('ended', () => this.onLost());

    this.#context = new AudioContext();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
  }

  get seconds() { return (performance.now() - this.#began) / 1000; }

  /** How loud it is now, 0 to 1, evenly spread over what people hear (-60 dB to full scale). */
  level() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return levelOf(decibelsOf(this.#samples));
  }

  /** End and free the microphone. @returns {Promise<File>} */
  async finish() {
    if (this.#recorder.state !== 'inactive') {
      await new Promise((resolve) => {
        this.#recorder.addEventListener('stop', resolve, { once: true });
        this.#recorder.stop();
      });
    }
    this.#free();
    const now = new Date();
    const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map((n) => String(n).padStart(2, '0')).join('-');
    const [type, extension] = this.#kind;
    return new File(this.#pieces, `Recording ${time}.${extension}`, { type: (type || this.#recorder.mimeType).split(';')[0] });
  }

  /** End, free the microphone and keep nothing. */
  discard() {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    this.#pieces = [];
    this.#free();
  }

  #free() {
    for (const track of this.#stream.getTracks()) track.stop();
    this.#context.close();
  }
}
