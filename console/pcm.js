/** Mono 16-bit sound that grows as it arrives. */

const BLOCK_SAMPLES = 1 << 16;

export class PcmTrack {
  /** @param {number} rateHz samples per second */
  constructor(rateHz) {
    this.rateHz = rateHz;
    this.length = 0;        // samples so far
    this.complete = false;  // true when no more will come
    this.blocks = [];
    this.halfSample = null; // a piece from the network may end between the two bytes of a sample
  }

  get seconds() { return this.length / this.rateHz; }

  /** @param {Uint8Array} bytes little-endian @returns {Int16Array} the samples that were added */
  appendBytes(bytes) {
    if (this.halfSample !== null) {
      const joined = new Uint8Array(bytes.length + 1);
      joined[0] = this.halfSample;
      joined.set(bytes, 1);
      bytes = joined;
    }
    this.halfSample = bytes.length % 2 ? bytes[bytes.length - 1] : null;
    const samples = new Int16Array(bytes.length >> 1);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt16(2 * i, true);
    this.append(samples);
    return samples;
  }

  /** @param {Int16Array} samples */
  append(samples) {
    for (let done = 0; done < samples.length;) {
      const offset = this.length % BLOCK_SAMPLES;
      if (offset === 0) this.blocks.push(new Int16Array(BLOCK_SAMPLES));
      const part = samples.subarray(done, done + BLOCK_SAMPLES - offset);
      this.blocks.at(-1).set(part, offset);
      this.length += part.length;
      done += part.length;
    }
  }

  /** @returns {Float32Array} samples `from` to `to`, full scale ±1 */
  floats(from, to) {
    const out = new Float32Array(Math.max(0, Math.min(to, this.length) - from));
    for (let i = 0; i < out.length; i += 1) {
      const at = from + i;
      out[i] = this.blocks[Math.floor(at / BLOCK_SAMPLES)][at % BLOCK_SAMPLES] / 32768;
    }
    return out;
  }

  /** The samples alone, as the API's `pcm`. */
  toPcm() {
    const last = this.length % BLOCK_SAMPLES || BLOCK_SAMPLES;
    return new Blob(this.blocks.map((block, i) => (i === this.blocks.length - 1 ? block.subarray(0, last) : block)), { type: 'audio/pcm' });
  }

  /** The samples as a wav file. */
  toWav() {
    return new Blob([wavHeader(this.length, this.rateHz), this.toPcm()], { type: 'audio/wav' });
  }
}

/** @param {number} samples how many 16-bit mono samples follow @param {number} rateHz */
function wavHeader(samples, rateHz) {
  const view = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);         // size of the format chunk
  view.setUint16(20, 1, true);          // plain PCM
  view.setUint16(22, 1, true);          // channels
  view.setUint32(24, rateHz, true);
  view.setUint32(28, 2 * rateHz, true); // bytes per second
  view.setUint16(32, 2, true);          // bytes per frame
  view.setUint16(34, 16, true);         // bits per sample
  text(36, 'data');
  view.setUint32(40, 2 * samples, true);
  return view;
}
