/** Changes the rate of a stream of samples, piece by piece, without a seam between pieces. No page, no sound device. */

const CROSSINGS = 16; // of zero on either side of the filter's middle: the more, the steeper
const PASSED = 0.92;  // of what the lower of both rates can hold

const divisor = (a, b) => (b ? divisor(b, a % b) : a);

export class Resampler {
  #up; #down;      // the rates, without what divides both
  #phases;         // a filter for each place between two samples that an output can fall on
  #half;           // taps on either side
  #waiting;        // input that later outputs still need
  #at = 0;         // the next output, in parts of 1/up of a sample of #waiting

  /** @param {number} fromHz @param {number} toHz whole numbers */
  constructor(fromHz, toHz) {
    const common = divisor(fromHz, toHz);
    this.#up = toHz / common;
    this.#down = fromHz / common;
    const cutoff = Math.min(1, toHz / fromHz) * PASSED;
    this.#half = Math.ceil(CROSSINGS / cutoff);
    this.#phases = Array.from({ length: this.#up }, (_, phase) => filterOf(phase / this.#up, this.#half, cutoff));
    this.#waiting = new Float32Array(this.#half - 1); // as if silence came before
  }

  /** @param {Float32Array} samples @returns {Float32Array} what is complete by now; it lags by the filter's half, less than 2 ms */
  push(samples) {
    if (this.#up === this.#down) return samples;
    const input = new Float32Array(this.#waiting.length + samples.length);
    input.set(this.#waiting);
    input.set(samples, this.#waiting.length);
    const taps = 2 * this.#half;
    const out = [];
    let [first, phase] = [Math.floor(this.#at / this.#up), this.#at % this.#up];
    while (first + taps <= input.length) {
      const filter = this.#phases[phase];
      let sum = 0;
      for (let i = 0; i < taps; i += 1) sum += filter[i] * input[first + i];
      out.push(sum);
      this.#at += this.#down;
      [first, phase] = [Math.floor(this.#at / this.#up), this.#at % this.#up];
    }
    const used = Math.min(first, input.length);
    this.#waiting = input.slice(used);
    this.#at -= used * this.#up;
    return Float32Array.from(out);
  }
}

/** A windowed sinc (Blackman), for a place `between` two samples; its sum is 1, so that loudness stays. */
function filterOf(between, half, cutoff) {
  const filter = new Float64Array(2 * half);
  let sum = 0;
  for (let i = 0; i < filter.length; i += 1) {
    const x = i - (half - 1) - between;
    const angle = Math.PI * cutoff * x;
    const place = (x + half) / (2 * half);
    const window = place < 0 || place > 1 ? 0 : 0.42 - 0.5 * Math.cos(2 * Math.PI * place) + 0.08 * Math.cos(4 * Math.PI * place);
    filter[i] = (x === 0 ? 1 : Math.sin(angle) / angle) * window;
    sum += filter[i];
  }
  return filter.map((tap) => tap / sum);
}

/** @param {Float32Array} samples full scale ±1 @returns {Int16Array} */
export function toInt16(samples) {
  const out = new Int16Array(samples.length);
  for (let i = 0; i < out.length; i += 1) out[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768)));
  return out;
}
