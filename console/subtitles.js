/** Segments with their words in place, and subtitle files made of them. No page, no network. */

/**
 * @typedef {{text: string, start: number|null, end: number|null}} Piece a word with its place in time, or what stands between words
 * @typedef {{text: string, start: number, end: number, pieces: Piece[]}} Cue
 */

/** @param {object} heard OpenAI's verbose_json @returns {Cue[]} */
export function cuesOf(heard) {
  const words = heard.words ?? [];
  const segments = heard.segments?.length ? heard.segments : wholeAsOne(heard);
  let next = 0;
  return segments.map((segment, i) => {
    const from = next;
    const limit = segments[i + 1]?.start ?? Infinity;
    // A word belongs to the segment that its middle falls into: engines round the edges differently.
    while (next < words.length && (words[next].start + words[next].end) / 2 < limit) next += 1;
    const text = segment.text.trim();
    return { text, start: segment.start, end: segment.end, pieces: piecesOf(text, words.slice(from, next), segment) };
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

function stamp(seconds, mark) {
  const ms = Math.round(seconds * 1000);
  const two = (n) => String(n).padStart(2, '0');
  return `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}${mark}${String(ms % 1000).padStart(3, '0')}`;
}

const block = ({ start, end, text }, mark) => `${stamp(start, mark)} --> ${stamp(end, mark)}\n${text}\n`;

/** @param {Cue[]} cues */
export const toSrt = (cues) => cues.map((cue, i) => `${i + 1}\n${block(cue, ',')}`).join('\n');

/** @param {Cue[]} cues */
export const toVtt = (cues) => ['WEBVTT\n', ...cues.map((cue) => block({ ...cue, text: escapeVtt(cue.text) }, '.'))].join('\n');

const escapeVtt = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** @param {Cue[]} cues */
export const toText = (cues) => cues.map((cue) => cue.text).join('\n');
