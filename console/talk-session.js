/** One conversation: the microphone, the way to the server, what is said, and what of it is heard. Knows no page. */
import { ApiError, PCM_RATE_HZ } from './api.js';
import { Dialogue } from './dialogue.js';
import { bytesOf } from './events.js';
import { levelOf } from './loudness.js';
import { Microphone } from './microphone.js';
import { OwnVoice } from './own-voice.js';
import { RealtimeCall } from './realtime-call.js';
import { RealtimeSocket } from './realtime-socket.js';
import { Retry } from './retry.js';
import { silentStream } from './silence.js';
import { SpeechQueue } from './speech-queue.js';
import { detectionOf, sessionOf } from './talk-choices.js';

const RENEW_MS = 60_000;       // for how long a lost conversation is tried for
const SHORTEST_HOLD_MS = 100;  // below it a key was only touched
const RETOLD_ITEMS = 60;
const UNNOTICED_MS = 700;
const NO_FALL_BACK = new Set([401, 403, 429]); // by another way the answer would be the same

export class TalkSession {
  #choices; #voice;
  #transport = null;
  #queue = new SpeechQueue(PCM_RATE_HZ);
  #silence = null;             // what is sent by a call without a microphone
  #deaf = new Set();           // replies that were cut short: what still comes of them is not played
  #level = 0;
  #ownVoice = new OwnVoice();
  #askedMs = null;             // when the caller was done, while the reply has not been heard
  #heldMs = null;              // since when the key is held
  #releasing = 0;
  #away = 0;
  #muted = false;
  #ended = false;
  #lastEventId = '';

  dialogue = new Dialogue();
  microphone = new Microphone();

  /** `connecting`, `open`, `reconnecting` or `ended`. */
  state = 'connecting';

  /** How many milliseconds after the caller was done each reply was first heard, on this page's clock. @type {number[]} */
  replyMs = [];

  /** How many milliseconds after the caller had begun to speak each reply that was interrupted was silent. @type {number[]} */
  silenceMs = [];

  /** Something is different. */
  onChange = () => {};

  /** It did not work. @type {(error: Error) => void} */
  onProblem = () => {};

  /** Words about what was done about something. @type {(words: string) => void} */
  onNotice = () => {};

  /** A turn is complete. @type {(entry: import('./dialogue.js').Entry) => void} */
  onTurn = () => {};

  /** @param {object} choices of `recallChoices` @param {string} voice */
  constructor(choices, voice) {
    this.#choices = choices;
    this.#voice = voice;
    this.microphone.onFrame = (frame) => this.#frame(frame);
    this.microphone.onLost = () => this.#microphoneLost();
    this.#follow(this.#queue);
  }

