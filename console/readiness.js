/** The dot in the header: whether Voxhelm is ready, and which models it has. */
import { listModels, readiness } from './api.js';
import { make } from './page.js';

const WORDS = { ready: 'Ready', waiting: 'Warming up', away: 'Not reachable' };
const KINDS = { speech: 'speaks', transcription: 'hears', 'voice-activity': 'finds speech' };
const STATES = { unloaded: 'not loaded', loading: 'loading', loaded: 'loaded' };
const READY_EVERY_MS = 20_000;
const OTHERWISE_EVERY_MS = 2_000;

/** @param {HTMLDetailsElement} details */
export function startReadiness(details) {
  const dot = details.querySelector('#ready-dot');
  const text = details.querySelector('#ready-text');
  let timer;

  const look = async () => {
    clearTimeout(timer);
    if (document.hidden) return; // looked at again when the page is
    const state = await readiness();
    dot.dataset.state = state;
    if (text.textContent !== WORDS[state]) text.textContent = WORDS[state];
    timer = setTimeout(look, state === 'ready' ? READY_EVERY_MS : OTHERWISE_EVERY_MS);
  };
  document.addEventListener('visibilitychange', look);
  look();

  details.addEventListener('toggle', () => { if (details.open) showModels(details.querySelector('#model-list')); });
  document.addEventListener('pointerdown', (event) => { if (!details.contains(event.target)) details.open = false; });
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector('summary').focus();
  });
}

async function showModels(list) {
  if (!list.children.length) list.append(make('li', { text: 'Loading…' }));
  try {
    const models = await listModels();
    list.replaceChildren(...models.map((model) => make('li', {},
      make('strong', { text: model.id }),
      make('small', { text: [KINDS[model.capability] ?? model.capability, STATES[model.state] ?? model.state].filter(Boolean).join(' · ') }))));
    if (!models.length) list.append(make('li', { text: 'None yet.' }));
  } catch (error) {
    list.replaceChildren(make('li', { text: error.message }));
  }
}
