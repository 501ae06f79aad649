/** Chooses among thousands of voices: a search and a list of two levels, each voice with a preview; behind a button where room is short. */
import { dress, icon, make } from './page.js';
import { VoicePreview } from './voice-preview.js';
import { AUTOMATIC, describeVoice, VoiceIndex } from './voices.js';

const PAGE = 80; // rows made at a time; more come as the list is scrolled
const beside = matchMedia('(min-width: 821px)'); // where the list has a place of its own and needs no opening

export class VoicePicker {
  #index = new VoiceIndex([], []);
  #note = 'Loading the voices…';
  #group = null;    // the language or other group that is open, null at the first level
  #rows = [];       // {element?, heading} | {element?, label, aside, choose, selected, icon}
  #shown = 0;
  #active = -1;
  #name; #button; #search; #list; #sheet;
  #value = make('span', { class: 'value' });
  #preview = new VoicePreview();
  #problem = make('p', { class: 'voice-problem', role: 'alert', hidden: true });

  /** Called when a preview begins, so that nothing else sounds. */
  onSound = () => {};

  /** Called with the chosen voice. */
  onChoose = () => {};

  /** @param {HTMLElement} place @param {object} chosen the voice to begin with @param {string} name what the ids of its parts begin with */
  constructor(place, chosen = AUTOMATIC, name = 'voice') {
    this.chosen = chosen;
    this.#name = name;
    this.#button = make('button', { type: 'button', class: 'voice-button', id: `${name}-button`, 'aria-haspopup': 'listbox', 'aria-expanded': 'false' });
    this.#search = make('input', { type: 'text', role: 'combobox', 'aria-label': 'Search voices', 'aria-expanded': 'true', 'aria-controls': `${name}-list`,
      'aria-autocomplete': 'list', 'aria-keyshortcuts': 'Shift+Enter', 'aria-describedby': `${name}-hint`, autocomplete: 'off', spellcheck: 'false', placeholder: 'Search by name or language' });
    this.#list = make('div', { class: 'voice-list', id: `${name}-list`, role: 'listbox', 'aria-label': 'Voices', tabindex: '-1' }); // the search moves in it
    this.#sheet = make('div', { class: 'sheet voice-sheet', hidden: true },
      make('div', { class: 'voice-search' }, icon('search'), this.#search), this.#list,
      make('p', { class: 'voice-hint', id: `${name}-hint`, text: 'Enter chooses, Shift + Enter plays.' }));
    this.#button.append(make('span', {}, make('span', { class: 'label', text: 'Voice' }), this.#value), icon('chevron'));
    place.append(this.#button, this.#sheet);
    this.#sheet.append(this.#problem);
    this.#label();
    this.#button.addEventListener('click', () => (this.#sheet.hidden || beside.matches ? this.#open() : this.#close()));
    this.#preview.onChange = () => this.#showPreview();
    this.#search.addEventListener('input', () => { this.#group = null; this.#build(); });
    this.#search.addEventListener('keydown', (event) => this.#key(event));
    this.#list.addEventListener('scroll', () => this.#more());
    this.#list.addEventListener('pointerdown', (event) => event.preventDefault()); // keeps the focus in the search
    this.#list.addEventListener('click', (event) => {
      const row = this.#rowOf(event);
      if (event.target.closest('.preview')) this.#play(row);
      else row?.choose();
    });
    this.#list.addEventListener('pointermove', (event) => {
      const row = this.#rowOf(event);
      if (row) this.#activate(this.#rows.indexOf(row), false);
    });
    document.addEventListener('pointerdown', (event) => { if (!place.contains(event.target)) this.#close(false); });
    place.addEventListener('focusout', (event) => {
      if (event.relatedTarget && !place.contains(event.relatedTarget)) this.#close(false);
    });
    beside.addEventListener('change', () => this.#place());
    this.#place();
  }

  /** Let no preview sound. */
  quiet() { this.#preview.stop(); }

  #place() {
    this.#sheet.hidden = !beside.matches;
    if (beside.matches) this.#build();
  }

  /** @param {object[]} voices */
  load(voices) {
    this.#note = '';
    this.#index = new VoiceIndex(voices, navigator.languages ?? []);
    if (this.chosen.id !== AUTOMATIC.id && !this.#index.find(this.chosen.id)) this.#choose(AUTOMATIC);
    if (!this.#sheet.hidden) this.#build();
  }

  /** The list did not come: what was chosen before stays chosen. @param {Error} error */
  fail(error) {
    this.#note = error.message;
    if (!this.#sheet.hidden) this.#build();
  }

  #label() {
    const { name, aside } = describeVoice(this.chosen);
    this.#value.textContent = aside && aside !== this.chosen.id ? `${name} · ${aside}` : name;
  }

  #open() {
    this.#group = null;
    this.#search.value = '';
    this.#sheet.hidden = false;
    this.#button.setAttribute('aria-expanded', 'true');
    this.#build();
    this.#search.focus();
  }

  #close(refocus = true) {
    if (this.#sheet.hidden || beside.matches) return;
    this.quiet();
    this.#sheet.hidden = true;
    this.#button.setAttribute('aria-expanded', 'false');
    if (refocus) this.#button.focus();
  }

  #choose(voice) {
    this.chosen = voice;
    this.#label();
    if (beside.matches) this.#mark();
    else this.#close();
    this.onChoose(voice);
  }

  /** Show in the list what is chosen now, without moving it. */
  #mark() {
    for (const row of this.#rows) {
      if (!row.choose || row.lead) continue;
      row.selected = row.ids?.includes(this.chosen.id) ?? false;
      row.element?.setAttribute('aria-selected', String(row.selected));
    }
  }

  #build() {
    const query = this.#search.value.trim();
    if (query) this.#rows = this.#index.search(query).map((voice) => this.#voiceRow(voice));
    else this.#rows = this.#group ? this.#groupRows(this.#group) : this.#firstRows();
    this.#shown = 0;
    this.#active = -1;
    this.#list.replaceChildren();
    this.#list.scrollTop = 0;
    if (!this.#rows.length) this.#list.append(make('p', { class: 'voice-empty', text: this.#note || `No voice matches “${query}”.` }));
    this.#grow();
    const selected = this.#rows.findIndex((row) => row.selected);
    this.#activate(selected >= 0 && selected < PAGE ? selected : this.#rows.findIndex((row) => row.choose));
  }

  #firstRows() {
    const { configured, openai, languages } = this.#index;
    const rows = [this.#voiceRow(AUTOMATIC, 'fits the text')];
    if (this.#note) rows.push({ heading: this.#note });
    if (configured.length) rows.push({ heading: 'Configured here' }, ...configured.map((voice) => this.#voiceRow(voice)));
    if (languages.length) rows.push({ heading: 'By language' }, ...languages.map((group) => this.#groupRow(group)));
    if (openai.length) rows.push({ heading: 'Compatibility' }, this.#groupRow({ name: 'OpenAI’s names', voices: openai }));
    return rows;
  }

  #groupRows(group) {
    const back = { label: 'All voices', lead: 'back', choose: () => this.#enter(null) };
    return [back, { heading: group.name }, ...group.voices.map((voice) => this.#voiceRow(voice))];
  }

  #voiceRow(voice, aside) {
    const words = describeVoice(voice);
    return { label: words.name, aside: aside ?? words.aside, title: voice.id, voice, ids: [voice.id], selected: voice.id === this.chosen.id, choose: () => this.#choose(voice) };
  }

  #groupRow(group) {
    if (group.voices.length === 1) return { ...this.#voiceRow(group.voices[0], ''), label: group.name };
    return {
      label: group.name,
      aside: `${group.voices.length} voices`,
      tail: true,
      ids: group.voices.map(({ id }) => id),
      selected: group.voices.some((voice) => voice.id === this.chosen.id),
      choose: () => this.#enter(group),
    };
  }

  #enter(group) {
    this.#group = group;
    this.#search.value = '';
    this.#build();
  }

  #grow() {
    const next = this.#rows.slice(this.#shown, this.#shown + PAGE);
    this.#list.append(...next.map((row, i) => this.#element(row, this.#shown + i)));
    this.#shown += next.length;
  }

  #more() {
    const { scrollTop, clientHeight, scrollHeight } = this.#list;
    if (scrollTop + clientHeight > scrollHeight - 200 && this.#shown < this.#rows.length) this.#grow();
  }

  #element(row, at) {
    if (row.heading) return make('div', { class: 'voice-heading', role: 'presentation', text: row.heading });
    const element = make('div', { class: 'voice-option', role: 'option', id: `${this.#name}-option-${at}`, 'data-at': at, 'aria-selected': String(Boolean(row.selected)), title: row.title });
    if (row.lead) element.append(icon(row.lead));
    element.append(make('span', { class: 'name', text: row.label }));
    if (row.aside) element.append(make('span', { class: 'aside', text: row.aside }));
    if (row.tail) element.append(icon('chevron', 'turn'));
    else if (row.voice) element.append(icon('check', 'chosen'));
    // Not for assistive technology, which knows no button in an option: there Shift + Enter does the same.
    if (row.voice && row.voice.id !== AUTOMATIC.id) element.append(make('button', { type: 'button', class: 'preview', tabindex: '-1', 'aria-hidden': 'true', title: `Hear ${row.label}` }, icon('play')));
    row.element = element;
    this.#dress(row);
    return element;
  }

  /** @param {object|undefined} row */
  #play(row) {
    if (!row?.voice || row.voice.id === AUTOMATIC.id) return;
    this.#problem.hidden = true;
    if (this.#preview.voiceId === row.voice.id) { this.#preview.stop(); return; }
    this.onSound();
    this.#preview.play(row.voice).catch((error) => {
      this.#problem.textContent = error.message;
      this.#problem.hidden = false;
    });
  }

  #showPreview() { for (const row of this.#rows) this.#dress(row); }

  #dress(row) {
    const button = row.element?.querySelector('.preview');
    if (!button) return;
    const mine = this.#preview.voiceId === row.voice.id;
    dress(button, mine ? 'stop' : 'play');
    button.dataset.state = mine ? this.#preview.state : '';
  }

  #rowOf(event) {
    const element = event.target.closest('.voice-option');
    return element ? this.#rows[Number(element.dataset.at)] : undefined;
  }

  #activate(at, reveal = true) {
    this.#rows[this.#active]?.element?.classList.remove('active');
    this.#active = at;
    while (at >= this.#shown && this.#shown < this.#rows.length) this.#grow();
    const element = this.#rows[at]?.element;
    if (element) this.#search.setAttribute('aria-activedescendant', element.id);
    else this.#search.removeAttribute('aria-activedescendant');
    element?.classList.add('active');
    if (reveal && element) this.#reveal(element);
  }

  /** Not scrollIntoView: that may scroll the page behind the sheet too. */
  #reveal(element) {
    const top = element.offsetTop - this.#list.offsetTop;
    if (top < this.#list.scrollTop) this.#list.scrollTop = this.#active <= 1 ? 0 : top - 6;
    const under = top + element.offsetHeight - this.#list.clientHeight;
    if (under > this.#list.scrollTop) this.#list.scrollTop = under + 6;
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    const emptyAndDeep = this.#search.value === '' && this.#group;
    if (step) this.#step(step);
    else if (event.key === 'Enter' && event.shiftKey) this.#play(this.#rows[this.#active]);
    else if (event.key === 'Enter') this.#rows[this.#active]?.choose?.();
    else if (event.key === 'Escape' && this.#preview.voiceId) this.quiet();
    else if (event.key === 'Escape' && beside.matches && (this.#search.value || this.#group)) this.#enter(null);
    else if (event.key === 'Escape' && !beside.matches) this.#close();
    else if (emptyAndDeep && (event.key === 'Backspace' || event.key === 'ArrowLeft')) this.#enter(null);
    else return;
    event.preventDefault();
    event.stopPropagation(); // Escape closes the sheet and stops nothing else
  }

  #step(step) {
    const last = this.#rows.length - 1;
    let at = Math.min(last, Math.max(0, this.#active + step));
    const way = Math.sign(step);
    while (this.#rows[at] && !this.#rows[at].choose && at + way >= 0 && at + way <= last) at += way;
    if (this.#rows[at]?.choose) this.#activate(at);
  }
}
