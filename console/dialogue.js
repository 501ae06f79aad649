/** A spoken conversation as a page shows it, made of the server's events. Knows no page, no network and no clock. */
import { wordsOf } from './timed-words.js';

const RATE_HZ = 24000;
const SAMPLE_BYTES = 2;

/**
 * @typedef {object} Entry what one side said
 * @property {string} id of its item
 * @property {'user'|'assistant'} role
 * @property {string} text all of it, as far as it came
 * @property {boolean} ended whether no more of it comes
 * @property {boolean} spoken whether it has sound
 * @property {import('./timed-words.js').Piece[]} pieces of the text, with the times of their sound
 * @property {number} soundMs how much sound of it has come, where sound comes in events
 * @property {string|null} kept what was heard of a reply that was cut short, in the server's words; null for one that was not
 * @property {number|null} cutMs where it was cut
 * @property {string} failure why its words are not there; empty when they are
 */

/** @typedef {{kind: string}} Wish what is to be done because of an event: `play`, `endPlay`, `hush`, `barge`, `retrieve`, `turnEnded`, `committed`, `sounds`, `silent`, `tell`, `fail` */

export class Dialogue {
  /** @type {Entry[]} in the order of the conversation */
  entries = [];

  /** As the server last told it. @type {object|null} */
  session = null;

  /** The reply that is being made. @type {string|null} */
  responseId = null;

  #hearing = null;    // the item of the utterance that goes on
  #awaited = false;   // whether a reply is due
  #orphan = null;     // an utterance that went on when the connection broke
  #responseOf = new Map();

  /** Where to take the conversation up after the connection was lost; null when the server does not offer it. */
  get resumption() {
    const { resume_token: token = null, resume_seconds: seconds = 0 } = this.session?.voxhelm ?? {};
    return { token, seconds };
  }

