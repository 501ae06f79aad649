/** Play button, waveform and time, around anything that plays. */
import { clock, dress, icon, make } from './page.js';
import { Waveform } from './waveform.js';

/**
 * @typedef {object} Playable
 * @property {boolean} enabled whether there is something to play
 * @property {boolean} playing
 * @property {number} position seconds
 * @property {number} duration seconds
 * @property {() => void} play
 * @property {() => void} pause
 * @property {(seconds: number) => void} seek
 * @property {(listener: () => void) => void} listen called after any of the above changed by itself or by a call
 */

export class Transport {
  #playable;
  #button = make('button', { type: 'button', class: 'play', disabled: true }, icon('play'));
  #now = make('b');
  #whole = make('span');
  #drawn = { peaks: null, total: 0, caption: '' };
  #frame = 0;

  /** Called with the position in seconds whenever it moved. */
  onMove = () => {};

  /** Called with `{start}` or `{end}` while a handle of the framed part is dragged. */
  onRetime = () => {};

  /** @param {HTMLElement} place @param {Playable} playable @param {string} name what is played, for labels */
  constructor(place, playable, name) {
    this.#playable = playable;
    this.name = name;
    this.waveform = new Waveform((seconds) => playable.seek(seconds), `Place in the ${name}`);
    place.append(this.#button, this.waveform.element, make('div', { class: 'time' }, this.#now, this.#whole));
    this.#button.addEventListener('click', () => this.toggle());
    this.waveform.element.addEventListener('keydown', (event) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      this.toggle();
    });
    this.waveform.onRetime = (times) => this.onRetime(times);
    playable.listen(() => this.refresh());
    this.refresh();
  }

  toggle() {
    if (!this.#playable.enabled) return;
    if (this.#playable.playing) this.#playable.pause();
    else this.#playable.play();
  }

  /** Look closely at a part, with handles to drag; null for the whole. */
  frame(part) { this.waveform.frame(part); }

  /** @param {{peaks?: object|null, total?: number, caption?: string, spans?: object[]}} what as `Waveform.show`; 0 total means the playable's own */
  show(what) {
    Object.assign(this.#drawn, what);
    this.refresh();
  }

  refresh() {
    const { enabled, playing, duration } = this.#playable;
    this.#button.disabled = !enabled;
    this.#button.setAttribute('aria-label', `${playing ? 'Pause' : 'Play'} the ${this.name}`);
    dress(this.#button, playing ? 'pause' : 'play');
    this.waveform.show({ ...this.#drawn, total: enabled ? Math.max(this.#drawn.total, duration) : 0 });
    this.#move();
    if (playing && !this.#frame) this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #follow() {
    this.#frame = 0;
    this.#move();
    if (this.#playable.playing) this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #move() {
    const { enabled, position, duration } = this.#playable;
    this.#now.textContent = enabled ? clock(position) : '';
    this.#whole.textContent = enabled ? ` / ${clock(duration)}` : '';
    this.waveform.move(position);
    this.onMove(position);
  }
}
