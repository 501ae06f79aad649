/** The client of Voxhelm's public API. Every call is same-origin; every failure is an `ApiError`. */

import { askForKey, keyHeader } from './key.js';

/** The page may be served under a prefix, so addresses are built from the document's own. */
export const baseUrl = new URL('./v1', document.baseURI).href;

/** Speech comes back as 16-bit mono at this rate when `pcm` is asked for. */
export const PCM_RATE_HZ = 24000;

/** A failure, in words for a person. */
export class ApiError extends Error {
  /** @param {string} message @param {{status?: number, code?: string|null, requestId?: string|null}} [facts] */
  constructor(message, { status = 0, code = null, requestId = null } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

/** Whether `error` only says that we ourselves gave up. */
export const isAbort = (error) => error instanceof DOMException && error.name === 'AbortError';

/** @param {string} path below the page's own address @param {RequestInit} [init] @returns {Promise<Response>} */
async function send(path, init = {}) {
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), { ...init, headers: { ...init.headers, ...keyHeader() } });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError('Voxhelm does not answer. Is it still running, and is this device still on its network?');
  }
  if (!response.ok) {
    const failure = await failureOf(response);
    if (failure.code === 'invalid_api_key' && (await askForKey(failure.message))) return send(path, init);
    throw failure;
  }
  return response;
}

/** @param {Response} response */
async function failureOf(response) {
  const requestId = response.headers.get('x-request-id');
  const { status } = response;
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
  const wait = Number(response.headers.get('retry-after'));
  if (wait > 0) message += ` Try again in ${Math.ceil(wait)} seconds.`;
  return new ApiError(message, { status, code, requestId });
}

/** @returns {Promise<object[]>} the voices, thousands perhaps */
export async function listVoices() {
  const body = await (await send('v1/audio/voices')).json();
  return body.voices ?? body.data ?? [];
}

/** @returns {Promise<object[]>} */
export async function listModels() {
  return (await (await send('v1/models')).json()).data ?? [];
}

/** @returns {Promise<'ready'|'waiting'|'away'>} */
export async function readiness() {
  try {
    await send('health/ready', { cache: 'no-store' });
    return 'ready';
  } catch (error) {
    return error.status === 503 ? 'waiting' : 'away';
  }
}

/**
 * What is asked of the speech endpoint, shared with the snippets so that they say the same.
 * @param {{text: string, voice: string, speed: number, format: string}} wish
 */
export const speechBody = ({ text, voice, speed, format }) => ({ model: 'tts-1', input: text, voice, response_format: format, speed });

/**
 * Say a text; pieces of raw PCM are given to `onBytes` as they arrive.
 * @param {{text: string, voice: string, speed: number}} wish
 * @param {(bytes: Uint8Array) => void} onBytes
 * @param {AbortSignal} signal
 * @returns {Promise<{voice: string|null, model: string|null}>} who spoke, when Voxhelm says it
 */
export async function streamSpeech(wish, onBytes, signal) {
  const body = { ...speechBody({ ...wish, format: 'pcm' }), stream_format: 'audio' };
  const response = await send('v1/audio/speech', json(body, signal));
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { voice: response.headers.get('x-voxhelm-voice'), model: response.headers.get('x-voxhelm-model') };
      onBytes(value);
    }
  } catch (error) {
    if (isAbort(error)) throw error;
    const requestId = response.headers.get('x-request-id');
    throw new ApiError('The speech ended early: the connection to Voxhelm was lost. What came before is kept.', { requestId });
  }
}

/** Say a text as a whole file. @returns {Promise<Blob>} */
export async function speechFile(wish, signal) {
  return (await send('v1/audio/speech', json(speechBody(wish), signal))).blob();
}

/**
 * Hear a file. @param {File} file @param {AbortSignal} signal
 * @returns {Promise<object>} OpenAI's verbose_json, with segments and words
 */
export async function transcribe(file, signal) {
  const form = new FormData();
  form.append('file', file, file.name);
  form.append('model', 'whisper-1');
  form.append('response_format', 'verbose_json');
  form.append('timestamp_granularities[]', 'segment');
  form.append('timestamp_granularities[]', 'word');
  return (await send('v1/audio/transcriptions', { method: 'POST', body: form, signal })).json();
}

const json = (body, signal) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });
