/** What can be written into a text to be spoken: a sheet of snippets that go where the cursor is. */
import { closesByItself, make } from './page.js';

/** `|` stands where the cursor goes, with what was selected. */
const PLAIN = [
  { name: 'Pause', code: '[pause:1s]|' },
  { name: 'Another voice, from here on', code: '[voice:en]|' },
  { name: 'Back to the chosen voice', code: '[voice:auto]|' },
];
const SSML = [
  { name: 'Pause', code: '<break time="500ms"/>|' },
  { name: 'Read as something else', code: '<sub alias="doctor">|Dr.</sub>' },
  { name: 'Letter by letter', code: '<say-as interpret-as="characters">|ABC</say-as>' },
  { name: 'A date', code: '<say-as interpret-as="date" format="dmy">|1.2.2026</say-as>' },
  { name: 'An ordinal', code: '<say-as interpret-as="ordinal">|3</say-as>' },
  { name: 'Slower or faster', code: '<prosody rate="slow">|text</prosody>' },
  { name: 'Louder or softer', code: '<prosody volume="soft">|text</prosody>' },
  { name: 'In its sounds (IPA)', code: '<phoneme alphabet="ipa" ph="təˈmɑːtəʊ">|tomato</phoneme>' },
  { name: 'In another language', code: '<lang xml:lang="bg">|Добър ден</lang>' },
  { name: 'With another voice', code: '<voice name="en">|text</voice>' },
  { name: 'A paragraph, a sentence', code: '<p><s>|text</s></p>' },
];
const IS_SSML = /^\s*(<\?xml[^>]*\?>\s*)?<speak[\s/>]/;

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/**
 * The text with a snippet in it. @param {{text: string, from: number, to: number}} field what is there, and what is selected
 * @param {string} code @param {boolean} ssml whether the snippet is SSML, which the whole text then becomes
 * @returns {{text: string, from: number, to: number}} and what is to be selected then
 */
export function withSnippet({ text, from, to }, code, ssml) {
  let [before, chosen, behind] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  if (ssml && !IS_SSML.test(text)) {
    before = `<speak>${escaped(before)}`;
    chosen = escaped(chosen);
    behind = `${escaped(behind)}</speak>`;
  } else if (ssml) {
    // Outside of <speak> it would be no SSML: it goes to the nearest place inside.
    const open = text.indexOf('>', text.indexOf('<speak')) + 1;
    const close = text.lastIndexOf('</speak>');
    const last = close < 0 ? text.length : close;
    const [first, second] = [Math.min(Math.max(from, open), last), Math.min(Math.max(to, open), last)];
    [before, chosen, behind] = [text.slice(0, first), text.slice(first, second), text.slice(second)];
  }
  const [head, tail] = code.split('|');
  const example = /^[^<[]*/.exec(tail)[0];
  const kept = chosen || example;
  const ends = tail.slice(example.length);
  // What stands alone follows what was selected, and keeps it.
  const lead = example ? head : `${chosen}${head}`;
  const inner = example ? kept : '';
  const start = before.length + lead.length;
  return { text: `${before}${lead}${inner}${ends}${behind}`, from: start, to: start + inner.length };
}

/** @param {HTMLDetailsElement} details @param {HTMLElement} sheet @param {HTMLTextAreaElement} field */
export function startMarkup(details, sheet, field) {
  const row = ({ name, code }, ssml) => {
    const button = make('button', { type: 'button', class: 'snippet' }, make('span', { text: name }), make('code', { text: code.replace('|', '') }));
    button.addEventListener('click', () => {
      const next = withSnippet({ text: field.value, from: field.selectionStart, to: field.selectionEnd }, code, ssml);
      details.open = false;
      field.focus();
      // As if it were typed, so that the browser's own undo takes it back.
      field.select();
      if (!document.execCommand('insertText', false, next.text)) field.value = next.text;
      field.setSelectionRange(next.from, next.to);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    return button;
  };
  sheet.append(
    make('h2', { text: 'In plain text' }), ...PLAIN.map((one) => row(one, false)),
    make('h2', { text: 'In SSML' }), make('p', { class: 'hint', text: 'The first one puts <speak> around the whole text.' }), ...SSML.map((one) => row(one, true)));
  closesByItself(details);
}
