/** What both sides say, as it is said: the words of a reply light up as they are heard, and those that were not are struck out. */
import { make } from './page.js';
import { wordsOf } from './timed-words.js';

const AT_END_PIXELS = 60; // so near to the end of the log that it follows what is said
const NAMES = { user: 'You', assistant: 'Voxhelm' };

export class Captions {
  #log;
  #turns = new Map();   // id -> {element, text, key, words, spans, lit}
  #following = null;    // the reply that sounds

  /** @param {HTMLElement} log */
  constructor(log) { this.#log = log; }

  get empty() { return this.#turns.size === 0; }

  clear() {
    this.#turns.clear();
    this.#following = null;
    this.#log.replaceChildren();
  }

  /** @param {import('./dialogue.js').Entry[]} entries all of them */
  show(entries) {
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < AT_END_PIXELS;
    const ids = new Set(entries.map(({ id }) => id));
    for (const [id, { element }] of this.#turns) if (!ids.has(id)) { element.remove(); this.#turns.delete(id); }
    let before = null;
    for (const entry of entries) {
      const turn = this.#turns.get(entry.id) ?? this.#begin(entry);
      if (turn.element.previousElementSibling !== before || turn.element.parentElement !== this.#log) {
        if (before) before.after(turn.element);
        else this.#log.prepend(turn.element);
      }
      before = turn.element;
      this.#write(turn, entry);
    }
    if (atEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** Light up what has been heard, and all before it. @param {{itemId: string, ms: number}|null} heard null when nothing sounds */
  follow(heard) {
    this.#following = heard?.itemId ?? null;
    for (const [id, turn] of this.#turns) {
      if (id === this.#following) { this.#light(turn, heard.ms); break; }
      // Nobody may have looked while it sounded.
      if (!turn.element.classList.contains('growing')) this.#light(turn, Infinity);
    }
  }

  #begin({ id, role }) {
    const text = make('p', { dir: 'auto' });
    const element = make('div', { class: `turn ${role}`, 'data-id': id }, make('span', { class: 'who', text: NAMES[role] }), text);
    const turn = { element, text, key: '', words: [], spans: [], lit: -1 };
    this.#turns.set(id, turn);
    return turn;
  }

  #write(turn, entry) {
    const { role, text, ended, kept, failure, spoken, pieces } = entry;
    const timed = role === 'assistant' && spoken && kept === null;
    if (timed) turn.words = wordsOf(entry); // their times become exact only later
    const key = JSON.stringify([text, ended, kept, failure, timed, pieces.length]);
    if (turn.key === key) return;
    turn.key = key;
    turn.element.classList.toggle('growing', !ended);
    if (failure) turn.text.replaceChildren(make('span', { class: 'unwritten', text: failure }));
    else if (!text) turn.text.replaceChildren(make('span', { class: 'dots', role: 'img', 'aria-label': role === 'user' ? 'You are speaking' : 'The reply is on its way' }, make('i'), make('i'), make('i')));
    else if (kept !== null) turn.text.replaceChildren(...cut(text, kept));
    else if (timed) this.#spell(turn);
    else turn.text.replaceChildren(text);
  }

  /** A span for each word. */
  #spell(turn) {
    const before = turn.spans.length ? turn.lit : -1;
    turn.spans = turn.words.map(({ text }) => make('span', { class: 'w', text: text.trim() }));
    const spaces = turn.words.map(({ text }) => text.slice(text.trimEnd().length));
    turn.text.replaceChildren(...turn.spans.flatMap((span, at) => [span, spaces[at]]));
    turn.lit = -1;
    this.#mark(turn, before);
  }

  #light(turn, ms) {
    if (!turn?.spans.length) return;
    let now = 0;
    while (now < turn.words.length && turn.words[now].startMs <= ms) now += 1;
    this.#mark(turn, ms === Infinity ? turn.spans.length : now - 1);
  }

  /** @param {number} now the word that sounds; as many as there are when all have */
  #mark(turn, now) {
    if (turn.lit === now) return;
    for (const [at, span] of turn.spans.entries()) {
      span.classList.toggle('said', at <= now);
      span.classList.toggle('sounds', at === now);
    }
    turn.lit = now;
  }
}

/** A text of which only the beginning was heard. */
function cut(text, kept) {
  const at = text.startsWith(kept) ? kept.length : lettersOfWords(text, kept.split(/\s+/).filter(Boolean).length);
  const rest = text.slice(at).trimEnd();
  if (!rest.trim()) return [text];
  const struck = make('del', { class: 'unheard' }, make('span', { class: 'unseen', text: ' Not heard: ' }), rest.trimStart());
  return [text.slice(0, at), rest.startsWith(' ') || at === 0 ? (at ? ' ' : '') : '', struck];
}

/** How many letters the first words of a text have. */
function lettersOfWords(text, count) {
  const words = [...text.matchAll(/\S+/g)].slice(0, count);
  const last = words.at(-1);
  return last ? last.index + last[0].length : 0;
}
