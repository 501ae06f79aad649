/** A conversation over WebRTC: sound travels beside the events, and the server knows what was heard. */
import { ApiError, callByWebRtc, hangUp, iceServers, isAbort } from './api.js';
import { RemoteSound } from './remote-sound.js';

const CONNECT_MS = 10_000;
const AWAY_MS = 5_000;     // a line that is down for longer is called anew

export class RealtimeCall {
  #session; #stream;
  #peer = null; #channel = null; #sender = null;
  #id = '';
  #away = 0;
  #closed = false;
  #sound;

  /** The server's sound is played as it comes. */
  plays = true;

  /** How long after the key is let go the end of the sound is on its way: it does not travel with the events. */
  tailMs = 200;

  onEvent = () => {};

  /** As of `RealtimeSocket`. */
  onState = () => {};
  onEnd = () => {};

  /** @param {object} session its settings @param {MediaStream} stream the microphone @param {RemoteSound} sound what is heard */
  constructor(session, stream, sound = new RemoteSound()) {
    this.#session = session;
    this.#stream = stream;
    this.#sound = sound;
  }

  /** What comes from the server. */
  get sound() { return this.#sound; }

  /**
   * @param {{ask?: boolean}} [manners] @param {Record<string, string>} [query] `resume` and `after` for a conversation that goes on
   * @throws {ApiError} code `no_way` where WebRTC does not get through
   */
  async open(manners, query = {}) {
    if (typeof RTCPeerConnection === 'undefined') throw new ApiError('This browser has no WebRTC.', { code: 'no_way' });
    const peer = new RTCPeerConnection({ iceServers: await iceServers() });
    this.#peer = peer;
    this.#sender = peer.addTrack(this.#stream.getAudioTracks()[0], this.#stream);
    this.#channel = peer.createDataChannel('oai-events');
    this.#channel.addEventListener('message', ({ data }) => this.onEvent(JSON.parse(data)));
    peer.addEventListener('track', ({ streams, track }) => this.#sound.play(streams[0] ?? new MediaStream([track]), peer));
    try {
      await peer.setLocalDescription();
      const { id, sdp } = await callByWebRtc(peer.localDescription.sdp, this.#session, query, manners);
      this.#id = id;
      await peer.setRemoteDescription({ type: 'answer', sdp });
      await this.#connected(peer);
    } catch (error) {
      this.close();
      throw error instanceof ApiError || isAbort(error) ? error : new ApiError(`WebRTC could not be used: ${error.message}`, { code: 'no_way' });
    }
    peer.addEventListener('connectionstatechange', () => this.#changed());
    this.#channel.addEventListener('close', () => this.#lost());
  }

  // What breaks is not mended here, so nothing has to be kept: a new call goes on with the conversation.
  utterance() {}
  turns() {}

  send(event) { if (this.#channel?.readyState === 'open') this.#channel.send(JSON.stringify(event)); }

  /** The microphone travels by itself. */
  append() {}

  /** Speak through another microphone. @param {MediaStream} stream */
  async use(stream) {
    this.#stream = stream;
    await this.#sender?.replaceTrack(stream.getAudioTracks()[0]);
  }

  /** Hang up: the conversation is over. */
  close() {
    if (this.#closed) return;
    this.#leave();
    // The server finds out by itself, only later: nobody needs to be told when this does not get through.
    if (this.#id) hangUp(this.#id).catch(() => {});
  }

  /** Be here no more; the conversation may go on. */
  #leave() {
    this.#closed = true;
    clearTimeout(this.#away);
    this.#sound.stop();
    this.#peer?.close();
  }

  /** When events can be sent. */
  #connected(peer) {
    const noWay = (words) => new ApiError(`WebRTC did not get through: ${words}.`, { code: 'no_way' });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(noWay('nothing answered within ten seconds')), CONNECT_MS);
      const settle = (act, value) => { clearTimeout(timer); act(value); };
      this.#channel.addEventListener('open', () => settle(resolve), { once: true });
      peer.addEventListener('connectionstatechange', () => { if (peer.connectionState === 'failed') settle(reject, noWay('no way between this device and the server was found')); });
    });
  }

  #changed() {
    clearTimeout(this.#away);
    const { connectionState } = this.#peer;
    if (connectionState === 'connected') this.onState('open');
    if (connectionState === 'disconnected') {
      this.onState('reconnecting');
      this.#away = setTimeout(() => this.#lost(), AWAY_MS);
    }
    if (connectionState === 'failed') this.#lost();
  }

  #lost() {
    if (this.#closed) return;
    this.#leave();
    this.onEnd(new ApiError('The call was lost.', { code: 'lost' }), true);
  }
}
