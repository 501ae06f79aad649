/** A conversation over a WebSocket: sound travels in events. A connection that breaks is taken up again where it was. */
import { ApiError, mintSecret, whyNoSocket } from './api.js';
import { base64Of } from './events.js';
import { Outgoing } from './outgoing.js';
import { Retry } from './retry.js';

const RATE_HZ = 24000;
const KEPT_SOUND_MS = 30_000;        // of the microphone, while there is no connection
const STALLED_BYTES = 400_000;       // six seconds of the microphone that did not leave: the network is gone
const SECRET_MARGIN_SECONDS = 30;
const LEFT = 4000;                   // not the end of the conversation
const ENDED_FOR_GOOD = new Set([1000, 1003, 1008, 1009]); // closed on purpose: what came after would be the same

export class RealtimeSocket {
  #socket = null;
  #outgoing = new Outgoing(KEPT_SOUND_MS);
  #secret = null;
  #lastEventId = '';
  #closed = false;
  #resumption;
  #byVoice = true;
  #onOnline = () => this.#networkIsBack();
  #wake = () => {};

  /** The page plays what comes, and says how much of it was heard. */
  plays = false;

  /** How long after the key is let go the end of the sound is on its way. */
  tailMs = 60;

  /** Every event of the server, in order. @type {(event: object) => void} */
  onEvent = () => {};

  /** Called with `reconnecting` and `open`. @type {(state: string) => void} */
  onState = () => {};

  /** The connection is over. again: whether a new conversation may be tried. @type {(error: Error, again: boolean) => void} */
  onEnd = () => {};

  /** @param {() => {token: string|null, seconds: number}} resumption where the server takes the conversation up, and how long after it broke */
  constructor(resumption) { this.#resumption = resumption; }

  /** @param {{ask?: boolean}} [manners] @param {Record<string, string>} [query] `resume` and `after` for a conversation that goes on @throws {ApiError} */
  async open(manners, query = {}) {
    this.#lastEventId = query.after ?? '';
    await this.#connect(query, manners);
    addEventListener('online', this.#onOnline);
  }

  /** @param {boolean} byVoice whether the server finds out when a turn is over: then it forgets, when the connection breaks, what was being said */
  turns(byVoice) { this.#byVoice = byVoice; }

  /** Somebody speaks, and it is no item yet: should the connection break, all of it is said again. @param {boolean} goesOn */
  utterance(goesOn) {
    if (goesOn) this.#outgoing.begun();
    else this.#outgoing.ended();
  }

  /** @param {object} event for the server */
  send(event) { this.#give(JSON.stringify(event), 0); }

  /** The next of the microphone. @param {Int16Array} samples */
  append(samples) {
    if (samples.length) this.#give(`{"type":"input_audio_buffer.append","audio":"${base64Of(samples)}"}`, (samples.length / RATE_HZ) * 1000);
    if (this.#socket?.bufferedAmount > STALLED_BYTES) this.#drop();
  }

  close() {
    this.#closed = true;
    removeEventListener('online', this.#onOnline);
    this.#wake();
    this.#socket?.close(1000);
  }

  #give(text, soundMs) {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return this.#outgoing.hold(text, soundMs);
    socket.send(text);
    return this.#outgoing.give(text, soundMs, socket.bufferedAmount);
  }

  /** @param {Record<string, string>} query @param {{ask: boolean}} manners */
  async #connect(query, manners) {
    const url = new URL('v1/realtime', document.baseURI);
    url.protocol = url.protocol.replace('http', 'ws');
    url.search = new URLSearchParams(query);
    const socket = new WebSocket(url, ['realtime', `openai-insecure-api-key.${await this.#key(manners)}`]);
    socket.addEventListener('message', ({ data }) => this.#heard(data));
    await opened(socket, () => whyNoSocket(url.search.slice(1)));
    if (this.#closed) { socket.close(1000); return; }
    this.#socket = socket;
    socket.addEventListener('close', (event) => this.#broke(socket, event));
    for (const { text, soundMs } of this.#outgoing.take()) this.#give(text, soundMs);
  }

  /** A secret that is good for a while yet. */
  async #key(manners) {
    if (!this.#secret || this.#secret.expires_at - SECRET_MARGIN_SECONDS < Date.now() / 1000) this.#secret = await mintSecret(manners);
    return this.#secret.value;
  }

  #heard(data) {
    const event = JSON.parse(data);
    if (event.event_id) this.#lastEventId = event.event_id;
    this.onEvent(event);
  }

  /** The connection is there no more, though nobody has said so yet. */
  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#broke(socket, { code: LEFT, reason: '' });
    socket.close(LEFT);
  }

  #networkIsBack() {
    // Another network, perhaps: a connection from before would be found dead only after minutes.
    if (this.#socket) this.#drop();
    else this.#wake();
  }

  #broke(socket, { code, reason }) {
    if (socket !== this.#socket || this.#closed) return;
    this.#socket = null;
    this.#outgoing.broke(socket.bufferedAmount, this.#byVoice);
    if (ENDED_FOR_GOOD.has(code)) return this.#end(new ApiError(reason || 'Voxhelm ended the conversation.', { code: 'ended' }), false);
    const { token, seconds } = this.#resumption();
    if (!token) return this.#end(new ApiError('The connection to Voxhelm was lost.', { code: 'lost' }), true);
    this.onState('reconnecting');
    return this.#comeBack(token, new Retry(performance.now() + 1000 * seconds));
  }

  async #comeBack(token, retry) {
    let atLeastMs = 0;
    for (;;) {
      const waitMs = retry.next(performance.now(), atLeastMs);
      if (waitMs === null) return this.#end(new ApiError('The connection to Voxhelm was lost, and could not be made again in time.', { code: 'lost' }), true);
      await this.#wait(waitMs);
      if (this.#closed) return undefined;
      try {
        await this.#connect({ resume: token, after: this.#lastEventId }, { ask: false });
        if (!this.#closed) this.onState('open');
        return undefined;
      } catch (error) {
        if (error.status === 404 || error.status === 410) return this.#end(error, true); // nobody remembers the conversation
        if (error.status === 401 || error.status === 403) return this.#end(error, false);
        atLeastMs = 1000 * (error.retrySeconds ?? 0);
      }
    }
  }

  /** Until the time has passed, or something has changed. */
  #wait(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  #end(error, again) {
    if (this.#closed) return;
    this.close();
    this.onEnd(error, again);
  }
}

/** Until a socket is open. @param {WebSocket} socket @param {() => Promise<Error>} why it was not let in */
function opened(socket, why) {
  return new Promise((resolve, reject) => {
    const refused = () => why().then(reject, reject);
    socket.addEventListener('close', refused, { once: true });
    socket.addEventListener('open', () => { socket.removeEventListener('close', refused); resolve(); }, { once: true });
  });
}
