/** The API key, for servers that ask for one: asked for once, kept until the tab is closed, and sent nowhere but to this server. */
import { make } from './page.js';

const PLACE = 'voxhelm.key';
let asking = null;
let declined = false;
let tried = null;

/** @returns {Record<string, string>} the header that shows the key; empty while there is none */
export function keyHeader() {
  const key = sessionStorage.getItem(PLACE);
  return key ? { authorization: `Bearer ${key}` } : {};
}

/**
 * Ask for a key; everything that is refused meanwhile waits for the same answer.
 * @param {boolean} pressed whether somebody did something for it: who closed the question is not asked again by what happens by itself
 * @returns {Promise<boolean>} whether there is a key to try now
 */
export function askForKey(pressed) {
  if (declined && !pressed) return Promise.resolve(false);
  asking ??= ask().then((given) => { declined = !given; return given; }).finally(() => { asking = null; });
  return asking;
}

function ask() {
  const field = make('input', { type: 'password', autocomplete: 'off', id: 'api-key', class: 'field' });
  const wrong = tried !== null && tried === sessionStorage.getItem(PLACE);
  const form = make('form', { class: 'key-form' },
    make('h2', { text: wrong ? 'That key is not known here' : 'This server asks for a key', id: 'key-title' }),
    make('p', { text: wrong ? 'Check it, or ask whoever runs this server for another.' : 'Ask whoever runs this server for one: voxhelm keys create makes it.' }),
    make('label', { for: 'api-key', text: 'API key' }),
    field,
    make('p', { class: 'hint', text: 'Kept in this tab until it is closed, and sent to this server only.' }),
    make('div', { class: 'actions' },
      make('button', { type: 'submit', class: 'button primary', text: 'Use this key' }),
      make('button', { type: 'button', class: 'button quiet', text: 'Not now' })));
  const dialog = make('dialog', { 'aria-labelledby': 'key-title', class: 'key-dialog' }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    form.querySelector('.quiet').addEventListener('click', () => dialog.close());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const key = field.value.trim();
      if (!key) { field.focus(); return; }
      sessionStorage.setItem(PLACE, key);
      tried = key;
      dialog.close('given');
    });
    dialog.addEventListener('keydown', (event) => event.stopPropagation()); // Escape closes this and stops nothing else
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'given');
    });
    dialog.showModal();
  });
}
