/**
 * A caller who times everything by the page's own clock, which is that of its AudioContext: what is said begins and ends at moments that
 * are set, what is heard is looked at sample by sample. Moments are seconds.
 */

const LIMIT_MS = 20_000;
const LEAD_SECONDS = 0.05;
const CLOCK_KEPT = 50;

/** A promise, and what keeps it. */
function awaited(what) {
  let keep;
  const promise = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`still not: ${what}`)), LIMIT_MS);
    keep = (value) => {
      clearTimeout(timer);
      resolve(value);
    };
  });
  return { promise, keep };
}

function pcmOf(base64) {
  return new Int16Array(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
}

/** Sound at 48 kHz as it travels in events. Nobody listens to it, so the mean of two samples is good enough for one. */
function base64Of(samples) {
  const pcm = Int16Array.from({ length: samples.length / 2 }, (_, at) => ((samples[2 * at] + samples[2 * at + 1]) / 2) * 32767);
  let letters = '';
  for (const byte of new Uint8Array(pcm.buffer)) letters += String.fromCharCode(byte);
  return btoa(letters);
}

/** What both ways have in common: a mouth, an ear and a clock. */
class Caller {
  #waits = new Map();
  #clock = [];

  constructor() {
    this.context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
    this.mouth = new GainNode(this.context);
    this.speaker = new GainNode(this.context);
  }

  async prepare({ worklets }) {
    await this.context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklets], { type: 'text/javascript' })));
    const silence = new ConstantSourceNode(this.context, { offset: 0 });
    silence.connect(this.mouth);
    silence.start();
    this.microphone = new AudioWorkletNode(this.context, 'microphone', { numberOfOutputs: 0 });
    this.microphone.port.onmessage = ({ data }) => {
      this.#clock.push(performance.now() / 1000 - data.until);
      if (this.#clock.length > CLOCK_KEPT) this.#clock.shift();
      this.onFrame?.(data.samples);
    };
    this.mouth.connect(this.microphone);
    this.ear = new AudioWorkletNode(this.context, 'ear', { numberOfOutputs: 0 });
    this.ear.port.onmessage = ({ data }) => {
      if ('heard' in data) this.tell('heard', data.heard);
      else this.tell('quiet', data.quiet);
    };
    this.speaker.connect(this.ear);
    await this.context.resume();
  }

  /** This moment by the AudioContext's clock, at the latest: what is rendered reaches the page a little later. */
  now() {
    return performance.now() / 1000 - Math.min(...this.#clock);
  }

  /** Say a recording. Returns the moments of its first and its last sample. */
  say(pcm, rateHz) {
    const buffer = this.context.createBuffer(1, pcm.length, rateHz);
    buffer.copyToChannel(Float32Array.from(pcm, (sample) => sample / 32768), 0);
    const node = new AudioBufferSourceNode(this.context, { buffer });
    node.connect(this.mouth);
    const began = this.context.currentTime + LEAD_SECONDS;
    node.start(began);
    return { began, ended: began + pcm.length / rateHz };
  }

  /** The next time that something is told. */
  next(what) {
    const one = awaited(what);
    this.#waits.set(what, one);
    return one.promise;
  }

  tell(what, value) {
    this.#waits.get(what)?.keep(value);
    this.#waits.delete(what);
  }

  take(event) {
    if (event.type === 'error') throw new Error(event.error.message);
    this.tell(event.type, { at: this.now(), event });
    this.onEvent?.(event);
  }
}

/** By WebSocket: sound as events; it is played as soon as it is there. */
class SocketCaller extends Caller {
  #playing = new Set();
  #playedUntil = 0;
  #item = null;
  #began = 0;

  async connect(options) {
    await this.prepare(options);
    this.socket = new WebSocket(`${location.origin.replace('http', 'ws')}/v1/realtime?model=scripted`);
    const created = this.next('session.created');
    this.socket.onmessage = ({ data }) => this.take(JSON.parse(data));
    await created;
    const updated = this.next('session.updated');
    this.send(options.update);
    await updated;
    this.onFrame = (samples) => this.send({ type: 'input_audio_buffer.append', audio: base64Of(samples) });
  }

  send(event) {
    this.socket.send(JSON.stringify(event));
  }

  onEvent(event) {
    if (event.type === 'response.output_audio.delta') this.#play(event);
    if (event.type === 'input_audio_buffer.speech_started') this.#stop();
  }

