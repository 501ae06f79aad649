/** Edits of subtitles. Each takes a list of cues and returns another; none changes what it was given. No page, no network. */
import { cueOf, cutAt } from './subtitles.js';

/** The shortest that a cue may be, in seconds. */
export const SHORTEST_SECONDS = 0.1;

const toMilliseconds = (seconds) => Math.round(seconds * 1000) / 1000;
const replaced = (cues, at, count, ...others) => [...cues.slice(0, at), ...others, ...cues.slice(at + count)];

/** @typedef {import('./subtitles.js').Cue} Cue */

/** @param {Cue[]} cues @param {number} at @param {string} text @returns {Cue[]} */
export function withText(cues, at, text) {
  return cues[at].text === text.trim() ? cues : replaced(cues, at, 1, cueOf({ ...cues[at], text }));
}

/** Two of one, cut at a place in its text; the same list when nothing would stand on one side. */
export function split(cues, at, place) {
  const parts = cutAt(cues[at], place);
  return parts.length === 1 ? cues : replaced(cues, at, 1, ...parts);
}

/** One of two: `at` and the one behind it. */
export function join(cues, at) {
  const [one, other] = [cues[at], cues[at + 1]];
  if (!other) return cues;
  const text = [one.text, other.text].filter(Boolean).join(' ');
  return replaced(cues, at, 2, cueOf({ text, start: one.start, end: Math.max(one.end, other.end), words: [...one.words, ...other.words] }));
}

/** Without the one at `at`. */
export const remove = (cues, at) => replaced(cues, at, 1);

/**
 * New times for one cue, kept in order: it stays between its neighbours, and at least a tenth of a second long.
 * Its words stay where they are heard.
 */
export function retimed(cues, at, { start = cues[at].start, end = cues[at].end }) {
  const floor = cues[at - 1]?.end ?? 0;
  const ceiling = Math.max(cues[at + 1]?.start ?? Infinity, floor + SHORTEST_SECONDS);
  const [was, now] = [cues[at], {}];
  if (start !== was.start) {
    now.start = Math.max(floor, Math.min(start, Math.max(was.end, end) - SHORTEST_SECONDS, ceiling - SHORTEST_SECONDS));
    now.end = Math.min(Math.max(end, now.start + SHORTEST_SECONDS), Math.max(ceiling, was.end));
  } else {
    now.start = was.start;
    now.end = Math.min(Math.max(end, was.start + SHORTEST_SECONDS), Math.max(ceiling, was.start + SHORTEST_SECONDS));
  }
  return replaced(cues, at, 1, cueOf({ ...was, start: toMilliseconds(now.start), end: toMilliseconds(now.end) }));
}

/** All of them earlier or later; none begins before 0. @param {number} seconds */
export function shifted(cues, seconds) {
  const by = Math.max(seconds, -(cues[0]?.start ?? 0));
  const move = (time) => toMilliseconds(Math.max(0, time + by));
  return cues.map((cue) => cueOf({ ...cue, start: move(cue.start), end: move(cue.end), words: cue.words.map((word) => ({ ...word, start: move(word.start), end: move(word.end) })) }));
}

/** `1:02.5` -> `62.5`; null for what is no time. @param {string} text */
export function secondsOf(text) {
  const parts = text.trim().replace(',', '.').split(':');
  if (parts.length > 3 || !parts.every((part, i) => (i === parts.length - 1 ? /^\d+(\.\d*)?$/ : /^\d+$/).test(part))) return null;
  return parts.reduce((sum, part) => 60 * sum + Number(part), 0);
}

/** `62.5` -> `1:02.500` */
export function timeText(seconds) {
  const ms = Math.round(seconds * 1000);
  const rest = `${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}.${String(ms % 1000).padStart(3, '0')}`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}
