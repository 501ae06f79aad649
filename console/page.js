/** Small moves on the page that several parts make. */

/** Make an element: `make('span', { class: 'dot', text: 'x' }, child, …)`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'text') element.textContent = value;
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** An icon of the sprite in index.html. */
export function icon(name, extra = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', `icon ${extra}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Change the icon, and the words if given, of a button that has both. */
export function dress(button, iconName, words) {
  button.querySelector('use').setAttribute('href', `#i-${iconName}`);
  if (words !== undefined) button.querySelector('span').textContent = words;
}

/**
 * Show `error` in its place near the control concerned, or clear it with null. Where waiting is the cure, the seconds are counted down and
 * `again`, if given, can be pressed.
 * @param {HTMLElement} place @param {Error|null} error @param {(() => void)|null} [again]
 */
export function showProblem(place, error, again = null) {
  clearInterval(Number(place.dataset.timer));
  place.replaceChildren();
  place.hidden = !error;
  if (!error) return;
  place.append(make('span', { text: error.message }));
  if (error.retrySeconds) place.append(countdown(place, error.retrySeconds));
  if (again) {
    const button = make('button', { type: 'button', class: 'button quiet small', text: 'Try again' });
    button.addEventListener('click', again);
    place.append(button);
  }
  if (error.requestId) place.append(make('small', { text: `Request ${error.requestId}` }));
}

function countdown(place, seconds) {
  const dueMs = performance.now() + 1000 * seconds;
  const words = make('b', { 'aria-live': 'off' });
  const tell = () => {
    const left = Math.ceil((dueMs - performance.now()) / 1000);
    words.textContent = left > 0 ? `Try again in ${left} s.` : 'It is worth another try now.';
    if (left <= 0) clearInterval(Number(place.dataset.timer));
  };
  place.dataset.timer = setInterval(tell, 500);
  tell();
  return words;
}

/** Whether to close a sheet: a press elsewhere, or Escape in it. @param {HTMLDetailsElement} details */
export function closesByItself(details) {
  document.addEventListener('pointerdown', (event) => { if (!details.contains(event.target)) details.open = false; });
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector('summary').focus();
  });
}

/** `1536` -> `1.5 KB`; the units that people read on their disks. */
export function bytesText(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Let the browser save `blob` as `name`. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = make('a', { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser reads it after this turn of the loop
}

/** Copy `text`, and say so on the button for a moment. */
export async function copy(text, button) {
  const done = await toClipboard(text);
  const label = button.querySelector('span') ?? button;
  label.dataset.words ??= label.textContent;
  label.textContent = done ? 'Copied' : 'Not copied';
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = setTimeout(() => { label.textContent = label.dataset.words; }, 1600);
}

async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http on a LAN address has no clipboard API; the old way still works there.
    const area = make('textarea', { 'aria-hidden': 'true', class: 'sprite', tabindex: '-1' });
    area.value = text;
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    before?.focus({ preventScroll: true });
    return done;
  }
}

/** `63.4` -> `1:03`, with hours when there are any. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${String(m).padStart(2, '0')}:${String(s).padStart(2, '0')}` : `${m}:${String(s).padStart(2, '0')}`;
}

/** A length of time as people say it: `84 ms`, `3.2 s`, `4 min 10 s`. */
export function span(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
