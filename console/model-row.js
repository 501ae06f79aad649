/** One model in the list: what it is, how it is, and what can be done with it. */
import { removeModel } from './api.js';
import { bytesText, icon, make, showProblem } from './page.js';
import { languageName } from './voices.js';

const KINDS = {
  speech: 'Speaks',
  transcription: 'Hears',
  'voice-activity': 'Finds speech',
  diarization: 'Tells speakers apart',
  turn: 'Knows when you are done',
};
const STATES = { unloaded: 'Not loaded', loading: 'Loading', loaded: 'Loaded', unloading: 'Unloading' };
const FALLBACKS = {
  card_missing: 'the card is not there',
  room_unknown: 'nobody can tell what is free on the card; name a budget in models.memory_budget_bytes',
  no_room: 'the card has no room for it; unload another model there',
  out_of_memory: 'it ran out of memory on the card',
  unusable: 'its runtime cannot use the card; voxhelm doctor says why',
  crashed: 'it crashed on the card',
};
const LANGUAGES_SHOWN = 3;

export class ModelRow {
  #id;
  #problem = make('div', { class: 'problem', role: 'alert', hidden: true });
  #dot = make('span', { class: 'dot' });
  #state = make('span', { class: 'state-words', role: 'status' });
  #kind = make('span', { class: 'badge' });
  #facts = make('span', { class: 'model-facts' });
  #queue = make('span', { class: 'model-queue' });
  #fallback = make('p', { class: 'fallback', hidden: true });
  #switch = make('button', { type: 'button', class: 'button small' }, make('span'));
  #bin;
  #model = null;
  #acting = null;   // the words for what was asked for and is not done yet

  /** What to do; each answers when it is done. @type {() => Promise<void>} */
  onLoad = async () => {};
  onUnload = async () => {};

  /** Called when it was removed. */
  onRemoved = () => {};

  /** @param {string} id */
  constructor(id) {
    this.#id = id;
    this.#bin = make('button', { type: 'button', class: 'icon-button', 'aria-label': `Remove ${id}`, title: 'Remove' }, icon('bin'));
    this.element = make('li', { class: 'model', 'data-id': id },
      make('div', { class: 'model-name' }, this.#dot, make('strong', { text: id }), this.#kind),
      make('div', { class: 'model-about' }, this.#state, this.#facts, this.#queue),
      make('div', { class: 'model-acts' }, this.#switch, this.#bin),
      this.#fallback, this.#problem);
    this.#switch.addEventListener('click', () => this.#toggle());
    this.#bin.addEventListener('click', () => this.#ask());
  }

  /** @param {object} model as the API lists it @param {{waiting: number, inFlight: number}|null} load null when that is not known */
  show(model, load) {
    this.#model = model;
    const { state, languages, device, fallback, resident_bytes: resident } = model;
    this.element.dataset.state = state;
    this.#dot.dataset.state = state;
    say(this.#kind, KINDS[model.capability] ?? model.capability);
    say(this.#state, this.#acting ?? (state === 'loaded' && device ? `Loaded on ${device}` : STATES[state] ?? state));
    const known = languages.length > LANGUAGES_SHOWN ? `${languages.length} languages` : languages.map(languageName).join(', ');
    say(this.#facts, [memoryWords(model, resident), known, model.owned_by !== model.id && model.owned_by].filter(Boolean).join(' · '));
    say(this.#queue, load && (load.inFlight || load.waiting) ? `${load.inFlight} in flight, ${load.waiting} waiting` : '');
    this.#queue.hidden = !this.#queue.textContent;
    this.#fallback.hidden = !fallback;
    say(this.#fallback, fallback ? `On ${device} instead of a card: ${FALLBACKS[fallback] ?? fallback}.` : '');
    const loaded = state === 'loaded';
    say(this.#switch.querySelector('span'), loaded ? 'Unload' : 'Load');
    this.#switch.setAttribute('aria-label', `${loaded ? 'Unload' : 'Load'} ${this.#id}`);
    this.#switch.disabled = this.#acting !== null || state === 'loading' || state === 'unloading';
    this.#bin.disabled = this.#acting !== null;
  }

  #toggle() {
    const loaded = this.#model.state === 'loaded';
    return this.#act(loaded ? 'Unloading' : 'Loading', loaded ? this.onUnload : this.onLoad);
  }

  #ask() {
    showProblem(this.#problem, null);
    const dialog = make('dialog', { class: 'ask', 'aria-labelledby': 'ask-title' },
      make('h2', { id: 'ask-title', text: `Remove ${this.#id}?` }),
      make('p', { text: 'Its files are deleted from the models directory. It can be pulled again.' }));
    const yes = make('button', { type: 'button', class: 'button danger', text: 'Remove' });
    const no = make('button', { type: 'button', class: 'button quiet', text: 'Keep it' });
    dialog.append(make('div', { class: 'actions' }, yes, no));
    no.addEventListener('click', () => dialog.close());
    yes.addEventListener('click', () => {
      dialog.close();
      this.#act('Removing', async () => { await removeModel(this.#id); this.onRemoved(); });
    });
    dialog.addEventListener('keydown', (event) => event.stopPropagation());
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  }

  async #act(words, act) {
    showProblem(this.#problem, null);
    this.#acting = words;
    say(this.#state, words);
    this.#switch.disabled = true;
    this.#bin.disabled = true;
    try {
      await act();
    } catch (error) {
      showProblem(this.#problem, error);
    } finally {
      this.#acting = null;
    }
  }
}

/** Only what changed is touched, so that nothing is read aloud every two seconds. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** What it holds now, else what it is known or thought to take. */
function memoryWords({ usage = [], device }, resident) {
  const held = usage.filter(({ placed_on: place, measured_bytes: bytes }) => place === device && bytes);
  if (device && held.length) return held.map(({ device: where, measured_bytes: bytes }) => `${bytesText(bytes)} on ${where}`).join(', ');
  if (resident) return bytesText(resident);
  const [first] = usage;
  const bytes = first?.measured_bytes ?? first?.declared_bytes;
  if (!bytes) return '';
  return `${first.measured_bytes ? 'takes' : 'takes about'} ${bytesText(bytes)}`;
}
