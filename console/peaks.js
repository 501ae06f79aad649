/** The loudest moment of every hundredth of a second: what a waveform is drawn from. */

const QUIETEST = 0.03;

export class Peaks {
  /** @param {number} rateHz */
  constructor(rateHz) {
    this.every = Math.max(1, Math.round(rateHz / 100)); // samples per peak
    this.rateHz = rateHz;
    this.values = [];                                   // 0 to 1
    this.samples = 0;
  }

  get seconds() { return this.samples / this.rateHz; }

  /** @param {Int16Array|Float32Array} samples @param {number} fullScale */
  append(samples, fullScale) {
    for (let done = 0; done < samples.length;) {
      const at = Math.floor(this.samples / this.every);
      const stop = Math.min(samples.length, done + (at + 1) * this.every - this.samples);
      let highest = 0;
      for (let i = done; i < stop; i += 1) {
        const level = samples[i] < 0 ? -samples[i] : samples[i];
        if (level > highest) highest = level;
      }
      const level = highest / fullScale;
      if (at === this.values.length) this.values.push(level);
      else if (level > this.values[at]) this.values[at] = level;
      this.samples += stop - done;
      done = stop;
    }
  }

  /**
   * @param {number} count bars over the whole width
   * @param {number} from seconds at the left edge @param {number} to seconds at the right edge
   * @returns {Float32Array} heights 0 to 1, relative to the highest; -1 where there is no sound yet
   */
  bars(count, from, to) {
    const bars = new Float32Array(count).fill(-1);
    let highest = QUIETEST; // a near-silent recording stays visibly near-silent instead of being blown up
    const perBar = ((to - from) * 100) / count;
    for (let bar = 0; bar < count; bar += 1) {
      const first = Math.floor(from * 100 + bar * perBar);
      const last = Math.min(Math.max(first + 1, Math.floor(from * 100 + (bar + 1) * perBar)), this.values.length);
      if (first >= this.values.length) break;
      // The mean of the peaks, not the highest: speech has a loud moment in every bar, and all would look alike.
      let sum = 0;
      for (let i = first; i < last; i += 1) sum += this.values[i];
      bars[bar] = sum / (last - first);
      if (bars[bar] > highest) highest = bars[bar];
    }
    return bars.map((level) => (level < 0 ? level : level / highest));
  }
}
