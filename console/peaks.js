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
    for (let i = 0; i < samples.length; i += 1) {
      const at = Math.floor(this.samples / this.every);
      const level = Math.abs(samples[i]) / fullScale;
      if (at === this.values.length) this.values.push(level);
      else if (level > this.values[at]) this.values[at] = level;
      this.samples += 1;
    }
  }

  /**
   * @param {number} count bars over the whole width
   * @param {number} totalSeconds what the whole width stands for
   * @returns {Float32Array} heights 0 to 1, relative to the highest; -1 where there is no sound yet
   */
  bars(count, totalSeconds) {
    const bars = new Float32Array(count).fill(-1);
    let highest = QUIETEST; // a near-silent recording stays visibly near-silent instead of being blown up
    const perBar = (totalSeconds * 100) / count;
    for (let bar = 0; bar < count; bar += 1) {
      const from = Math.floor(bar * perBar);
      const to = Math.min(Math.max(from + 1, Math.floor((bar + 1) * perBar)), this.values.length);
      if (from >= this.values.length) break;
      // The mean of the peaks, not the highest: speech has a loud moment in every bar, and all would look alike.
      let sum = 0;
      for (let i = from; i < to; i += 1) sum += this.values[i];
      bars[bar] = sum / (to - from);
      if (bars[bar] > highest) highest = bars[bar];
    }
    return bars.map((level) => (level < 0 ? level : level / highest));
  }
}
