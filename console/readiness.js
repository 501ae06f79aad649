/** The dot in the header: whether Voxhelm is ready; and the strip below it while nobody answers. */
import { readiness } from './api.js';

const WORDS = { ready: 'Ready', waiting: 'Warming up', away: 'Not reachable' };
const READY_EVERY_MS = 15_000;
const OTHERWISE_EVERY_MS = 2_000;

/** @param {HTMLElement} place with the dot and its words @param {HTMLElement} strip @param {() => void} onBack called when it answers again */
export function startReadiness(place, strip, onBack) {
  const dot = place.querySelector('#ready-dot');
  const text = place.querySelector('#ready-text');
  let timer;
  let was = null;

  const look = async () => {
    clearTimeout(timer);
    if (document.hidden) return; // looked at again when the page is
    const state = await readiness();
    dot.dataset.state = state;
    if (text.textContent !== WORDS[state]) text.textContent = WORDS[state];
    const away = state === 'away';
    if (strip.hidden === away) {
      strip.hidden = !away;
      strip.textContent = !away ? '' : navigator.onLine
        ? 'Voxhelm does not answer. Is it still running? This page looks again every two seconds; what you typed and heard stays.'
        : 'This device has no network. This page looks again every two seconds; what you typed and heard stays.';
    }
    if (was === 'away' && !away) onBack();
    was = state;
    clearTimeout(timer);
    timer = setTimeout(look, state === 'ready' ? READY_EVERY_MS : OTHERWISE_EVERY_MS);
  };
  document.addEventListener('visibilitychange', look);
  for (const kind of ['online', 'offline']) addEventListener(kind, look);
  look();
  return look;
}
