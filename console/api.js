/** The client of Voxhelm's public API. Every call is same-origin; every failure is an `ApiError`. */
import { bytesOf, eventsOf } from './events.js';
import { askForKey, keyHeader } from './key.js';

/** The page may be served under a prefix, so addresses are built from the document's own. */
export const baseUrl = new URL('./v1', document.baseURI).href;

/** Speech comes back as 16-bit mono at this rate when `pcm` is asked for. */
export const PCM_RATE_HZ = 24000;

/** A failure, in words for a person. */
export class ApiError extends Error {
  /** @param {string} message @param {{status?: number, code?: string|null, requestId?: string|null, retrySeconds?: number}} [facts] */
  constructor(message, { status = 0, code = null, requestId = null, retrySeconds = 0 } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.retrySeconds = retrySeconds; // how long to wait before trying again; 0 when waiting is not the cure
  }

  /** Whether the server is well and only has too much to do. */
  get busy() { return this.status === 429; }

  /** Whether nobody answered at all. */
  get unreachable() { return this.status === 0 && this.code === 'unreachable'; }
}

/** Whether `error` only says that we ourselves gave up. */
export const isAbort = (error) => error instanceof DOMException && error.name === 'AbortError';

/**
 * @param {string} path below the page's own address @param {RequestInit} [init]
 * @param {{ask?: boolean}} [manners] ask: false for what nobody pressed a button for, so that nobody is asked for a key again and again
 * @returns {Promise<Response>}
 */
async function send(path, init = {}, { ask = true } = {}) {
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), { ...init, headers: { ...init.headers, ...keyHeader() } });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError('Voxhelm does not answer. Is it still running, and is this device still on its network?', { code: 'unreachable' });
  }
  if (!response.ok) {
    const failure = await failureOf(response);
    if (response.status === 401 && (await askForKey(ask))) return send(path, init, { ask });
    throw failure;
  }
  return response;
}

/** @param {Response} response */
async function failureOf(response) {
  const requestId = response.headers.get('x-request-id');
  const { status } = response;
  const retrySeconds = Math.max(0, Math.ceil(Number(response.headers.get('retry-after')) || 0));
  let message = `Voxhelm answered ${status} without saying why.`;
  let code = null;
  try {
    const body = await response.json();
    if (body?.error?.message) ({ message, code = null } = body.error);
  } catch {
    // Not JSON: something between us and Voxhelm answered, so the status is all there is.
    if (status === 413) message = 'This is larger than the server takes.';
    if (status === 502 || status === 504) message = 'A proxy in front of Voxhelm could not reach it.';
  }
  return new ApiError(message, { status, code, requestId, retrySeconds });
}

/**
 * The events of a stream, each failure as an `ApiError`: one that the server told, or that the connection ended before the last event.
 * @param {Response} response @param {string} last the type of the last event @param {string} broken what to say when it did not come
 */
async function* told(response, last, broken) {
  const requestId = response.headers.get('x-request-id');
  let complete = false;
  try {
    for await (const event of eventsOf(response)) {
      if (event.error) throw new ApiError(event.error.message, { code: event.error.code, requestId });
      complete ||= event.type === last;
      yield event;
    }
  } catch (error) {
    if (isAbort(error) || error instanceof ApiError) throw error;
    throw new ApiError(broken, { requestId });
  }
  if (!complete) throw new ApiError(broken, { requestId });
}

/** @returns {Promise<object[]>} the voices, thousands perhaps */
export async function listVoices() {
  const body = await (await send('v1/audio/voices')).json();
  return body.voices ?? body.data ?? [];
}

/** @param {{ask?: boolean}} [manners] as of `send` @returns {Promise<object[]>} */
export async function listModels(manners) {
  return (await (await send('v1/models', { cache: 'no-store' }, manners)).json()).data ?? [];
}

