/** The API key, for servers that ask for one: asked for once, kept until the tab is closed, and sent nowhere but to this server. */

const PLACE = 'voxhelm.key';
let asking = null;

/** @returns {Record<string, string>} the header that shows the key; empty while there is none */
export function keyHeader() {
  const key = sessionStorage.getItem(PLACE);
  return key ? { authorization: `Bearer ${key}` } : {};
}

/**
 * Ask for a key; everything that is refused meanwhile waits for the same answer.
 * @param {string} why what the server said
 * @returns {Promise<boolean>} whether there is a key to try now
 */
export function askForKey(why) {
  asking ??= ask(why).finally(() => { asking = null; });
  return asking;
}

function ask(why) {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', 'API key');
  const told = document.createElement('p');
  told.textContent = why;
  const field = document.createElement('input');
  Object.assign(field, { type: 'password', autocomplete: 'off', ariaLabel: 'API key', id: 'api-key' });
  const use = document.createElement('button');
  Object.assign(use, { type: 'button', textContent: 'Use this key' });
  dialog.append(told, field, use);
  document.body.append(dialog);
  return new Promise((resolve) => {
    const take = () => {
      if (!field.value.trim()) return;
      sessionStorage.setItem(PLACE, field.value.trim());
      dialog.close();
    };
    use.addEventListener('click', take);
    field.addEventListener('keydown', (event) => { if (event.key === 'Enter') take(); });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(field.value.trim() !== '' && sessionStorage.getItem(PLACE) === field.value.trim());
    });
    dialog.showModal();
  });
}
