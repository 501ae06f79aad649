/** Order in a long list of voices: groups by language, and a quick search. No page, no network. */

/** The choice that leaves the voice to Voxhelm. */
export const AUTOMATIC = Object.freeze({ id: 'auto', name: 'Automatic', languages: [], kind: 'automatic' });

const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** `en-gb` -> `British English` */
export const languageName = (() => {
  const known = new Map();
  const display = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });
  return (tag) => {
    if (!known.has(tag)) {
      let name = tag;
      try {
        name = display.of(tag) ?? tag;
      } catch {
        // Not a well-formed tag: the tag itself is the best name there is.
      }
      known.set(tag, name);
    }
    return known.get(tag);
  };
})();

const primary = (tag) => tag.split('-')[0];

/**
 * What a voice is called, and what is said beside it.
 * @param {object} voice @returns {{name: string, aside: string}}
 */
export function describeVoice({ id, name, languages, gender, kind }) {
  if (kind === 'logical') {
    // Its id is the name the operator gave it, often just a language; its name is that of the voice behind it.
    const called = languages.map(primary).includes(id) ? languageName(id) : id;
    return { name: called, aside: name && name !== called ? name : id };
  }
  const called = name ?? id;
  const words = [languages[0] && languageName(languages[0]), gender].filter(Boolean).join(', ');
  return { name: called, aside: words === called ? id : words };
}

export class VoiceIndex {
  #entries;

  /** @param {object[]} voices as the API lists them @param {readonly string[]} preferred the reader's own languages */
  constructor(voices, preferred) {
    this.voices = voices;
    this.configured = voices.filter((voice) => voice.kind === 'logical');
    this.openai = voices.filter((voice) => voice.kind === 'openai');
    this.languages = groupByLanguage(voices.filter((voice) => voice.kind === 'engine'), preferred.map(primary));
    this.#entries = null;
  }

  /** @param {string} query words, all of which must occur @returns {object[]} the best first */
  search(query) {
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const found = [];
    for (const entry of this.#all()) {
      const rank = rankOf(entry, words);
      if (rank >= 0) found.push({ voice: entry.voice, rank });
    }
    found.sort((a, b) => a.rank - b.rank); // stable: equals keep the server's order
    const byId = new Map(); // asking for an id reaches the first voice of it only
    for (const { voice } of found) if (!byId.has(voice.id)) byId.set(voice.id, voice);
    return [...byId.values()];
  }

  find(id) { return this.voices.find((voice) => voice.id === id); }

  #all() {
    this.#entries ??= this.voices.map((voice) => {
      const languages = voice.languages.map((tag) => `${tag} ${languageName(tag)}`).join(' ');
      return {
        voice,
        name: fold(describeVoice(voice).name),
        id: fold(voice.id),
        all: fold([voice.name, voice.id, languages, voice.gender, voice.model].filter(Boolean).join(' ')),
      };
    });
    return this.#entries;
  }
}

const KIND_RANK = { logical: 0, openai: 2, engine: 1 };

/** Lower is better; -1 when a word is missing. */
function rankOf({ voice, name, id, all }, words) {
  for (const word of words) if (!all.includes(word)) return -1;
  const [first] = words;
  if (id === first || name === first) return KIND_RANK[voice.kind] ?? 1;
  if (name.startsWith(first)) return 4 + (KIND_RANK[voice.kind] ?? 1);
  const starts = all.startsWith(first) || all.includes(` ${first}`);
  return (starts ? 8 : 12) + (KIND_RANK[voice.kind] ?? 1);
}

/** Browsers do not know every language; the engine's own name for its voice is then the best there is. */
function groupName(tag, voice) {
  if (tag === 'und') return 'Other';
  const known = languageName(tag);
  return known === tag ? voice.name ?? tag : known;
}

/** @returns {{tag: string, name: string, voices: object[]}[]} the reader's languages first, then by name */
function groupByLanguage(voices, preferred) {
  const groups = new Map();
  for (const voice of voices) {
    const tag = primary(voice.languages[0] ?? 'und');
    if (!groups.has(tag)) groups.set(tag, { tag, name: groupName(tag, voice), voices: [] });
    groups.get(tag).voices.push(voice);
  }
  const order = (tag) => (preferred.includes(tag) ? preferred.indexOf(tag) : preferred.length);
  return [...groups.values()].sort((a, b) => order(a.tag) - order(b.tag) || a.name.localeCompare(b.name));
}
