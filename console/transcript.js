/** Cues on the page: they follow the sound, and every word leads back to its place in it. Words are made when they come into sight. */
import { clock, icon, make } from './page.js';
import { lastBegun } from './subtitles.js';

const HANDS_OFF_MS = 4000; // after the reader scrolled by hand, the text does not scroll by itself for this long
const LINGER_SECONDS = 0.6; // a word stays marked over a short gap
const NEAR_SIGHT = '600px 0px';

export class Transcript {
  #place;
  #rows = [];       // {cue, start, end, element, line, words: {start, end, element}[]|null}
  #now = { row: null, word: null };
  #stop = null;     // the word in the tab order: {row, word}
  #touchedMs = -Infinity;
  #sight;
  #open = null;     // {at, element}: what stands in place of a row while that is edited

  /** Called with seconds when a word or a time was chosen. */
  onSeek = () => {};

  /** Called with the index of a cue that is to be edited. Null: nothing can be. */
  onEdit = null;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
    this.#sight = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) if (isIntersecting) this.#fill(this.#rows[Number(target.dataset.at)]);
    }, { root: place, rootMargin: NEAR_SIGHT });
    place.addEventListener('click', (event) => this.#clicked(event));
    place.addEventListener('dblclick', (event) => this.#edit(event.target.closest('.segment')));
    place.addEventListener('keydown', (event) => this.#key(event));
    for (const kind of ['wheel', 'touchmove']) place.addEventListener(kind, () => { this.#touchedMs = performance.now(); }, { passive: true });
  }

  /** Grey lines while there is nothing to read yet. */
  wait() {
    this.#reset();
    this.#place.append(...Array.from({ length: 4 }, () => make('span', { class: 'skeleton', 'aria-hidden': 'true' })));
  }

  /** @param {string} words in place of a transcript */
  blank(words) {
    this.#reset();
    if (words) this.#place.append(make('p', { class: 'blank', text: words }));
  }

  /** @param {import('./subtitles.js').Cue[]} cues */
  show(cues) {
    const { scrollTop } = this.#place;
    const same = this.#rows.length > 0;
    this.#reset();
    this.append(cues);
    this.#place.scrollTop = same ? scrollTop : 0;
  }

  /** More cues behind those that are there. @param {import('./subtitles.js').Cue[]} cues */
  append(cues) {
    if (!this.#rows.length) this.#place.replaceChildren();
    const made = cues.map((cue, i) => this.#row(cue, this.#rows.length + i));
    this.#rows.push(...made);
    this.#place.append(...made.map(({ element }) => element));
    for (const { element } of made) this.#sight.observe(element);
    if (this.#rows[0] && !this.#stop) this.#tabStop(0, 0);
  }

  /** The last cue has grown. @param {import('./subtitles.js').Cue} cue */
  replaceLast(cue) {
    const at = this.#rows.length - 1;
    const old = this.#rows[at];
    const row = this.#row(cue, at);
    this.#rows[at] = row;
    old.element.replaceWith(row.element);
    this.#sight.unobserve(old.element);
    this.#sight.observe(row.element);
    if (this.#now.row === old) this.#now = { row: null, word: null };
    if (this.#stop?.row === old) this.#tabStop(at, 0);
  }

  /** Put an editor in the place of a row; null puts the row back. @param {number} at @param {HTMLElement|null} element */
  open(at, element) {
    if (this.#open) {
      this.#open.element.remove();
      this.#open.hidden.hidden = false;
      this.#open = null;
    }
    const row = this.#rows[at];
    if (!element || !row) return;
    row.element.after(element);
    row.element.hidden = true;
    this.#open = { at, element, hidden: row.element };
    this.#reveal(element, true);
  }

  /** Put the focus on a cue. @param {number} at */
  focus(at) {
    if (!this.#rows.length) return;
    this.#tabStop(Math.min(at, this.#rows.length - 1), 0);
    this.#reveal(this.#stop.row.element, true);
    this.#stop.word.element.focus({ preventScroll: true });
  }

  /** Mark what is heard at `seconds`; null marks nothing. */
  follow(seconds) {
    const row = seconds === null ? null : this.#at(this.#rows, seconds);
    if (row !== this.#now.row) {
      this.#now.row?.element.classList.remove('now');
      row?.element.classList.add('now');
      this.#now.row = row;
      if (row && !this.#open) this.#reveal(row.element);
    }
    const word = row ? this.#at(this.#fill(row).words, seconds) : null;
    if (word === this.#now.word) return;
    this.#now.word?.element.classList.remove('now');
    word?.element.classList.add('now');
    this.#now.word = word;
  }

  /** The index of the cue that is marked, else that has the focus, else the first. */
  get current() {
    const row = this.#now.row ?? this.#stop?.row;
    return row ? this.#rows.indexOf(row) : 0;
  }

  #row(cue, at) {
    const line = make('p', { dir: 'auto', text: cue.text });
    const element = make('div', { class: 'segment', 'data-at': at }, make('time', { text: clock(cue.start) }), line);
    if (this.onEdit) {
      const edit = make('button', { type: 'button', class: 'icon-button edit', 'aria-label': `Edit the subtitle at ${clock(cue.start)}`, tabindex: '-1' }, icon('pencil'));
      element.append(edit);
    }
    return { cue, start: cue.start, end: cue.end, element, line, words: null };
  }

  /** Make the words of a row. */
  #fill(row) {
    if (row.words) return row;
    this.#sight.unobserve(row.element);
    row.words = [];
    row.line.replaceChildren(...row.cue.pieces.map((piece) => {
      if (piece.start === null) return piece.text;
      const element = make('span', { class: 'word', text: piece.text, role: 'button', tabindex: '-1', 'data-word': row.words.length });
      row.words.push({ start: piece.start, end: piece.end, element });
      return element;
    }));
    return row;
  }

  #at(items, seconds) {
    const item = items[lastBegun(items, seconds)];
    return item && seconds < item.end + LINGER_SECONDS ? item : null;
  }

  #reset() {
    this.#sight.disconnect();
    this.#place.replaceChildren();
    [this.#rows, this.#now, this.#stop, this.#open] = [[], { row: null, word: null }, null, null];
  }

  /** Scrolls the transcript only, never the page. */
  #reveal(element, wanted = false) {
    if (!wanted && performance.now() - this.#touchedMs < HANDS_OFF_MS) return;
    const place = this.#place;
    const top = element.offsetTop;
    const inside = top >= place.scrollTop && top + element.offsetHeight <= place.scrollTop + place.clientHeight;
    const still = wanted || matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!inside) place.scrollTo({ top: top - place.clientHeight / 3, behavior: still ? 'auto' : 'smooth' });
  }

  #rowOf(element) { return element ? this.#rows[Number(element.dataset.at)] : null; }

  #edit(element) {
    if (element && this.onEdit) this.onEdit(Number(element.dataset.at));
  }

  #clicked(event) {
    const segment = event.target.closest('.segment');
    if (!segment) return;
    if (event.target.closest('.edit')) return this.#edit(segment);
    if (event.detail > 1 || String(getSelection()).length) return; // they are selecting text or about to edit, not seeking
    const word = event.target.closest('.word');
    const row = this.#rowOf(segment);
    if (word) {
      this.#tabStop(Number(segment.dataset.at), Number(word.dataset.word));
      this.onSeek(this.#stop.word.start);
    } else if (event.target.closest('time')) {
      this.onSeek(row.start);
    }
  }

  /** One word is in the tab order; arrow keys move which. */
  #tabStop(at, word) {
    const row = this.#fill(this.#rows[at]);
    if (!row.words.length) return;
    if (this.#stop) this.#stop.word.element.tabIndex = -1;
    this.#stop = { row, at, word: row.words[Math.min(row.words.length - 1, Math.max(0, word))] };
    this.#stop.word.element.tabIndex = 0;
  }

  #key(event) {
    const here = event.target.closest('.word');
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    this.#tabStop(Number(here.closest('.segment').dataset.at), Number(here.dataset.word));
    const { row, at, word } = this.#stop;
    const place = row.words.indexOf(word);
    const last = this.#rows.length - 1;
    const to = {
      ArrowRight: place + 1 < row.words.length || at === last ? [at, place + 1] : [at + 1, 0],
      ArrowLeft: place > 0 || at === 0 ? [at, place - 1] : [at - 1, Infinity],
      ArrowDown: [Math.min(last, at + 1), 0],
      ArrowUp: [Math.max(0, at - 1), 0],
      Home: [0, 0],
      End: [last, Infinity],
    }[event.key];
    if (event.key === 'Enter' || event.key === ' ') this.onSeek(word.start);
    else if (event.key === 'F2') this.#edit(row.element);
    else if (to === undefined) return;
    else {
      this.#tabStop(...to);
      this.#reveal(this.#stop.row.element, true);
      this.#stop.word.element.focus({ preventScroll: true });
    }
    event.preventDefault();
  }
}
