/** A waveform that is also the slider for the place in the sound. It can show a part only, with a span in it that can be dragged. */
import { clock, make } from './page.js';

const BAR = 3;
const GAP = 2;
const STEP_SECONDS = 2;
const HANDLE_PX = 10;          // how near a handle a pointer has to be
const MARGIN_SECONDS = 1.5;    // shown on either side of a span
const NO_PEAKS_HEIGHT = 0.42;  // of what is known to be speech but was not drawn

export class Waveform {
  #canvas = make('canvas');
  #caption = make('span');
  #peaks = null;
  #spans = [];        // where somebody speaks, drawn when there are no peaks
  #bars = null;
  #barsOf = '';       // what the cached bars were made from
  #total = 0;
  #position = 0;
  #part = null;       // {start, end}: the span that is edited
  #view = null;       // {from, to}: what is shown of the whole, null for all
  #onSeek;

  /** Called with `{start}` or `{end}` while a handle is dragged. */
  onRetime = () => {};

  /** @param {(seconds: number) => void} onSeek @param {string} label for assistive technology */
  constructor(onSeek, label) {
    this.#onSeek = onSeek;
    const words = make('div', { class: 'caption' }, this.#caption);
    this.element = make('div', { class: 'waveform', role: 'slider', 'aria-label': label, 'aria-valuemin': 0 }, this.#canvas, words);
    this.element.addEventListener('pointerdown', (event) => this.#press(event));
    this.element.addEventListener('pointermove', (event) => { this.element.classList.toggle('on-handle', this.#handleAt(event) !== null); });
    this.element.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(this.element);
    this.show({ peaks: null, total: 0, caption: '' });
  }

  /**
   * @param {{peaks: import('./peaks.js').Peaks|null, total: number, caption: string, spans?: {start: number, end: number}[]}} what
   * total is what the whole width stands for, in seconds; a caption stands in place of the sound; spans stand for peaks that are missing
   */
  show({ peaks, total, caption, spans = [] }) {
    [this.#peaks, this.#total, this.#spans] = [peaks, total, spans];
    this.#caption.textContent = caption;
    this.#caption.parentElement.hidden = !caption || (spans.length > 0 && total > 0); // what is drawn in its place says enough
    const enabled = total > 0;
    this.element.setAttribute('aria-disabled', String(!enabled));
    this.element.tabIndex = enabled ? 0 : -1;
    this.element.setAttribute('aria-valuemax', total.toFixed(1));
    this.move(this.#position);
  }

  /** Look closely at a span, with handles to drag; null for the whole. @param {{start: number, end: number}|null} part */
  frame(part) {
    const drawnBefore = this.#part && part && this.#view && part.start >= this.#view.from && part.end <= this.#view.to;
    this.#part = part && { start: part.start, end: part.end };
    // The view stands still while a handle is dragged inside it.
    if (!drawnBefore) this.#view = part && { from: Math.max(0, part.start - MARGIN_SECONDS), to: Math.min(this.#total || Infinity, part.end + MARGIN_SECONDS) };
    this.element.classList.toggle('framed', Boolean(part));
    this.draw();
  }

  /** @param {number} seconds where the playhead is */
  move(seconds) {
    this.#position = seconds;
    this.element.setAttribute('aria-valuenow', seconds.toFixed(1));
    this.element.setAttribute('aria-valuetext', `${clock(seconds)} of ${clock(this.#total)}`);
    this.draw();
  }

  get #from() { return this.#view?.from ?? 0; }
  get #to() { return Math.max(this.#view?.to ?? this.#total, this.#from + 0.1); }

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
    if (this.#part) this.#drawPart(pen, width, height, colours);
    const head = this.#total ? this.#x(this.#position, width) : 0;
    this.#drawBars(pen, width, height, { accent, rest: colours.getPropertyValue('--wave'), head });
    if (this.#position > 0 && this.#total && head >= 0 && head <= width) {
      pen.fillStyle = accent;
      pen.fillRect(Math.min(width - 2, Math.max(0, head - 1)), 0, 2, height);
    }
    if (this.#part) this.#drawHandles(pen, width, height, accent);
  }

  #x(seconds, width) { return ((seconds - this.#from) / (this.#to - this.#from)) * width; }

  #drawBars(pen, width, height, { accent, rest, head }) {
    this.#barsFor(Math.floor((width + GAP) / (BAR + GAP))).forEach((level, i) => {
      const x = i * (BAR + GAP);
      const tall = level < 0 ? 2 : Math.max(3, level * (height - 4));
      pen.globalAlpha = level < 0 ? 0.55 : 1;
      pen.fillStyle = head >= x + BAR ? accent : rest;
      pen.beginPath();
      pen.roundRect(x, (height - tall) / 2, BAR, tall, BAR / 2);
      pen.fill();
    });
    pen.globalAlpha = 1;
  }

  #drawPart(pen, width, height, colours) {
    pen.fillStyle = colours.getPropertyValue('--accent-soft');
    const [left, right] = [this.#x(this.#part.start, width), this.#x(this.#part.end, width)];
    pen.beginPath();
    pen.roundRect(left, 0, Math.max(2, right - left), height, 6);
    pen.fill();
  }

  #drawHandles(pen, width, height, accent) {
    pen.fillStyle = accent;
    for (const at of [this.#part.start, this.#part.end]) {
      const x = this.#x(at, width);
      pen.fillRect(x - 1, 0, 2, height);
      pen.beginPath();
      pen.roundRect(x - 4, height / 2 - 12, 8, 24, 4);
      pen.fill();
    }
  }

  #barsFor(count) {
    const key = `${count} ${this.#from} ${this.#to} ${this.#peaks?.samples ?? 0} ${this.#spans.length}`;
    if (key !== this.#barsOf || this.#bars === null) {
      this.#bars = this.#made(count);
      this.#barsOf = key;
    }
    return this.#bars;
  }

  #made(count) {
    if (this.#peaks && this.#total) return this.#peaks.bars(count, this.#from, this.#to);
    const bars = new Float32Array(count).fill(-1);
    const perSecond = count / (this.#to - this.#from);
    for (const { start, end } of this.#total ? this.#spans : []) {
      bars.fill(NO_PEAKS_HEIGHT, Math.max(0, Math.floor((start - this.#from) * perSecond)), Math.max(0, Math.ceil((end - this.#from) * perSecond)));
    }
    return bars;
  }

  #secondsAt(clientX) {
    const box = this.element.getBoundingClientRect();
    return this.#from + Math.min(1, Math.max(0, (clientX - box.left) / box.width)) * (this.#to - this.#from);
  }

  /** Which handle is under the pointer. @returns {'start'|'end'|null} */
  #handleAt({ clientX }) {
    if (!this.#part) return null;
    const box = this.element.getBoundingClientRect();
    const away = (seconds) => Math.abs(clientX - box.left - this.#x(seconds, box.width));
    const [start, end] = [away(this.#part.start), away(this.#part.end)];
    if (Math.min(start, end) > HANDLE_PX) return null;
    return start <= end ? 'start' : 'end';
  }

  #press(event) {
    if (!this.#total || event.button !== 0) return;
    const handle = this.#handleAt(event);
    const act = handle ? ({ clientX }) => this.onRetime({ [handle]: this.#secondsAt(clientX) }) : ({ clientX }) => this.#onSeek(this.#secondsAt(clientX));
    if (!handle) act(event);
    this.element.setPointerCapture(event.pointerId);
    this.element.addEventListener('pointermove', act);
    const finish = () => this.element.removeEventListener('pointermove', act);
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