  /** @param {boolean} sounding whether a reply is heard at this moment @returns {'hearing'|'speaking'|'thinking'|'listening'} */
  phase(sounding) {
    if (this.#hearing) return 'hearing';
    if (sounding) return 'speaking';
    return this.#awaited || this.responseId ? 'thinking' : 'listening';
  }

  /** A reply was asked for: by a key that was let go, or in writing. */
  await() { this.#awaited = true; }

  /** The connection is there again. What was being said is an item by now, or is heard anew. */
  resumed() {
    this.#orphan = this.#hearing;
    this.#hearing = null;
  }

  /** @param {string} id @returns {Entry|undefined} */
  find(id) { return this.entries.find((entry) => entry.id === id); }

  /** Which reply an item belongs to. @param {string} itemId */
  responseOf(itemId) { return this.#responseOf.get(itemId) ?? null; }

  /** The conversation so far, as items for a server that has not heard it: of each reply what was heard. */
  history() {
    return this.entries
      .map(({ id, role, text, kept }) => ({ id, role, text: (kept ?? text).trim() }))
      .filter(({ text }) => text)
      .map(({ id, role, text }) => ({ id, type: 'message', role, content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }] }));
  }

  /** The connection is a new one, to a server that knows nothing of what was under way. What was said stays to be read. */
  restart() {
    this.session = null;
    this.responseId = null;
    this.#hearing = null;
    this.#orphan = null;
    this.#awaited = false;
    for (const entry of this.entries) entry.ended = true;
    this.entries = this.entries.filter(({ text, failure }) => text || failure);
  }

  /** @param {{type: string}} event from the server @returns {Wish[]} */
  take(event) { return TAKEN[event.type]?.(this, event) ?? []; }

  /** @returns {Entry} the entry of an item, made when there is none */
  entryOf(id, role) {
    let entry = this.find(id);
    if (!entry) {
      entry = { id, role, text: '', ended: false, spoken: true, pieces: [], soundMs: 0, kept: null, cutMs: null, failure: '' };
      this.entries.push(entry);
    }
    return entry;
  }

  /** @param {object} item @param {string|null|undefined} behind the item before it */
  place(item, behind) {
    if (item.type !== 'message' || item.role === 'system') return;
    const known = this.find(item.id);
    const entry = known ?? this.entryOf(item.id, item.role);
    const before = this.entries.findIndex(({ id }) => id === behind);
    if (!known && before >= 0 && before + 1 < this.entries.length) {
      this.entries.splice(before + 1, 0, this.entries.pop());
    }
    const text = textOf(item);
    if (text && !entry.text) entry.text = text;
    if (item.role === 'user' && item.content?.some(({ type }) => type === 'input_text')) Object.assign(entry, { spoken: false, ended: true });
  }

  remove(id) { this.entries = this.entries.filter((entry) => entry.id !== id); }

  /** The caller's voice begins. */
  heard(itemId) {
    if (this.#orphan) this.remove(this.#orphan);
    this.#orphan = null;
    this.#hearing = itemId;
    this.#awaited = false;
    this.entryOf(itemId, 'user');
  }

  /** An utterance is an item of the conversation. */
  committed(itemId) {
    if (this.#orphan === itemId) this.#orphan = null;
    this.entryOf(itemId, 'user');
  }

  /** The caller's voice is over. @param {boolean} awaited whether a reply is due now */
  paused(awaited) {
    this.#hearing = null;
    this.#awaited = awaited;
  }

  /** More of a reply's words. @param {{item_id: string, delta: string, start_ms?: number, end_ms?: number}} event @param {boolean} spoken */
  grow({ item_id: id, delta, start_ms: startMs, end_ms: endMs }, spoken) {
    const entry = this.entryOf(id, 'assistant');
    entry.spoken = spoken;
    // Where the server does not say when a piece sounds, it begins with the sound that comes next; without sound in events, after the last piece.
    const guessMs = entry.soundMs || wordsOf(entry).at(-1)?.endMs || 0;
    const from = entry.text.length;
    entry.text += delta;
    entry.pieces.push({ from, to: entry.text.length, startMs: startMs ?? guessMs, endMs: endMs ?? null });
  }

  /** @param {{id: string}} response that begins */
  began(response) {
    this.responseId = response.id;
    this.#awaited = false;
  }

  belongs(itemId, responseId) { this.#responseOf.set(itemId, responseId); }

  /** The reply is over, or was cut short. */
  over(response) {
    if (this.responseId === response.id) this.responseId = null;
    for (const entry of this.entries) if (this.#responseOf.get(entry.id) === response.id) entry.ended = true;
    for (const { id, text } of [...this.entries]) if (!text && this.#responseOf.get(id) === response.id) this.remove(id);
  }
}

/** What is written in an item, or said in it. */
const textOf = (item) => (item.content ?? []).map((part) => part.text ?? part.transcript ?? '').join('');

/** How to say what an `error` or a failed reply means. */
function failure(error) {
  if (error?.code === 'input_audio_buffer_commit_empty') return { message: 'Nothing was heard. Hold the key for as long as you speak.', code: error.code };
  return { message: error?.message ?? 'Voxhelm could not answer, and did not say why.', code: error?.code ?? null };
}

// What was cancelled a moment before it was over is no failure to tell anybody of.
const NO_HARM = new Set(['response_cancel_not_active']);

/** @type {Record<string, (dialogue: Dialogue, event: any) => Wish[]|void>} */
const TAKEN = {
  'session.created': (dialogue, { session }) => { dialogue.session = session; },
  'session.updated': (dialogue, { session }) => { dialogue.session = { ...dialogue.session, ...session }; },
  error: (_dialogue, { error }) => (NO_HARM.has(error.code) ? [] : [{ kind: 'fail', ...failure(error) }]),

  'input_audio_buffer.speech_started': (dialogue, { item_id: id }) => {
    dialogue.heard(id);
    return [{ kind: 'barge' }];
  },
  'input_audio_buffer.speech_stopped': (dialogue) => {
    dialogue.paused(true);
    return [{ kind: 'turnEnded' }];
  },
  'input_audio_buffer.committed': (dialogue, { item_id: id }) => {
    dialogue.committed(id);
    return [{ kind: 'committed' }];
  },
  'input_audio_buffer.cleared': (dialogue) => {
    dialogue.paused(false);
    for (const { id, role, text, ended } of [...dialogue.entries]) if (role === 'user' && !ended && !text) dialogue.remove(id);
  },
  'conversation.item.input_audio_transcription.delta': (dialogue, { item_id: id, delta }) => { dialogue.entryOf(id, 'user').text += delta; },
  'conversation.item.input_audio_transcription.completed': (dialogue, { item_id: id, transcript }) => {
    const entry = dialogue.entryOf(id, 'user');
    Object.assign(entry, { text: transcript.trim(), ended: true });
    if (entry.text) return [{ kind: 'tell', entry }];
    dialogue.remove(id); // a cough, a door
    if (!dialogue.responseId) dialogue.paused(false);
    return [];
  },
  'conversation.item.input_audio_transcription.failed': (dialogue, { item_id: id, error }) => {
    Object.assign(dialogue.entryOf(id, 'user'), { ended: true, failure: error?.message || 'This could not be written down.' });
    if (!dialogue.responseId) dialogue.paused(false);
  },

  'conversation.item.added': (dialogue, { item, previous_item_id: behind }) => dialogue.place(item, behind),
  'conversation.item.done': (dialogue, { item, previous_item_id: behind }) => dialogue.place(item, behind),
  'conversation.item.deleted': (dialogue, { item_id: id }) => dialogue.remove(id),
  'conversation.item.truncated': (dialogue, { item_id: id, audio_end_ms: cutMs }) => {
    const entry = dialogue.find(id);
    if (!entry) return [];
    Object.assign(entry, { cutMs, ended: true });
    // Until the server says which words were heard, those that had been said to their end.
    entry.kept ??= wordsOf(entry).filter(({ endMs }) => endMs <= cutMs).map(({ text }) => text).join('').trimEnd();
    return [{ kind: 'retrieve', itemId: id }];
  },
  'conversation.item.retrieved': (dialogue, { item }) => {
    const entry = dialogue.find(item.id);
    if (entry && entry.cutMs !== null) entry.kept = textOf(item).trim();
  },

  'response.created': (dialogue, { response }) => dialogue.began(response),
  'response.output_item.added': (dialogue, { item, response_id: responseId }) => {
    dialogue.belongs(item.id, responseId);
    dialogue.place(item, undefined);
  },
  'response.output_audio_transcript.delta': (dialogue, event) => dialogue.grow(event, true),
  'response.output_text.delta': (dialogue, event) => dialogue.grow(event, false),
  'response.output_audio.delta': (dialogue, { item_id: itemId, response_id: responseId, delta }) => {
    const entry = dialogue.entryOf(itemId, 'assistant');
    dialogue.belongs(itemId, responseId);
    entry.soundMs += (bytesIn(delta) / SAMPLE_BYTES / RATE_HZ) * 1000;
    return [{ kind: 'play', itemId, responseId, base64: delta }];
  },
  'response.output_audio.done': (_dialogue, { item_id: itemId }) => [{ kind: 'endPlay', itemId }],
  'response.done': (dialogue, { response }) => {
    const entries = dialogue.entries.filter(({ id, text }) => text && dialogue.responseOf(id) === response.id);
    dialogue.over(response);
    const wishes = response.status === 'completed' ? entries.map((entry) => ({ kind: 'tell', entry })) : [];
    if (response.status === 'cancelled') wishes.push({ kind: 'hush', responseId: response.id });
    if (response.status === 'failed') wishes.push({ kind: 'fail', ...failure(response.status_details?.error) });
    if (response.status === 'incomplete') wishes.push({ kind: 'fail', message: 'The reply was longer than it may be, and ends early.', code: null });
    return wishes;
  },
  'output_audio_buffer.started': (_dialogue, { response_id: responseId }) => [{ kind: 'sounds', responseId }],
  'output_audio_buffer.stopped': () => [{ kind: 'silent' }],
  'output_audio_buffer.cleared': () => [{ kind: 'silent' }],
};

/** How many bytes a text in base64 holds. */
const bytesIn = (base64) => (base64.length / 4) * 3 - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0);
