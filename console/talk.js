/** The Talk panel: a spoken conversation, with captions of both sides. */
import { Captions } from './captions.js';
import { LevelMeter } from './level-meter.js';
import { recall, remember } from './memory.js';
import { microphones, onMicrophones } from './microphone.js';
import { dress, make, showProblem, span } from './page.js';
import { PushToTalk } from './push-to-talk.js';
import { DETECTIONS, EAGERNESS, recallChoices, rememberChoices, TRANSPORTS } from './talk-choices.js';
import { TalkSession } from './talk-session.js';
import { VoicePicker } from './voice-picker.js';
import { AUTOMATIC } from './voices.js';
import { WakeLock } from './wake-lock.js';

const WORDS = {
  off: 'Not connected', connecting: 'Connecting', reconnecting: 'Reconnecting', listening: 'Listening', muted: 'Muted', waiting: 'Hold Space to speak',
  hearing: 'Hearing you', thinking: 'Thinking', speaking: 'Speaking', ended: 'Ended',
};
const WAYS = { webrtc: 'WebRTC', websocket: 'WebSocket' };

/** The middle of some numbers. @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export class TalkPanel {
  #panel; #part; #captions; #mine; #theirs; #push;
  #session = null;
  #choices = recallChoices();
  #drawing = 0;
  #told = '';
  #awake = new WakeLock();

  /** Called when a conversation begins, so that nothing else sounds. */
  onSound = () => {};

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
    this.#part = (id) => panel.querySelector(`#talk-${id}`);
    this.#captions = new Captions(this.#part('log'));
    this.#mine = new LevelMeter(this.#part('mine'));
    this.#theirs = new LevelMeter(this.#part('theirs'));
    this.#push = new PushToTalk(this.#part('hold'), () => this.#live && (this.#session.pushToTalk || this.#session.muted));
    this.#push.onHold = () => { this.#problem(null); this.#session?.hold(); };
    this.#push.onRelease = () => this.#session?.release();
    this.voices = new VoicePicker(this.#part('voice'), recall('talk-voice', AUTOMATIC), 'talk-voice');
    this.voices.onSound = () => this.onSound();
    this.voices.onChoose = (voice) => this.#chooseVoice(voice);
    this.#fill('transport', TRANSPORTS);
    this.#fill('detection', DETECTIONS);
    this.#fill('eagerness', EAGERNESS);
    this.#wire();
    this.#listMicrophones();
    onMicrophones(() => this.#listMicrophones());
    this.#show();
  }

  /** Stop what is spoken. @returns {boolean} whether anything was */
  stop() { return !this.#panel.hidden && this.#live && this.#session.interrupt(); }

  /** Let nothing sound; the conversation goes on. */
  quiet() {
    this.voices.quiet();
    if (this.#live && this.#session.sounding) this.#session.interrupt();
  }

  /** It came into sight. */
  redraw() { this.#draw(); }

  get #live() { return this.#session !== null && ['open', 'reconnecting'].includes(this.#session.state); }

  #wire() {
    this.#part('connect').addEventListener('click', () => (this.#session ? this.#session.end() : this.#begin({ typing: false })));
    this.#part('mute').addEventListener('click', () => this.#toggleMute());
    this.#part('form').addEventListener('submit', (event) => { event.preventDefault(); this.#write(); });
    document.addEventListener('keydown', (event) => {
      if (event.code !== 'KeyM' || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (this.#panel.hidden || !this.#live || this.#session.pushToTalk || event.target.closest?.('input, textarea, select, dialog')) return;
      event.preventDefault();
      this.#toggleMute();
    });
    addEventListener('pagehide', () => this.#session?.end());
  }

  // A conversation

  /** @param {{typing: boolean}} how @returns {Promise<boolean>} whether it began */
  async #begin(how) {
    this.#problem(null);
    this.#notice('');
    this.onSound();
    this.#captions.clear();
    const session = new TalkSession(this.#choices, this.voices.chosen.id);
    this.#session = session;
    session.onChange = () => { if (this.#session === session) this.#changed(); };
    session.onProblem = (error) => this.#problem(error);
    session.onNotice = (words) => this.#notice(words);
    session.onTurn = ({ role, text }) => this.#say(`${role === 'user' ? 'You' : 'Voxhelm'}: ${text}`);
    this.#show();
    try {
      await session.begin(how);
    } catch (error) {
      session.end();
      if (error.name !== 'AbortError') this.#problem(error, () => this.#begin(how));
      return false;
    }
    this.#listMicrophones(); // now they have names
    this.#draw();
    return this.#live;
  }

  #changed() {
    const session = this.#session;
    this.#captions.show(session.dialogue.entries);
    if (session.state === 'ended') {
      this.#captions.follow(null);
      this.#push.letGo();
      this.#notice('');
      this.#session = null;
    }
    this.#show();
  }

  async #write() {
    const field = this.#part('text');
    const text = field.value.trim();
    if (!text) return field.focus();
    if (!this.#session && !(await this.#begin({ typing: true }))) return undefined; // what was typed stays
    if (!this.#live) return undefined;
    field.value = '';
    this.#problem(null);
    return this.#session.type(text);
  }

  async #toggleMute() {
    const session = this.#session;
    if (session.microphone.stream) { session.mute(!session.muted); return; }
    try {
      await session.useMicrophone();
      this.#problem(null);
    } catch (error) {
      this.#problem(error);
    }
  }

  // Choices

  #fill(name, list) {
    const select = this.#part(name);
    const note = this.#part(`${name}-note`);
    select.append(...list.map(({ id, name: text }) => make('option', { value: id, text })));
    select.value = this.#choices[name];
    const tell = () => { if (note) note.textContent = list.find(({ id }) => id === select.value).use; };
    select.addEventListener('change', () => { tell(); this.#choose({ [name]: select.value }); });
    tell();
  }

  async #choose(change) {
    this.#choices = { ...this.#choices, ...change };
    rememberChoices(this.#choices);
    this.#show();
    if (!this.#live) return;
    if (change.transport) this.#notice('This holds from the next conversation on.');
    try {
      await this.#session.choose(this.#choices);
    } catch (error) {
      this.#problem(error);
    }
  }

  #chooseVoice({ id, name, languages, gender, kind }) {
    remember('talk-voice', { id, name, languages, gender, kind });
    if (this.#live && !this.#session.speakWith(id)) this.#notice('A voice stays for its conversation. This one speaks from the next on.');
  }

  async #listMicrophones() {
    const select = this.#part('microphone');
    const found = await microphones();
    const known = found.some(({ id }) => id === this.#choices.microphone);
    const chosen = this.#choices.microphone && !known ? [{ id: this.#choices.microphone, name: 'The one from before' }] : [];
    select.replaceChildren(...[{ id: '', name: 'Automatic' }, ...found, ...chosen].map(({ id, name }) => make('option', { value: id, text: name })));
    select.value = this.#choices.microphone;
    select.onchange = () => this.#choose({ microphone: select.value });
  }

  // What is seen

  #show() {
    const session = this.#session;
    const phase = this.#phase();
    const on = session !== null;
    this.#panel.dataset.phase = phase;
    this.#part('phase').textContent = WORDS[phase];
    this.#part('empty').hidden = on || !this.#captions.empty;
    this.#part('log').hidden = !this.#part('empty').hidden;
    dress(this.#part('connect'), on ? 'stop' : 'talk', on ? 'End' : 'Connect');
    this.#part('connect').classList.toggle('primary', !on);
    const push = this.#choices.detection === 'push';
    this.#part('eagerness-line').hidden = this.#choices.detection !== 'semantic_vad';
    this.#part('hold').hidden = !(this.#live && push && session.microphone.stream);
    this.#part('hold').setAttribute('aria-pressed', String(Boolean(session?.held)));
    const microphone = Boolean(session?.microphone.stream);
    const mute = this.#part('mute');
    mute.hidden = !this.#live || (push && microphone);
    const silent = !microphone || Boolean(session?.muted);
    dress(mute, silent ? 'mic-off' : 'mic', !microphone ? 'Use the microphone' : session.muted ? 'Unmute' : 'Mute');
    this.#awake.held = this.#live;
    this.#measure();
    this.#announceState(phase);
    if (on && !this.#drawing) this.#draw();
  }

  #phase() {
    const session = this.#session;
    if (!session) return this.#captions.empty ? 'off' : 'ended';
    const { phase } = session;
    if (phase !== 'listening' || !session.microphone.stream) return phase;
    if (session.held) return 'hearing';
    if (session.pushToTalk) return 'waiting';
    return session.muted ? 'muted' : 'listening';
  }

  /** How long the replies took to be heard. */
  #measure() {
    const session = this.#session;
    if (!session) return; // what was measured stays to be read
    const { way, replyMs, silenceMs } = session;
    const words = [WAYS[way]].filter(Boolean);
    if (replyMs.length) words.push(`first sound ${span(replyMs.at(-1) / 1000)} after you were done`);
    if (replyMs.length > 1) words.push(`median of ${replyMs.length}: ${span(median(replyMs) / 1000)}`);
    if (silenceMs.length) words.push(`silent ${span(silenceMs.at(-1) / 1000)} after you spoke up`);
    this.#part('latency').textContent = words.join(' · ');
  }

  /** The meters and the words, as long as there is a conversation in sight. */
  #draw() {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    const session = this.#session;
    if (!session || this.#panel.hidden) return;
    const { mine, theirs } = session.levels();
    const now = performance.now();
    this.#mine.show(mine, now);
    this.#theirs.show(theirs, now);
    this.#captions.follow(session.heard);
    this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  #problem(error, again = null) { showProblem(this.#part('problem'), error, again); }

  #notice(words) {
    this.#part('notice').textContent = words;
    this.#part('notice').hidden = !words;
  }

  /** For those who do not see: only what they would not hear. */
  #announceState(phase) {
    const words = { connecting: 'Connecting', reconnecting: 'Reconnecting', ended: 'The conversation has ended' }[phase] ?? (this.#live ? 'Connected' : '');
    if (words && words !== this.#told) this.#say(words);
    this.#told = words;
  }

  #say(words) { this.#part('announcer').textContent = words; }
}
