/** Which word of a reply sounds when. No page, no clock. */

const LETTERS_PER_SECOND = 15; // of read English: the first guess, where nobody says how long something sounds

/**
 * @typedef {object} Piece a part of a text @property {number} from its first letter @property {number} to behind its last
 * @property {number} startMs where its sound begins @property {number|null} endMs null while nobody knows
 */

/**
 * The words of a text, each with the space behind it, and when they sound; within a piece in proportion to their letters.
 * @param {{text: string, pieces: Piece[], soundMs: number}} entry @returns {{text: string, from: number, startMs: number, endMs: number}[]}
 */
export function wordsOf({ text, pieces, soundMs }) {
  const words = [];
  let at = 0; // the piece
  for (const { 0: word, index: from } of text.matchAll(/\s*\S+\s*/g)) {
    while (at + 1 < pieces.length && pieces[at].to <= from) at += 1;
    const [startMs, endMs] = [timeOf(from, at, pieces, soundMs), timeOf(from + word.trimEnd().length, lastOf(from + word.trimEnd().length, at, pieces), pieces, soundMs)];
    words.push({ text: word, from, startMs, endMs: Math.max(startMs, endMs) });
  }
  return words;
}

/** The piece that a word ends in: it may have been told in parts. */
function lastOf(letter, at, pieces) {
  while (at + 1 < pieces.length && pieces[at].to < letter) at += 1;
  return at;
}

/** When a letter sounds. */
function timeOf(letter, at, pieces, soundMs) {
  const piece = pieces[at];
  if (!piece) return (letter / LETTERS_PER_SECOND) * 1000;
  const letters = piece.to - piece.from;
  const endMs = piece.endMs ?? nextStart(at, pieces) ?? Math.max(soundMs, piece.startMs + (letters / paceOf(pieces)) * 1000);
  return piece.startMs + ((letter - piece.from) / Math.max(1, letters)) * (endMs - piece.startMs);
}

/** Letters per second, of the pieces whose length is known. */
function paceOf(pieces) {
  const last = pieces.at(-1);
  const seconds = (last.startMs - pieces[0].startMs) / 1000;
  return seconds > 0.5 ? (last.from - pieces[0].from) / seconds : LETTERS_PER_SECOND;
}

/** Where the next piece begins that begins later. */
function nextStart(at, pieces) {
  for (let next = at + 1; next < pieces.length; next += 1) if (pieces[next].startMs > pieces[at].startMs) return pieces[next].startMs;
  return null;
}
