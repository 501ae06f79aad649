/** Cues: subtitles with their words in place, and files made of them. No page, no network. */

/**
 * @typedef {{word: string, start: number, end: number}} Word
 * @typedef {{text: string, start: number|null, end: number|null}} Piece a word with its place in time, or what stands between words
 * @typedef {{text: string, start: number, end: number, words: Word[], pieces: Piece[]}} Cue never changed: an edit makes another
 */

const LINE_LETTERS = 42;
const CUE_LETTERS = 2 * LINE_LETTERS;
const CUE_SECONDS = 7;
const CLAUSE_END = /[.!?…,;:]["'”’»)\]]*\s*$/u;

/** @param {{text: string, start: number, end: number, words?: Word[]}} cue @returns {Cue} */
export function cueOf({ text, start, end, words = [] }) {
  const trimmed = text.trim();
  return { text: trimmed, start, end, words, pieces: piecesOf(trimmed, words, { start, end }) };
}

/** A segment of a transcript as cues that can be read: not longer than two lines and seven seconds where its words tell their times. */
export function cuesOfSegment(segment) {
  const whole = cueOf(segment);
  return divided(whole);
}

/** @param {object} heard OpenAI's verbose_json @returns {Cue[]} */
export function cuesOf(heard) {
  const words = heard.words ?? [];
  const segments = heard.segments?.length ? heard.segments : wholeAsOne(heard);
  let next = 0;
  return segments.flatMap((segment, i) => {
    const from = next;
    const limit = segments[i + 1]?.start ?? Infinity;
    // A word belongs to the segment that its middle falls into: engines round the edges differently.
    while (next < words.length && (words[next].start + words[next].end) / 2 < limit) next += 1;
    return cuesOfSegment({ ...segment, words: words.slice(from, next) });
  });
}

function wholeAsOne({ text, duration, words }) {
  if (!text?.trim()) return [];
  return [{ text, start: words?.[0]?.start ?? 0, end: words?.at(-1)?.end ?? duration ?? 0 }];
}

/** Cut `text` at its words, so that its own punctuation and capitals stay. */
function piecesOf(text, words, { start, end }) {
  const lower = text.toLowerCase();
  const pieces = [];
  let at = 0;
  for (const word of words) {
    const bare = word.word.trim().toLowerCase();
    const found = bare ? lower.indexOf(bare, at) : -1;
    if (found < 0) continue; // the text writes it otherwise ("10" for "ten"): it stays part of what is between
    if (found > at) pieces.push({ text: text.slice(at, found), start: null, end: null });
    at = found + bare.length;
    pieces.push({ text: text.slice(found, at), start: word.start, end: word.end });
  }
  if (!pieces.some((piece) => piece.start !== null)) return [{ text, start, end }];
  if (at < text.length) pieces.push({ text: text.slice(at), start: null, end: null });
  return pieces;
}

/** The cue, or, while it is too long, its parts. */
function divided(cue) {
  if (cue.text.length <= CUE_LETTERS && cue.end - cue.start <= CUE_SECONDS) return [cue];
  const at = bestPlace(cue);
  if (at === null) return [cue];
  return cutAt(cue, at).flatMap(divided);
}

/** Where in its text a cue is best cut: before a word, near the middle, rather at the end of a clause or in a pause; null when nowhere. */
function bestPlace({ text, pieces }) {
  let best = null;
  let letters = 0;
  let lastEnd = null;
  for (const piece of pieces) {
    if (piece.start !== null && lastEnd !== null) {
      const offCentre = Math.abs(letters / text.length - 0.5);
      const clause = CLAUSE_END.test(text.slice(0, letters)) ? 0.3 : 0;
      const pause = Math.min(0.3, Math.max(0, piece.start - lastEnd));
      const cost = offCentre - clause - pause;
      if (best === null || cost < best.cost) best = { at: letters, cost };
    }
    if (piece.start !== null) lastEnd = piece.end;
    letters += piece.text.length;
  }
  return best && best.at;
}

/**
 * Two cues of one. @param {Cue} cue @param {number} at place in its text, in UTF-16 units
 * @returns {Cue[]} one, the same, when there would be nothing before or behind
 */
export function cutAt(cue, at) {
  const [before, behind] = [cue.text.slice(0, at), cue.text.slice(at)];
  if (!before.trim() || !behind.trim()) return [cue];
  const time = timeAt(cue, at);
  const isBefore = (word) => (word.start + word.end) / 2 < time;
  const words = cue.words.filter(isBefore);
  const end = Math.min(time, words.at(-1)?.end ?? time);
  return [
    cueOf({ text: before, start: cue.start, end: Math.max(end, cue.start), words }),
    cueOf({ text: behind, start: time, end: cue.end, words: cue.words.filter((word) => !isBefore(word)) }),
  ];
}

/** When the letter at `at` is said: with its word, or as far through the cue as through its text. */
function timeAt(cue, at) {
  let letters = 0;
  const timed = cue.pieces.some(({ start }) => start !== null) && cue.words.length > 0;
  if (timed) {
    for (const piece of cue.pieces) {
      if (piece.start !== null && letters + piece.text.length / 2 >= at) return Math.min(Math.max(piece.start, cue.start), cue.end);
      letters += piece.text.length;
    }
  }
  return cue.start + ((cue.end - cue.start) * at) / cue.text.length;
}

/** The index of the last item that began at or before `seconds`, -1 when none did. @param {{start: number}[]} items in order */
export function lastBegun(items, seconds) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].start <= seconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** `3661.25` -> `01:01:01.250` @param {string} mark between seconds and milliseconds */
export function stamp(seconds, mark = '.') {
  const ms = Math.round(seconds * 1000);
  const two = (n) => String(n).padStart(2, '0');
  return `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}${mark}${String(ms % 1000).padStart(3, '0')}`;
}

/** A text on two lines of about the same length, when one would be too long; lines that somebody made stay. */
export function inLines(text) {
  if (text.length <= LINE_LETTERS || text.includes('\n')) return text;
  const spaces = [...text.matchAll(/\s+/gu)].map(({ index }) => index);
  if (!spaces.length) return text;
  const cost = (at) => Math.abs(at - text.length / 2) - (CLAUSE_END.test(text.slice(0, at)) ? 8 : 0);
  const at = spaces.reduce((best, place) => (cost(place) < cost(best) ? place : best));
  return `${text.slice(0, at)}\n${text.slice(at).trimStart()}`;
}

// An empty line would end the cue.
const block = ({ start, end, text }, mark) => `${stamp(start, mark)} --> ${stamp(end, mark)}\n${inLines(text).replace(/\n\s*\n/gu, '\n')}\n`;

/** @param {{text: string, start: number, end: number}[]} cues */
export const toSrt = (cues) => cues.map((cue, i) => `${i + 1}\n${block(cue, ',')}`).join('\n');

/** @param {{text: string, start: number, end: number}[]} cues */
export const toVtt = (cues) => ['WEBVTT\n', ...cues.map((cue) => block({ ...cue, text: escapeVtt(cue.text) }, '.'))].join('\n');

const escapeVtt = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** @param {Cue[]} cues */
export const toText = (cues) => cues.map((cue) => cue.text).join('\n');
