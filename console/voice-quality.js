/** How well voices are understood: said, heard back, compared; what was found before, and a check now. */
import { checkVoice, isAbort, voiceQuality } from './api.js';
import { make, showProblem } from './page.js';
import { languageName } from './voices.js';

const VERDICTS = { good: 'understood', worse: 'not understood well', unheard: 'nobody hears this language', failed: 'could not be checked' };

export class VoiceQuality {
  #part;
  #list;
  #checking = null;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#part = (id) => panel.querySelector(`#${id}`);
    this.#list = this.#part('quality-list');
    this.#part('quality').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#toggle();
    });
  }

  /** Show what is known. @param {{ask: boolean}} [manners] whether to ask for a key */
  async look(manners = { ask: false }) {
    try {
      this.#show(await voiceQuality(manners));
    } catch (error) {
      if (!error.unreachable) showProblem(this.#part('quality-problem'), error);
    }
  }

  async #toggle() {
    if (this.#checking) {
      this.#checking.abort();
      return;
    }
    const name = this.#part('quality-voice').value.trim() || 'en';
    this.#checking = new AbortController();
    this.#words('Stop', `Saying sentences with ${name} and hearing them back…`);
    showProblem(this.#part('quality-problem'), null);
    try {
      await checkVoice(name, this.#checking.signal);
    } catch (error) {
      if (!isAbort(error)) showProblem(this.#part('quality-problem'), error);
    } finally {
      this.#checking = null;
      this.#words('Check', '');
      await this.look();
    }
  }

  #words(button, status) {
    this.#part('quality-start').querySelector('span').textContent = button;
    this.#part('quality-status').textContent = status;
  }

  #show(voices) {
    this.#list.replaceChildren(...voices.map(row));
    this.#part('quality-note').hidden = voices.length > 0;
  }
}

/** @param {{voice: string, language: string, degraded: boolean, checks: object[]}} quality newest first, with sentences */
function row({ voice, language, degraded, checks: [last, ...before] }) {
  const verdict = VERDICTS[last.verdict] ?? last.verdict;
  const facts = [
    languageName(language),
    last.word_error_rate === null ? null : `${percent(last.word_error_rate)} of words wrong, ${percent(last.character_error_rate)} of letters`,
    last.recogniser && `heard by ${last.recogniser.split(' ')[0]}`,
    new Date(1000 * last.checked_unix_seconds).toLocaleString(),
    before.length > 0 && `checked ${before.length + 1} times`,
  ];
  const item = make('li', { class: 'quality-row', 'data-verdict': last.verdict },
    make('div', { class: 'model-name' }, make('span', { class: 'dot' }), make('strong', { text: voice }),
      make('span', { class: 'badge', text: degraded ? `${verdict}; routes go around it` : verdict })),
    make('p', { class: 'model-about', text: facts.filter(Boolean).join(' · ') }));
  if (last.reason) item.append(make('p', { class: 'fallback', text: last.reason }));
  if (last.sentences?.length) item.append(sentences(last.sentences));
  return item;
}

function sentences(all) {
  const body = make('tbody', {}, ...all.map(({ said, heard, word_error_rate: rate }) =>
    make('tr', { 'data-wrong': rate > 0 }, make('td', { text: said }), make('td', { text: heard || '(nothing)' }))));
  const head = make('thead', {}, make('tr', {}, make('th', { scope: 'col', text: 'Said' }), make('th', { scope: 'col', text: 'Heard' })));
  return make('details', { class: 'quality-sentences' }, make('summary', { text: 'What was said and heard' }), make('table', {}, head, body));
}

const percent = (rate) => `${(100 * rate).toFixed(rate > 0 && rate < 0.1 ? 1 : 0)} %`;