  /** How it travels: `webrtc` or `websocket`; empty before. */
  get way() { return this.#transport ? (this.#transport.plays ? 'webrtc' : 'websocket') : ''; }
  get muted() { return this.#muted; }
  get held() { return this.#heldMs !== null; }
  get pushToTalk() { return this.#choices.detection === 'push'; }
  get sounding() { return this.#sound.sounding; }

  /** What of a reply reaches the ear now. */
  get heard() { return this.#sound.sounding ? this.#sound.heard : null; }

  get phase() { return this.state === 'open' ? this.dialogue.phase(this.sounding) : this.state; }

  /** How loud both sides are, 0 to 1. */
  levels() { return { mine: this.microphone.stream ? this.#level : 0, theirs: this.#sound.level() }; }

  /** Begin. Call it in answer to a click or key. @param {{typing: boolean}} how typing: without a microphone @throws {Error} with words for a person */
  async begin({ typing }) {
    const unlocked = this.#queue.unlock();
    if (!typing) await this.microphone.open(this.#choices.microphone);
    await unlocked;
    this.#gate();
    await this.#open({ ask: true });
    this.#change('open');
  }

  /** End it. */
  end() {
    if (this.#ended) return;
    this.#ended = true;
    this.#transport?.close();
    this.microphone.close();
    this.#silence?.stop();
    this.#queue.close();
    this.#change('ended');
  }

  /** Say something in writing. @param {string} text */
  type(text) {
    this.interrupt();
    this.#send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] } });
    this.#ask(performance.now());
  }

  /** Be quiet. @returns {boolean} whether there was anything to stop */
  interrupt() {
    const active = this.dialogue.responseId;
    if (!active && !this.sounding) return false;
    if (active) {
      this.#deaf.add(active);
      this.#send({ type: 'response.cancel' });
    }
    if (this.#transport.plays) this.#send({ type: 'output_audio_buffer.clear' });
    this.#hush();
    return true;
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.#muted = muted;
    this.#gate();
    this.onChange();
  }

  /** The key to speak goes down. */
  hold() {
    clearTimeout(this.#releasing); // let go for less than a moment
    if (this.held || !this.#transport) return;
    this.#heldMs = performance.now();
    this.#gate();
    if (this.pushToTalk) {
      this.interrupt();
      this.#send({ type: 'input_audio_buffer.clear' });
      this.#ownVoice.takeEnd();
    }
    this.onChange();
  }

  /** The key to speak goes up. */
  release() {
    if (!this.held) return;
    const since = performance.now() - this.#heldMs;
    // The last syllable is still on its way from the microphone.
    clearTimeout(this.#releasing);
    this.#releasing = setTimeout(() => this.#released(since), this.#transport?.tailMs ?? 0);
  }

  /** Change something while it goes on. @param {object} choices */
  async choose(choices) {
    const before = this.#choices;
    this.#choices = choices;
    if (before.microphone !== choices.microphone && this.microphone.stream) await this.useMicrophone();
    if (before.detection === choices.detection && before.eagerness === choices.eagerness) return;
    this.#heldMs = null;
    this.#gate();
    this.#transport?.turns(!this.pushToTalk);
    this.#send({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: detectionOf(choices) } } } });
    this.onChange();
  }

  /** Speak with another voice. @param {string} voice @returns {boolean} whether it does so at once */
  speakWith(voice) {
    this.#voice = voice;
    if (this.dialogue.entries.some(({ role, spoken, text }) => role === 'assistant' && spoken && text)) return false;
    this.#send({ type: 'session.update', session: { type: 'realtime', audio: { output: { voice } } } });
    return true;
  }

  get #sound() { return this.#transport?.sound ?? this.#queue; }

  #send(event) { this.#transport?.send(event); }

  #change(state) {
    this.state = state;
    this.onChange();
  }

  // The way to the server

  /** @param {{ask: boolean}} manners @param {Record<string, string>|undefined} [query] for a conversation that goes on */
  async #open(manners, query) {
    const { transport } = this.#choices;
    if (transport === 'websocket') return this.#openSocket(manners, query);
    try {
      return await this.#openCall(manners, query);
    } catch (error) {
      if (transport === 'webrtc' || this.#ended || NO_FALL_BACK.has(error.status) || error.unreachable) throw error;
      await this.#openSocket({ ask: false }, query);
      this.onNotice(`${error.message.replace(/\.?$/, '.')} This conversation goes over a WebSocket instead.`);
      return undefined;
    }
  }

  async #openCall(manners, query) {
    this.#silence ??= this.microphone.stream ? null : silentStream();
    const call = new RealtimeCall(sessionOf(this.#choices, this.#voice), this.microphone.stream ?? this.#silence.stream);
    this.#follow(call.sound);
    call.sound.onProblem = (error) => this.onProblem(error);
    await this.#use(call, manners, query);
  }

  async #openSocket(manners, query) {
    const socket = new RealtimeSocket(() => this.dialogue.resumption);
    await this.#use(socket, manners, query);
    if (!query) socket.send({ type: 'session.update', session: sessionOf(this.#choices, this.#voice) });
  }

  async #use(transport, manners, query) {
    transport.onEvent = (event) => this.#take(event);
    transport.onState = (state) => this.#moved(state);
    transport.onEnd = (error, again) => this.#lost(error, again);
    transport.turns(!this.pushToTalk);
    await transport.open(manners, query);
    if (this.#ended) transport.close();
    else this.#transport = transport;
  }

  /** The connection broke, or is there again. One that is soon there again is not worth a word. */
  #moved(state) {
    clearTimeout(this.#away);
    if (state === 'open') {
      this.dialogue.resumed();
      this.#change(state);
    } else this.#away = setTimeout(() => { if (!this.#ended) this.#change(state); }, UNNOTICED_MS);
  }

  /** The connection is over, and its transport cannot mend it. */
  async #lost(error, again) {
    if (this.#ended) return;
    clearTimeout(this.#away);
    this.#queue.stop();
    this.#transport = null;
    if (!again) return this.#fail(error);
    this.#change('reconnecting');
    const retry = new Retry(performance.now() + RENEW_MS);
    let last = error;
    let atLeastMs = 0;
    for (;;) {
      const waitMs = retry.next(performance.now(), atLeastMs);
      if (waitMs === null) return this.#fail(last);
      await new Promise((resolve) => { setTimeout(resolve, waitMs); });
      if (this.#ended) return undefined;
      try {
        return await this.#again();
      } catch (refusal) {
        if (refusal.status === 401 || refusal.status === 403) return this.#fail(refusal);
        last = refusal;
        atLeastMs = 1000 * (refusal.retrySeconds ?? 0);
      }
    }
  }

  /** Go on with the conversation; where the server has forgotten it, with a new one that is told what was said so far. */
  async #again() {
    const { token } = this.dialogue.resumption;
    try {
      if (token) {
        await this.#open({ ask: false }, { resume: token, after: this.#lastEventId });
        this.dialogue.resumed();
        this.onNotice('The line was lost, and a new call was made. The conversation goes on.');
        return this.#change('open');
      }
    } catch (error) {
      if (error.status !== 404 && error.status !== 410) throw error;
    }
    this.dialogue.restart();
    const retold = this.dialogue.history().slice(-RETOLD_ITEMS);
    await this.#open({ ask: false });
    for (const item of retold) this.#send({ type: 'conversation.item.create', item });
    this.onNotice('The connection was lost. A new conversation was begun, and told what was said so far.');
    return this.#change('open');
  }

  #fail(error) {
    this.end();
    this.onProblem(error);
  }

  // What the server says

  #take(event) {
    if (event.event_id) this.#lastEventId = event.event_id;
    for (const wish of this.dialogue.take(event)) this.#fulfil(wish);
    this.onChange();
  }

  #fulfil(wish) {
    const { kind } = wish;
    if (kind === 'play') { if (!this.#deaf.has(wish.responseId)) this.#queue.append(wish.itemId, samplesOf(wish.base64)); }
    else if (kind === 'endPlay') this.#queue.finish(wish.itemId);
    else if (kind === 'barge') this.#interrupted();
    else if (kind === 'committed') this.#transport?.utterance(false);
    else if (kind === 'hush') { this.#deaf.add(wish.responseId); if (this.#playsOf(wish.responseId)) this.#hush(); }
    else if (kind === 'retrieve') this.#send({ type: 'conversation.item.retrieve', item_id: wish.itemId });
    else if (kind === 'turnEnded') this.#askedMs = this.#ownVoice.takeEnd();
    else if (kind === 'sounds') this.#transport?.sound?.begin(this.#itemOf(wish.responseId));
    else if (kind === 'silent') this.#transport?.sound?.end();
    else if (kind === 'tell') this.onTurn(wish.entry);
    else if (kind === 'fail') this.onProblem(new ApiError(wish.message, { code: wish.code }));
  }

  /** The caller speaks. */
  #interrupted() {
    this.#transport?.utterance(true);
    this.#askedMs = null;
    if (this.sounding) this.#sound.awaitSilence();
    this.#hush();
  }

  /** Play nothing more, and tell the server what was heard; of a call it knows by itself. */
  #hush() {
    if (this.#transport?.plays) return;
    for (const { itemId, playedMs } of this.#queue.stop()) {
      this.#deaf.add(this.dialogue.responseOf(itemId));
      this.#send({ type: 'conversation.item.truncate', item_id: itemId, content_index: 0, audio_end_ms: playedMs });
    }
  }

  #playsOf(responseId) {
    const { heard } = this;
    return heard !== null && this.dialogue.responseOf(heard.itemId) === responseId;
  }

  #itemOf(responseId) {
    return this.dialogue.entries.findLast(({ id }) => this.dialogue.responseOf(id) === responseId)?.id ?? responseId;
  }

  #follow(sound) {
    sound.onChange = () => this.onChange();
    sound.onSilence = (atMs) => {
      if (this.#ownVoice.onsetMs !== null) this.silenceMs.push(Math.max(0, atMs - this.#ownVoice.onsetMs));
      this.onChange();
    };
    sound.onFirstSound = (_itemId, atMs) => {
      if (this.#askedMs === null) return;
      this.replyMs.push(Math.max(0, atMs - this.#askedMs));
      this.#askedMs = null;
      this.onChange();
    };
  }

  // The microphone

  #frame({ samples, decibels, endMs, seconds }) {
    this.#level = Math.max(levelOf(decibels), this.#level * 0.8);
    if (this.pushToTalk && !this.held) return;
    if (!this.microphone.silent) this.#ownVoice.hear(decibels, endMs, seconds);
    this.#transport?.append(samples);
  }

  /** Whether the microphone is to be heard at this moment. */
  #gate() { this.microphone.silent = this.pushToTalk ? !this.held : this.#muted && !this.held; }

  #released(since) {
    if (!this.held) return;
    this.#heldMs = null;
    this.#gate();
    this.onChange();
    if (!this.pushToTalk) return; // it only lifted the mute
    if (since < SHORTEST_HOLD_MS) {
      this.#send({ type: 'input_audio_buffer.clear' });
      this.onProblem(new Error('Hold the key for as long as you speak.'));
      return;
    }
    this.#send({ type: 'input_audio_buffer.commit' });
    this.#ask(this.#ownVoice.takeEnd());
  }

  /** @param {number|null} sinceMs when the caller was done */
  #ask(sinceMs) {
    this.#send({ type: 'response.create' });
    this.dialogue.await();
    this.#askedMs = sinceMs;
    this.onChange();
  }

  /** Open the microphone that is chosen. @throws {Error} with words for a person */
  async useMicrophone() {
    await this.microphone.open(this.#choices.microphone);
    this.#gate();
    await this.#transport?.use?.(this.microphone.stream);
    this.onChange();
  }

  async #microphoneLost() {
    try {
      this.#choices = { ...this.#choices, microphone: '' };
      await this.useMicrophone();
      this.onNotice('The microphone was disconnected. Another one is used now.');
    } catch (error) {
      this.microphone.close();
      this.onProblem(new Error(`The microphone was disconnected. ${error.message}`));
      this.onChange();
    }
  }
}

const samplesOf = (base64) => {
  const bytes = bytesOf(base64);
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1);
};