/** @returns {Promise<string>} in Prometheus' text format */
export async function metricsText() {
  return (await send('metrics', { cache: 'no-store' }, { ask: false })).text();
}

/** What checks of voices have found. @param {{ask?: boolean}} [manners] as of `send` @returns {Promise<object[]>} */
export async function voiceQuality(manners) {
  return (await (await send('v1/audio/voices/quality', { cache: 'no-store' }, manners)).json()).data;
}

/** Say sentences with a voice and hear them back; takes seconds. @param {string} voice @param {AbortSignal} signal */
export async function checkVoice(voice, signal) {
  const found = await (await send('v1/audio/voices/quality', json({ voice }, signal))).json();
  if (found.error) throw new ApiError(found.error.message, { code: found.error.code });
  return found.data;
}

/** @returns {Promise<'ready'|'waiting'|'away'>} */
export async function readiness() {
  try {
    await send('health/ready', { cache: 'no-store' }, { ask: false });
    return 'ready';
  } catch (error) {
    return error.status === 503 ? 'waiting' : 'away';
  }
}

const modelPath = (id) => `v1/models/${id.split('/').map(encodeURIComponent).join('/')}`;

/** Answers when the model is warm. @param {string} id @param {AbortSignal} [signal] */
export const loadModel = (id, signal) => send(`${modelPath(id)}/load`, { method: 'POST', signal });

/** Answers when its memory is free. @param {string} id */
export const unloadModel = (id) => send(`${modelPath(id)}/unload`, { method: 'POST' });

/** @param {string} id */
export const removeModel = (id) => send(modelPath(id), { method: 'DELETE' });

/**
 * Install a model. @param {string} name @param {(event: object) => void} onEvent `model.pull.progress` and `.waiting` as they come
 * @param {AbortSignal} signal @returns {Promise<object>} the `model.pull.done` event
 */
export async function pullModel(name, onEvent, signal) {
  const response = await send('v1/models', json({ model: name }, signal));
  let last = null;
  for await (const event of told(response, 'model.pull.done', 'The download broke off. What has come is kept: pull again to go on.')) {
    last = event;
    onEvent(event);
  }
  return last;
}

/**
 * What is asked of the speech endpoint, shared with the snippets so that they say the same.
 * @param {{text: string, voice: string, speed: number, format: string}} wish
 */
export const speechBody = ({ text, voice, speed, format }) => ({ model: 'tts-1', input: text, voice, response_format: format, speed });

/** Who spoke, where, and whether it was kept from before. */
const factsOf = ({ headers }) => ({
  voice: headers.get('x-voxhelm-voice'),
  model: headers.get('x-voxhelm-model'),
  device: headers.get('x-voxhelm-device'),
  fallback: headers.get('x-voxhelm-fallback'),
  cache: headers.get('x-voxhelm-cache'),
  egress: headers.get('x-voxhelm-egress'),
});

/**
 * Say a text; pieces of raw PCM and timed words are given as they arrive.
 * @param {{text: string, voice: string, speed: number}} wish
 * @param {{onBytes: (bytes: Uint8Array) => void, onWord: (word: {word: string, start: number, end: number, offset: number}) => void}} ears
 * @param {AbortSignal} signal
 * @returns {Promise<{facts: object, cues: {text: string, start: number, end: number}[]}>} cues: subtitles of what was said
 */
export async function streamSpeech(wish, { onBytes, onWord }, signal) {
  const body = { ...speechBody({ ...wish, format: 'pcm' }), stream_format: 'sse', timestamp_granularities: ['word'], captions: 'json' };
  const response = await send('v1/audio/speech', json(body, signal));
  const facts = factsOf(response);
  let cues = [];
  const broken = 'The speech ended early: the connection to Voxhelm was lost. What came before is kept.';
  for await (const event of told(response, 'speech.audio.done', broken)) {
    if (event.type === 'speech.audio.delta') onBytes(bytesOf(event.audio));
    else if (event.type === 'speech.audio.word') onWord(event);
    else if (event.type === 'speech.audio.captions') ({ cues } = event.captions);
  }
  return { facts, cues };
}

