/** Edits the subtitles of one recording, one cue at a time, in its place in the transcript and over the waveform. */
import { join, remove, retimed, secondsOf, shifted, split, timeText, withText } from './cue-edits.js';
import { icon, make } from './page.js';

const STEP_SECONDS = 0.1;
const UNDO_STEPS = 200;

export class CueEditor {
  #transcript; #transport; #sound;
  #cues = [];
  #undo = [];
  #at = -1;
  #form = null;     // {element, text, start, end}
  #run = null;      // what is going on in small steps

  /** Called with the cues after each edit. */
  onChange = () => {};

  /** Called whenever `canUndo` or `isOpen` may be different. */
  onState = () => {};

  /**
   * @param {import('./transcript.js').Transcript} transcript
   * @param {import('./transport.js').Transport} transport
   * @param {{position: number, playSpan: (start: number, end: number) => void}} sound
   */
  constructor(transcript, transport, sound) {
    [this.#transcript, this.#transport, this.#sound] = [transcript, transport, sound];
    transport.onRetime = (times) => this.#retime(times);
  }

  get canUndo() { return this.#undo.length > 0; }
  get isOpen() { return this.#at >= 0; }

  /** Take a recording's cues. @param {import('./subtitles.js').Cue[]} cues @param {object[]} undo what it can be brought back to, kept by the recording */
  load(cues, undo) {
    this.#at = -1;
    [this.#cues, this.#undo, this.#form, this.#run] = [cues, undo, null, null];
    this.#transport.frame(null);
    this.onState();
  }

  /** @param {number} at the cue to edit @param {number} [caret] where in its text the cursor is put */
  open(at, caret) {
    this.#keep();
    if (!this.#cues[at]) return;
    this.#at = at;
    this.#form = this.#build(this.#cues[at]);
    this.#transcript.open(at, this.#form.element);
    this.#fit();
    this.#frame();
    this.#form.text.focus({ preventScroll: true });
    const place = caret ?? this.#form.text.value.length;
    this.#form.text.setSelectionRange(place, place);
    this.onState();
  }

  /** Keep what was typed and go back to reading. */
  close() {
    if (!this.isOpen) return;
    const at = this.#at;
    this.#keep();
    this.#leave();
    this.#transcript.focus(at);
  }

  undo() {
    const before = this.#undo.pop();
    if (!before) return;
    this.#run = null;
    this.#leave();
    this.#cues = before.cues;
    this.#transcript.show(this.#cues);
    this.onChange(this.#cues);
    this.onState();
    this.#transcript.focus(before.at);
  }

  /** All cues earlier or later. @param {number} seconds */
  shift(seconds) {
    this.#keep();
    this.#leave();
    this.#take(shifted(this.#cues, seconds), 0);
    this.#transcript.show(this.#cues);
  }

  #leave() {
    this.#transcript.open(-1, null);
    [this.#at, this.#form] = [-1, null];
    this.#transport.frame(null);
    this.onState();
  }

  /** A list in place of the one before, which can be brought back. run: what one undo takes back together, such as a drag. */
  #take(cues, at, run = null) {
    if (cues === this.#cues) return false;
    if (run === null || run !== this.#run) this.#undo.push({ cues: this.#cues, at });
    this.#run = run;
    if (this.#undo.length > UNDO_STEPS) this.#undo.shift();
    this.#cues = cues;
    this.onChange(cues);
    this.onState();
    return true;
  }

  /** What stands in the fields becomes the cue. */
  #keep() {
    if (!this.isOpen) return;
    let cues = withText(this.#cues, this.#at, this.#form.text.value);
    const times = { start: this.#timeIn(this.#form.start, cues[this.#at].start), end: this.#timeIn(this.#form.end, cues[this.#at].end) };
    if (times.start !== cues[this.#at].start || times.end !== cues[this.#at].end) cues = retimed(cues, this.#at, times);
    if (this.#take(cues, this.#at)) this.#transcript.show(cues);
  }

  /** A field that still shows what the cue has changes nothing: it shows milliseconds, and the cue may know more. */
  #timeIn(field, known) {
    if (field.value === timeText(known)) return known;
    return secondsOf(field.value) ?? known;
  }

  /** New times from the waveform or a key, shown at once. */
  #retime(times) {
    if (!this.isOpen) return;
    this.#keepTextOnly();
    if (this.#take(retimed(this.#cues, this.#at, times), this.#at, `times of ${this.#at}`)) this.#showTimes();
  }

  #keepTextOnly() { this.#take(withText(this.#cues, this.#at, this.#form.text.value), this.#at); }

  #showTimes() {
    const { start, end } = this.#cues[this.#at];
    this.#form.start.value = timeText(start);
    this.#form.end.value = timeText(end);
    this.#frame();
  }

  #frame() { this.#transport.frame(this.#cues[this.#at] ?? null); }

  /** After an edit that changes how many cues there are. */
  #restructure(cues, at, caret) {
    const before = this.#cues;
    this.#take(cues, this.#at);
    if (this.#cues === before) return;
    [this.#at, this.#form] = [-1, null];
    this.#transcript.show(this.#cues);
    if (this.#cues.length) this.open(Math.min(at, this.#cues.length - 1), caret);
    else this.#leave();
  }

  #split() {
    this.#keepTimes();
    const place = this.#form.text.selectionStart;
    const text = this.#form.text.value;
    const lead = text.length - text.trimStart().length;
    this.#restructure(split(withText(this.#cues, this.#at, text), this.#at, place - lead), this.#at + 1, 0);
  }

  #join(at) {
    if (at < 0 || at + 1 >= this.#cues.length) return;
    this.#keepTimes();
    const cues = withText(this.#cues, this.#at, this.#form.text.value);
    const caret = cues[at].text.length;
    this.#restructure(join(cues, at), at, caret);
  }

  #keepTimes() {
    const { start, end } = this.#cues[this.#at];
    const times = { start: this.#timeIn(this.#form.start, start), end: this.#timeIn(this.#form.end, end) };
    if (times.start !== start || times.end !== end) this.#take(retimed(this.#cues, this.#at, times), this.#at);
  }

  #remove() { this.#restructure(remove(this.#cues, this.#at), this.#at, 0); }

  #play() {
    this.#keepTimes();
    const { start, end } = this.#cues[this.#at];
    this.#sound.playSpan(start, end);
  }

  #build(cue) {
    const field = (name, value) => make('input', { type: 'text', class: 'time-field', 'aria-label': name, value, spellcheck: 'false', inputmode: 'decimal' });
    const start = field('Begins at', timeText(cue.start));
    const end = field('Ends at', timeText(cue.end));
    const text = make('textarea', { class: 'cue-text', rows: '1', dir: 'auto', 'aria-label': 'Text of the subtitle' });
    text.value = cue.text;
    const tool = (name, words, keys, act) => {
      const button = make('button', { type: 'button', class: 'icon-button', 'aria-label': words, title: keys ? `${words} (${keys})` : words }, icon(name));
      button.addEventListener('click', act);
      return button;
    };
    const done = make('button', { type: 'button', class: 'button small primary', text: 'Done' });
    done.addEventListener('click', () => this.close());
    const next = tool('join', 'Join with the next', '', () => this.#join(this.#at));
    next.disabled = this.#at + 1 >= this.#cues.length;
    const element = make('div', { class: 'cue-editor', role: 'group', 'aria-label': 'Subtitle' },
      make('div', { class: 'cue-times' }, start, make('span', { text: '–', 'aria-hidden': 'true' }), end),
      text,
      make('div', { class: 'cue-tools' },
        tool('play', 'Play this subtitle', 'Ctrl Space', () => this.#play()),
        tool('split', 'Split at the cursor', 'Ctrl Enter', () => this.#split()),
        next,
        tool('bin', 'Remove this subtitle', '', () => this.#remove()),
        done));
    text.addEventListener('input', () => this.#fit());
    element.addEventListener('keydown', (event) => this.#key(event));
    for (const one of [start, end]) one.addEventListener('change', () => { this.#keepTimes(); this.#showTimes(); });
    return { element, text, start, end };
  }

  /** As tall as its text. */
  #fit() {
    const { text } = this.#form;
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight}px`;
  }

  #key(event) {
    const { text, start, end } = this.#form;
    const inText = event.target === text;
    const inTime = event.target === start || event.target === end;
    const caretFirst = text.selectionStart === 0 && text.selectionEnd === 0;
    const cue = this.#cues[this.#at];
    const nudge = (by) => this.#retime({ start: cue.start + by, end: cue.end + by });
    if (event.key === 'Escape') this.close();
    else if (event.altKey && event.key === 'ArrowDown') this.open(Math.min(this.#at + 1, this.#cues.length - 1));
    else if (event.altKey && event.key === 'ArrowUp') this.open(Math.max(this.#at - 1, 0));
    else if (event.altKey && event.code === 'BracketLeft') this.#retime({ start: this.#sound.position });
    else if (event.altKey && event.code === 'BracketRight') this.#retime({ end: this.#sound.position });
    else if (event.altKey && event.code === 'Comma') nudge(-STEP_SECONDS);
    else if (event.altKey && event.code === 'Period') nudge(STEP_SECONDS);
    else if (event.ctrlKey && event.code === 'Space') this.#play();
    else if (inText && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#split();
    else if (inText && event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#goOn();
    else if (inText && event.key === 'Backspace' && caretFirst && this.#at > 0) this.#join(this.#at - 1);
    else if (inTime && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) this.#stepTime(event.target, event.key === 'ArrowUp' ? STEP_SECONDS : -STEP_SECONDS);
    else if (inTime && event.key === 'Enter') { this.#keepTimes(); this.#showTimes(); } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #goOn() {
    if (this.#at + 1 < this.#cues.length) this.open(this.#at + 1);
    else this.close();
  }

  #stepTime(field, by) {
    const name = field === this.#form.start ? 'start' : 'end';
    this.#retime({ [name]: (secondsOf(field.value) ?? this.#cues[this.#at][name]) + by });
  }
}
