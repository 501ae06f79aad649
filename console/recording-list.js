/** The list of recordings: each with how far it is, and a way to cancel or remove it. */
import { clock, icon, make } from './page.js';

const WORDS = { waiting: 'Waiting', hearing: 'Listening', busy: 'Server busy, waits', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' };
const GOING = ['waiting', 'hearing', 'busy'];

export class RecordingList {
  #place;
  #rows = new Map(); // recording -> {item, pick, state, bar, act}
  #current = null;

  /** Called with a recording that was chosen, is to be cancelled, is to be removed. */
  onPick = () => {};
  onCancel = () => {};
  onRemove = () => {};

  /** @param {HTMLElement} place a list */
  constructor(place) { this.#place = place; }

  /** @param {import('./queue.js').Recording[]} recordings @param {import('./queue.js').Recording|null} current */
  show(recordings, current) {
    const kept = new Set(recordings);
    for (const [recording, { item }] of this.#rows) {
      if (kept.has(recording)) continue;
      item.remove();
      this.#rows.delete(recording);
    }
    for (const recording of recordings) {
      if (!this.#rows.has(recording)) {
        this.#rows.set(recording, this.#row(recording));
        this.#place.append(this.#rows.get(recording).item);
      }
    }
    const moved = current !== this.#current;
    this.#current = current;
    for (const recording of recordings) this.update(recording);
    if (moved) this.#uncover();
  }

  /** @param {import('./queue.js').Recording} recording one that is in the list */
  update(recording) {
    const row = this.#rows.get(recording);
    if (!row) return;
    const { state, heardSeconds, totalSeconds } = recording;
    const share = totalSeconds ? Math.min(1, heardSeconds / totalSeconds) : 0;
    const words = state === 'hearing' && totalSeconds ? `${Math.round(100 * share)} %` : this.#words(recording);
    const here = recording === this.#current;
    row.item.dataset.state = state;
    row.item.dataset.current = String(here);
    row.pick.setAttribute('aria-pressed', String(here));
    if (row.state.textContent !== words) row.state.textContent = words;
    row.bar.hidden = state !== 'hearing' || !totalSeconds;
    row.bar.value = share;
    const going = GOING.includes(state);
    const label = `${going ? 'Cancel' : 'Remove'} ${recording.file.name}`;
    if (row.act.getAttribute('aria-label') !== label) row.act.setAttribute('aria-label', label);
    row.act.title = going ? 'Cancel' : 'Remove';
  }

  /** @param {import('./queue.js').Recording} recording */
  focus(recording) { this.#rows.get(recording)?.pick.focus(); }

  #words({ state, totalSeconds, heardSeconds, cues }) {
    if (state !== 'done') return WORDS[state];
    const length = clock(totalSeconds ?? heardSeconds);
    return cues.length ? length : `${length}, no speech`;
  }

  #row(recording) {
    const { file } = recording;
    const state = make('span', { class: 'state' });
    const bar = make('progress', { max: 1, value: 0, 'aria-label': `How far ${file.name} is`, hidden: true });
    const pick = make('button', { type: 'button', class: 'pick', title: file.name },
      make('span', { class: 'dot' }), make('span', { class: 'name', text: file.name }), state);
    const act = make('button', { type: 'button', class: 'icon-button drop' }, icon('close'));
    pick.addEventListener('click', () => this.onPick(recording));
    act.addEventListener('click', () => (GOING.includes(recording.state) ? this.onCancel(recording) : this.onRemove(recording)));
    return { item: make('li', {}, pick, act, bar), pick, state, bar, act };
  }

  /** Scroll the list, and nothing else, until the current one is in sight. */
  #uncover() {
    const item = this.#rows.get(this.#current)?.item;
    if (!item) return;
    const top = item.offsetTop - this.#place.offsetTop;
    const under = top + item.offsetHeight - this.#place.clientHeight;
    if (top < this.#place.scrollTop) this.#place.scrollTop = top;
    else if (under > this.#place.scrollTop) this.#place.scrollTop = under;
  }
}