  #play({ delta, item_id: item }) {
    const pcm = pcmOf(delta);
    const buffer = this.context.createBuffer(1, pcm.length, 24_000);
    buffer.copyToChannel(Float32Array.from(pcm, (sample) => sample / 32768), 0);
    const node = new AudioBufferSourceNode(this.context, { buffer });
    node.connect(this.speaker);
    const at = Math.max(this.context.currentTime, this.#playedUntil);
    if (this.#item !== item) {
      this.#item = item;
      this.#began = at;
    }
    node.start(at);
    node.onended = () => this.#playing.delete(node);
    this.#playing.add(node);
    this.#playedUntil = at + buffer.duration;
  }

  #stop() {
    if (!this.#playing.size) return;
    for (const node of this.#playing) node.stop();
    this.#playing.clear();
    const heard = Math.round(1000 * (this.context.currentTime - this.#began));
    this.#playedUntil = 0;
    this.send({ type: 'conversation.item.truncate', item_id: this.#item, content_index: 0, audio_end_ms: heard });
  }

  async stats() {
    return {};
  }

  close() {
    this.socket.close(1000);
  }
}

/** By WebRTC: the browser's own way with sound. */
class RtcCaller extends Caller {
  async connect(options) {
    await this.prepare(options);
    const out = this.context.createMediaStreamDestination();
    this.mouth.connect(out);
    this.connection = new RTCPeerConnection();
    this.connection.addTrack(out.stream.getAudioTracks()[0], out.stream);
    this.connection.ontrack = ({ streams: [stream] }) => {
      // Chromium fetches what comes only for an element that plays it.
      this.element = Object.assign(new Audio(), { srcObject: stream, muted: true });
      this.element.play();
      this.context.createMediaStreamSource(stream).connect(this.speaker);
    };
    this.channel = this.connection.createDataChannel('oai-events');
    this.channel.onmessage = ({ data }) => this.take(JSON.parse(data));
    const created = this.next('session.created');
    const offer = await this.connection.createOffer();
    await this.connection.setLocalDescription(offer);
    const headers = { 'Content-Type': 'application/sdp' };
    const answer = await fetch('/v1/realtime/calls?model=scripted', { method: 'POST', headers, body: offer.sdp });
    if (answer.status !== 201) throw new Error(await answer.text());
    await this.connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
    await created;
    const updated = this.next('session.updated');
    this.channel.send(JSON.stringify(options.update));
    await updated;
  }

  async stats() {
    for (const one of (await this.connection.getStats()).values()) {
      if (one.type === 'inbound-rtp') {
        const bufferSeconds = one.jitterBufferDelay / one.jitterBufferEmittedCount;
        return { bufferSeconds, concealed: one.concealedSamples / one.totalSamplesReceived, lost: one.packetsLost };
      }
    }
    return {};
  }

  close() {
    this.connection.close();
  }
}

/** Say something, into a reply but for the first time, and hear the reply to it. */
async function turn(caller, { sounds, rateHz, heardMs }, number) {
  const [started, stopped] = ['started', 'stopped'].map((what) => caller.next(`input_audio_buffer.speech_${what}`));
  const quiet = number > 0 ? caller.next('quiet') : null;
  const heard = caller.next('heard');
  const said = caller.say(pcmOf(sounds[number % sounds.length]), rateHz);
  const times = { startedSeconds: (await started).at - said.began };
  // From here on nothing comes of the reply before.
  const arrived = caller instanceof SocketCaller ? caller.next('response.output_audio.delta') : null;
  if (quiet) times.quietSeconds = (await quiet) - said.began;
  times.stoppedSeconds = (await stopped).at - said.ended;
  if (arrived) times.arrivedSeconds = (await arrived).at - said.ended;
  times.heardSeconds = (await heard) - said.ended;
  await new Promise((resolve) => setTimeout(resolve, heardMs * (0.75 + 0.5 * Math.random())));
  return times;
}

/** So many turns, each of which interrupts the reply to the one before. */
window.converse = async (transport, options) => {
  const caller = transport === 'websocket' ? new SocketCaller() : new RtcCaller();
  await caller.connect(options);
  await new Promise((resolve) => setTimeout(resolve, options.heardMs));
  const turns = [];
  for (let number = 0; number < options.turns; number++) turns.push(await turn(caller, options, number));
  const stats = await caller.stats();
  caller.close();
  await caller.context.close();
  return { turns, stats };
};
