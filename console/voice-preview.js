/** Lets a voice say a sentence in its own language. What was made once is kept until the page is left. */
import { isAbort, speechFile } from './api.js';
import { languageName } from './voices.js';

const SENTENCES = {
  bg: 'Добър ден. Така звучи този глас.',
  cs: 'Dobrý den. Takhle zní tento hlas.',
  de: 'Guten Tag. So klingt diese Stimme.',
  el: 'Καλημέρα. Έτσι ακούγεται αυτή η φωνή.',
  en: 'Good morning. This is how this voice sounds.',
  es: 'Buenos días. Así suena esta voz.',
  fr: 'Bonjour. Voici comment sonne cette voix.',
  it: 'Buongiorno. Questa voce suona così.',
  ja: 'こんにちは。これがこの声です。',
  nl: 'Goedemorgen. Zo klinkt deze stem.',
  pl: 'Dzień dobry. Tak brzmi ten głos.',
  pt: 'Bom dia. É assim que soa esta voz.',
  ro: 'Bună ziua. Așa sună această voce.',
  ru: 'Добрый день. Так звучит этот голос.',
  sr: 'Добар дан. Овако звучи овај глас.',
  tr: 'Günaydın. Bu ses böyle duyuluyor.',
  uk: 'Добрий день. Так звучить цей голос.',
  zh: '你好。这个声音听起来是这样的。',
};

/** What a voice says of itself; in a language that we have no sentence for, the name of that language. @param {{languages: string[], name?: string, id: string}} voice */
export function sentenceFor({ languages, name, id }) {
  const [tag] = languages;
  const primary = tag?.split('-')[0];
  if (!tag) return SENTENCES.en;
  if (SENTENCES[primary]) return SENTENCES[primary];
  try {
    const own = new Intl.DisplayNames([tag], { type: 'language', fallback: 'none' }).of(primary);
    if (own) return `${own}.`;
  } catch {
    // Not a tag that the browser understands: the name of the voice is in its language, or close to it.
  }
  return name ?? languageName(tag) ?? id;
}

export class VoicePreview {
  #element = new Audio();
  #kept = new Map();   // voice id -> address of its sound
  #abort = null;

  /** The voice that is sounding or being made; null when none is. */
  voiceId = null;

  /** @type {''|'making'|'sounding'} */
  state = '';

  /** Called when `voiceId` or `state` changed. */
  onChange = () => {};

  constructor() {
    for (const kind of ['ended', 'error']) this.#element.addEventListener(kind, () => { if (this.state === 'sounding') this.#become(null, ''); });
  }

  /** @param {object} voice @throws {Error} in words for a person */
  async play(voice) {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#become(voice.id, 'making');
    try {
      if (!this.#kept.has(voice.id)) {
        const wish = { text: sentenceFor(voice), voice: voice.id, speed: 1, format: 'wav' };
        this.#kept.set(voice.id, URL.createObjectURL(await speechFile(wish, abort.signal)));
      }
      abort.signal.throwIfAborted();
      this.#element.src = this.#kept.get(voice.id);
      this.#become(voice.id, 'sounding');
      await this.#element.play();
    } catch (error) {
      if (isAbort(error) || abort.signal.aborted) return;
      this.#become(null, '');
      throw error;
    }
  }

  stop() {
    this.#abort?.abort();
    this.#element.pause();
    if (this.voiceId !== null) this.#become(null, '');
  }

  #become(voiceId, state) {
    [this.voiceId, this.state] = [voiceId, state];
    this.onChange();
  }
}
