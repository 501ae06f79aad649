/** Installing models: a name, and a bar for each download. */
import { isAbort, pullModel } from './api.js';
import { bytesText, make, showProblem, span } from './page.js';

const KNOWN = [
  ['whisper-tiny', 'hears, many languages, smallest'], ['whisper-base', 'hears, many languages'], ['whisper-small', 'hears, a good start'],
  ['whisper-medium', 'hears, slower and better'], ['whisper-large-v3-turbo', 'hears best, large'], ['distil-whisper-large-v3.5', 'hears English, fast'],
  ['kokoro', 'speaks, several languages, natural'], ['piper:en_GB-alba-medium', 'speaks English'], ['piper:bg_BG-dimitar-medium', 'speaks Bulgarian'],
  ['piper:de_DE-thorsten-medium', 'speaks German'], ['chatterbox', 'speaks with voices of recordings'],
];

export class Pulls {
  #name; #start; #problem; #list;

  /** Called when a model was installed. */
  onInstalled = () => {};

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#name = form.querySelector('#pull-name');
    this.#start = form.querySelector('#pull-start');
    this.#problem = form.querySelector('#pull-problem');
    this.#list = form.querySelector('#pulls');
    form.querySelector('#pull-names').append(...KNOWN.map(([value, words]) => make('option', { value, text: words })));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const name = this.#name.value.trim();
      if (name) this.#pull(name);
      else showProblem(this.#problem, new Error('Say which model: a name from the list, or owner/name of the hub.'));
    });
    this.#name.addEventListener('input', () => showProblem(this.#problem, null));
  }

  async #pull(name) {
    showProblem(this.#problem, null);
    const row = new PullRow(name);
    this.#list.prepend(row.element);
    this.#name.value = '';
    try {
      const done = await pullModel(name, (event) => row.show(event), row.signal);
      row.finish(done);
      this.onInstalled();
    } catch (error) {
      row.fail(error, () => { row.element.remove(); this.#pull(name); });
    }
  }
}

class PullRow {
  #abort = new AbortController();
  #words = make('span', { class: 'pull-words', role: 'status', text: 'Asking the hub' });
  #numbers = make('span', { class: 'pull-numbers' });
  #bar = make('progress', {});
  #button = make('button', { type: 'button', class: 'button quiet small', text: 'Cancel' });
  #problem = make('div', { class: 'problem', role: 'alert', hidden: true });
  #began = null;   // {ms, bytes}: when the first bytes were seen, for the speed

  /** @param {string} name */
  constructor(name) {
    this.#bar.setAttribute('aria-label', `How much of ${name} has come`);
    this.element = make('li', { class: 'pull-row' },
      make('div', { class: 'pull-head' }, make('strong', { text: name }), this.#words, this.#numbers, this.#button), this.#bar, this.#problem);
    this.#button.addEventListener('click', () => { this.#abort.abort(); });
  }

  get signal() { return this.#abort.signal; }

  show(event) {
    if (event.type === 'model.pull.waiting') this.#words.textContent = 'Somebody else is pulling it: waiting for that';
    if (event.type !== 'model.pull.progress') return;
    const { file, received_bytes: received, total_bytes: total } = event;
    const now = performance.now();
    this.#began ??= { ms: now, bytes: received };
    const perSecond = (received - this.#began.bytes) / ((now - this.#began.ms) / 1000 || 1);
    const left = perSecond > 0 && now - this.#began.ms > 1500 ? `, ${span((total - received) / perSecond)} left` : '';
    if (this.#words.textContent !== file) this.#words.textContent = file;
    this.#numbers.textContent = `${bytesText(received)} of ${bytesText(total)}${left}`;
    this.#bar.max = total || 1;
    this.#bar.value = received;
  }

  finish({ model, size_bytes: size, changed, remedy }) {
    this.element.dataset.state = 'done';
    this.#bar.remove();
    this.#numbers.textContent = bytesText(size);
    this.#words.textContent = changed ? `Installed as ${model}` : `Was there already, as ${model}`;
    this.#dismissable();
    if (!remedy) return;
    this.#problem.dataset.kind = 'remedy';
    showProblem(this.#problem, new Error(remedy));
  }

  fail(error, again) {
    this.#bar.remove();
    this.#numbers.textContent = '';
    this.element.dataset.state = 'failed';
    this.#words.textContent = isAbort(error) ? 'Cancelled. What has come is kept: pull again to go on.' : 'Not installed';
    this.#dismissable();
    const button = make('button', { type: 'button', class: 'button quiet small', text: 'Pull again' });
    button.addEventListener('click', again);
    this.#button.before(button);
    if (!isAbort(error)) showProblem(this.#problem, error);
  }

  #dismissable() {
    const close = make('button', { type: 'button', class: 'button quiet small', text: 'Dismiss' });
    close.addEventListener('click', () => this.element.remove());
    this.#button.replaceWith(close);
    this.#button = close;
  }
}
