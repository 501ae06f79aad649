/** Draws how loud the microphone is: the last seconds as bars that pass, or one still bar where motion is not wanted. */

const BAR = 4;
const GAP = 3;
const BARS_PER_SECOND = 14;

export class LevelMeter {
  #canvas;
  #levels = [];
  #held = 0;       // the loudest since the last bar was added
  #lastBar = 0;
  #lastSpoken = 0;
  #still = matchMedia('(prefers-reduced-motion: reduce)');

  /** @param {HTMLCanvasElement} canvas with role="meter" */
  constructor(canvas) { this.#canvas = canvas; }

  clear() { this.#levels = []; this.#held = 0; this.#lastBar = 0; }

  /** @param {number} level 0 to 1 @param {number} atMs */
  show(level, atMs) {
    this.#held = Math.max(this.#held, level);
    if (atMs - this.#lastBar >= 1000 / BARS_PER_SECOND) {
      this.#levels.push(this.#held);
      this.#held = 0;
      this.#lastBar = atMs;
    }
    if (atMs - this.#lastSpoken > 500) {
      this.#canvas.setAttribute('aria-valuenow', String(Math.round(level * 100)));
      this.#lastSpoken = atMs;
    }
    this.#draw(level);
  }

  #draw(level) {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    const density = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * density)) canvas.width = Math.round(width * density);
    if (canvas.height !== Math.round(height * density)) canvas.height = Math.round(height * density);
    const pen = canvas.getContext('2d');
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    const colours = getComputedStyle(canvas);
    const [accent, rest] = [colours.getPropertyValue('--accent'), colours.getPropertyValue('--wave')];
    const bar = (x, y, w, h, colour) => {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.roundRect(x, y, w, h, Math.min(w, h) / 2);
      pen.fill();
    };
    if (this.#still.matches) {
      bar(0, height / 2 - 5, width, 10, rest);
      if (level > 0.02) bar(0, height / 2 - 5, width * level, 10, accent);
      return;
    }
    const count = Math.floor((width + GAP) / (BAR + GAP));
    const recent = this.#levels.slice(-count);
    for (let i = 0; i < count; i += 1) {
      const value = recent[recent.length - count + i];
      const tall = Math.max(4, (value ?? 0) ** 1.6 * height);
      bar(i * (BAR + GAP), (height - tall) / 2, BAR, tall, value === undefined ? rest : accent);
    }
  }
}