/** Say a text as a whole file. @returns {Promise<Blob>} */
export async function speechFile(wish, signal) {
  return (await send('v1/audio/speech', json(speechBody(wish), signal))).blob();
}

/**
 * Hear a file. @param {File} file
 * @param {{onProgress: (heardSeconds: number, totalSeconds: number|null) => void, onSegment: (segment: object) => void}} ears
 * @param {AbortSignal} signal
 * @returns {Promise<{text: string, languages: string[], model: string|null, device: string|null, fallback: string|null}>}
 */
export async function transcribe(file, { onProgress, onSegment }, signal) {
  const form = new FormData();
  form.append('file', file, file.name);
  form.append('model', 'whisper-1');
  form.append('response_format', 'verbose_json');
  form.append('timestamp_granularities[]', 'segment');
  form.append('timestamp_granularities[]', 'word');
  form.append('stream', 'true');
  form.append('progress', 'true');
  const response = await send('v1/audio/transcriptions', { method: 'POST', body: form, signal });
  const { model, device, fallback } = factsOf(response);
  let all = null;
  for await (const event of told(response, 'transcript.text.done', 'The connection to Voxhelm was lost before the end.')) {
    if (event.type === 'transcript.progress') onProgress(event.heard_seconds, event.total_seconds);
    else if (event.type === 'transcript.segment') onSegment(event);
    else if (event.type === 'transcript.text.done') all = event;
  }
  return { text: all.text, languages: (all.languages ?? []).map(({ code }) => code), model, device, fallback };
}

/** A key of minutes for one conversation: it may be seen in more places than the key that it stands for. @returns {Promise<{value: string, expires_at: number}>} */
export async function mintSecret(manners) {
  return (await send('v1/realtime/client_secrets', json({ session: { type: 'realtime' } }), manners)).json();
}

/**
 * Call by WebRTC. @param {string} sdp the offer @param {object} session its settings
 * @param {Record<string, string>} query `resume` and `after` for a conversation that goes on
 * @returns {Promise<{id: string, sdp: string}>} the call's name, and the answer
 */
export async function callByWebRtc(sdp, session, query, manners) {
  const form = new FormData();
  form.append('sdp', new Blob([sdp], { type: 'application/sdp' }));
  form.append('session', new Blob([JSON.stringify(session)], { type: 'application/json' }));
  const response = await send(`v1/realtime/calls?${new URLSearchParams(query)}`, { method: 'POST', body: form }, manners);
  const id = response.headers.get('location')?.split('/').at(-1) ?? '';
  return { id, sdp: await response.text() };
}

/** End a call, even while the page goes away. @param {string} id */
export const hangUp = (id) => send(`v1/realtime/calls/${encodeURIComponent(id)}/hangup`, { method: 'POST', keepalive: true }, { ask: false });

/** Where WebRTC may find a way around what stands between. @returns {Promise<object[]>} none where the server offers none */
export async function iceServers() {
  try {
    return (await (await send('v1/realtime/ice_servers', {}, { ask: false })).json()).iceServers ?? [];
  } catch (error) {
    if (error.status === 404) return [];
    throw error;
  }
}

/**
 * Why a WebSocket was not let in: browsers do not tell, so the same is asked without one. @param {string} query of the address
 * @returns {Promise<ApiError>}
 */
export async function whyNoSocket(query) {
  const blocked = new ApiError('The connection for live speech could not be opened. A proxy between this page and Voxhelm may not let WebSockets through.', { code: 'no_socket' });
  try {
    await send(`v1/realtime?${query}`, { cache: 'no-store' }, { ask: false });
    return blocked;
  } catch (error) {
    return error.status === 426 ? blocked : error;
  }
}

const json = (body, signal) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });
