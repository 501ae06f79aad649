/** The lines of a text that is being spoken, with each word in its time. No page, no network. */
import { cueOf } from './subtitles.js';

const LINE_LETTERS = 90;
const SENTENCE_END = /[.!?…]["'”’»)\]]*\s|\n/u;
const MARKUP = /<[^>]*>|\[(?:pause|voice):[^\]]*\]/giu;

export class SpokenText {
  #letters;      // characters, as the server counts them
  #marked;       // whether the text has markup, which is not to be read
  #words = [];   // of the line that grows
  #from = 0;     // where in the text it begins
  #to = 0;       // and ends, so far

  /** @param {string} text as it was sent */
  constructor(text) {
    this.#letters = [...text];
    this.#marked = MARKUP.test(text);
    MARKUP.lastIndex = 0;
  }

  /**
   * A word was said. @param {{word: string, start: number, end: number, offset: number}} word offset: of its first character in the text
   * @returns {{line: import('./subtitles.js').Cue, isNew: boolean}} the line that it is in, so far
   */
  add({ word: said, start, end, offset }) {
    const word = { word: said, start, end, offset: offset ?? this.#to };
    const between = this.#words.length ? this.#text(this.#to, word.offset) : '';
    const over = this.#words.length > 0 && word.offset + word.word.length - this.#from > LINE_LETTERS;
    const isNew = !this.#words.length || over || SENTENCE_END.test(between);
    if (isNew) [this.#words, this.#from] = [[], word.offset];
    this.#words.push({ word: word.word, start: word.start, end: word.end });
    this.#to = Math.max(this.#to, word.offset + [...word.word].length);
    return { line: cueOf({ text: this.#line(), start: this.#words[0].start, end: this.#words.at(-1).end, words: this.#words.slice() }), isNew };
  }

  #text(from, to) { return this.#letters.slice(from, to).join(''); }

  /** As it is written, with the punctuation behind it; without its markup where there is any. */
  #line() {
    const behind = /^[^\s<[]*/u.exec(this.#text(this.#to, this.#to + 8))[0];
    const text = this.#text(this.#from, this.#to) + behind;
    if (!this.#marked) return text;
    return text.replace(MARKUP, ' ').replace(/[ \t]+/gu, ' ').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  }
}
