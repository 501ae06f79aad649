/** A waveform that is also the slider for the place in the sound. */
import { clock, make } from './page.js';

const BAR = 3;
const GAP = 2;
const STEP_SECONDS = 2;

export class Waveform {
  #canvas = make('canvas');
  #caption = make('span');
  #peaks = null;
  #bars = null;
  #barsOf = '';       // what the cached bars were made from
  #total = 0;
  #position = 0;
  #onSeek;

  /** @param {(seconds: number) => void} onSeek @param {string} label for assistive technology */
  constructor(onSeek, label) {
    this.#onSeek = onSeek;
    const words = make('div', { class: 'caption' }, this.#caption);
    this.element = make('div', { class: 'waveform', role: 'slider', 'aria-label': label, 'aria-valuemin': 0 }, this.#canvas, words);
    this.element.addEventListener('pointerdown', (event) => this.#drag(event));
    this.element.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(this.element);
    this.show({ peaks: null, total: 0, caption: '' });
  }

  /**
   * @param {{peaks: import('./peaks.js').Peaks|null, total: number, caption: string}} what total is what the whole width
   * stands for, in seconds; a caption stands in place of the sound
   */
  show({ peaks, total, caption }) {
    this.#peaks = peaks;
    this.#total = total;
    this.#caption.textContent = caption;
    this.#caption.parentElement.hidden = !caption;
    const enabled = total > 0;
    this.element.setAttribute('aria-disabled', String(!enabled));
    this.element.tabIndex = enabled ? 0 : -1;
    this.element.setAttribute('aria-valuemax', total.toFixed(1));
    this.move(this.#position);
  }

  /** @param {number} seconds where the playhead is */
  move(seconds) {
    this.#position = seconds;
    this.element.setAttribute('aria-valuenow', seconds.toFixed(1));
    this.element.setAttribute('aria-valuetext', `${clock(seconds)} of ${clock(this.#total)}`);
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width) return;
    const density = devicePixelRatio || 1;
    if (this.#canvas.width !== Math.round(width * density) || this.#canvas.height !== Math.round(height * density)) {
      this.#canvas.width = Math.round(width * density);
      this.#canvas.height = Math.round(height * density);
    }
    const pen = this.#canvas.getContext('2d');
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    const colours = getComputedStyle(this.element);
    const accent = colours.getPropertyValue('--accent');
    const rest = colours.getPropertyValue('--wave');
    const head = this.#total ? Math.min(1, this.#position / this.#total) * width : 0;
    const bars = this.#barsFor(Math.floor((width + GAP) / (BAR + GAP)));
    bars.forEach((level, i) => {
      const x = i * (BAR + GAP);
      const tall = level < 0 ? 2 : Math.max(3, level * (height - 4));
      pen.globalAlpha = level < 0 ? 0.55 : 1;
      pen.fillStyle = head >= x + BAR ? accent : rest;
      pen.beginPath();
      pen.roundRect(x, (height - tall) / 2, BAR, tall, BAR / 2);
      pen.fill();
    });
    pen.globalAlpha = 1;
    if (this.#position > 0 && this.#total) {
      pen.fillStyle = accent;
      pen.fillRect(Math.min(width - 2, Math.max(0, head - 1)), 0, 2, height);
    }
  }

  #barsFor(count) {
    const key = `${count} ${this.#total} ${this.#peaks?.samples ?? 0}`;
    if (key !== this.#barsOf || this.#peaks === null) {
      this.#bars = this.#peaks && this.#total ? this.#peaks.bars(count, this.#total) : new Float32Array(count).fill(-1);
      this.#barsOf = key;
    }
    return this.#bars;
  }

  #drag(event) {
    if (!this.#total || event.button !== 0) return;
    const seek = ({ clientX }) => {
      const box = this.element.getBoundingClientRect();
      this.#onSeek(Math.min(1, Math.max(0, (clientX - box.left) / box.width)) * this.#total);
    };
    seek(event);
    this.element.setPointerCapture(event.pointerId);
    this.element.addEventListener('pointermove', seek);
    const finish = () => this.element.removeEventListener('pointermove', seek);
    this.element.addEventListener('pointerup', finish, { once: true });
    this.element.addEventListener('pointercancel', finish, { once: true });
  }

  #key(event) {
    if (!this.#total || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = {
      ArrowRight: this.#position + STEP_SECONDS,
      ArrowUp: this.#position + STEP_SECONDS,
      ArrowLeft: this.#position - STEP_SECONDS,
      ArrowDown: this.#position - STEP_SECONDS,
      PageUp: this.#position + this.#total / 10,
      PageDown: this.#position - this.#total / 10,
      Home: 0,
      End: this.#total,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#onSeek(Math.min(this.#total, Math.max(0, to)));
  }
}
