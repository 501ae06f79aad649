/** The transcript on the page: it follows the sound, and every word leads back to its place in it. */
import { clock, make } from './page.js';
import { lastBegun } from './subtitles.js';

const HANDS_OFF_MS = 4000; // after the reader scrolled by hand, the text does not scroll by itself for this long
const LINGER_SECONDS = 0.6; // a word stays marked over a short gap

export class Transcript {
  #place;
  #segments = [];  // {start, end, element}
  #words = [];     // {start, end, element, segment}
  #nowWord = null;
  #nowSegment = null;
  #focused = -1;
  #touchedMs = -Infinity;

  /** Called with seconds when a word or a time was chosen. */
  onSeek = () => {};

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
    place.addEventListener('click', (event) => this.#clicked(event));
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
    this.#reset();
    this.#place.append(...cues.map((cue, segment) => {
      const line = make('p', { dir: 'auto' });
      for (const piece of cue.pieces) {
        if (piece.start === null) { line.append(piece.text); continue; }
        const element = make('span', { class: 'word', text: piece.text, role: 'button', tabindex: '-1', 'data-word': this.#words.length });
        this.#words.push({ start: piece.start, end: piece.end, element, segment });
        line.append(element);
      }
      const element = make('div', { class: 'segment', 'data-segment': segment }, make('time', { text: clock(cue.start) }), line);
      this.#segments.push({ start: cue.start, end: cue.end, element });
      return element;
    }));
    this.#tabStop(0);
    this.#place.scrollTop = 0;
  }

  /** Mark what is heard at `seconds`; null marks nothing. */
  follow(seconds) {
    const word = seconds === null ? null : this.#at(this.#words, seconds);
    const segment = seconds === null ? null : this.#at(this.#segments, seconds);
    if (word !== this.#nowWord) {
      this.#nowWord?.element.classList.remove('now');
      word?.element.classList.add('now');
      this.#nowWord = word;
    }
    if (segment !== this.#nowSegment) {
      this.#nowSegment?.element.classList.remove('now');
      segment?.element.classList.add('now');
      this.#nowSegment = segment;
      if (segment) this.#reveal(segment.element);
    }
  }

  #at(items, seconds) {
    const item = items[lastBegun(items, seconds)];
    return item && seconds < item.end + LINGER_SECONDS ? item : null;
  }

  #reset() {
    this.#place.replaceChildren();
    [this.#segments, this.#words, this.#nowWord, this.#nowSegment, this.#focused] = [[], [], null, null, -1];
  }

  /** Scrolls the transcript only, never the page. */
  #reveal(element) {
    if (performance.now() - this.#touchedMs < HANDS_OFF_MS) return;
    const place = this.#place;
    const top = element.offsetTop;
    const inside = top >= place.scrollTop && top + element.offsetHeight <= place.scrollTop + place.clientHeight;
    if (!inside) place.scrollTo({ top: top - place.clientHeight / 3, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }

  #clicked(event) {
    if (String(getSelection()).length) return; // they are selecting text, not seeking
    const word = event.target.closest('.word');
    const segment = event.target.closest('.segment');
    if (word) {
      this.#tabStop(Number(word.dataset.word));
      this.onSeek(this.#words[this.#focused].start);
    } else if (segment && event.target.closest('time')) {
      this.onSeek(this.#segments[Number(segment.dataset.segment)].start);
    }
  }

  /** One word is in the tab order; arrow keys move which. */
  #tabStop(at) {
    if (!this.#words.length) return;
    if (this.#focused >= 0) this.#words[this.#focused].element.tabIndex = -1;
    this.#focused = Math.min(this.#words.length - 1, Math.max(0, at));
    this.#words[this.#focused].element.tabIndex = 0;
  }

  #key(event) {
    if (!this.#words.length || !event.target.closest('.word')) return;
    const here = this.#words[this.#focused];
    const firstOf = (segment) => this.#words.findIndex((word) => word.segment === segment);
    const to = {
      ArrowRight: this.#focused + 1,
      ArrowLeft: this.#focused - 1,
      ArrowDown: Math.max(firstOf(here.segment + 1), this.#focused),
      ArrowUp: Math.max(firstOf(here.segment - 1), 0),
      Home: 0,
      End: this.#words.length - 1,
    }[event.key];
    if (event.key === 'Enter' || event.key === ' ') this.onSeek(here.start);
    else if (to === undefined) return;
    else {
      this.#tabStop(to);
      this.#words[this.#focused].element.focus();
    }
    event.preventDefault();
  }
}
