/** The sheet that says how to use Voxhelm from elsewhere. */
import { baseUrl } from './api.js';
import { copy } from './page.js';
import { speechPython, transcribeCurl } from './snippets.js';

/** @param {HTMLDialogElement} dialog @param {HTMLButtonElement} opener */
export function startDocs(dialog, opener) {
  const part = (id) => dialog.querySelector(`#${id}`);
  part('docs-base').textContent = baseUrl;
  part('docs-speak').textContent = speechPython({ text: 'Good morning.', voice: 'auto', speed: 1, format: 'mp3' });
  part('docs-hear').textContent = transcribeCurl();
  opener.addEventListener('click', () => dialog.showModal());
  part('docs-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); }); // the backdrop
  dialog.addEventListener('keydown', (event) => event.stopPropagation()); // Escape closes this and stops nothing else
  for (const button of dialog.querySelectorAll('[data-copy-from]')) {
    button.addEventListener('click', () => copy(part(button.dataset.copyFrom).textContent, button));
  }
}
