/** What this browser remembers between visits: a few choices, never a text or a recording. */

/** @param {string} name @param {unknown} fallback */
export function recall(name, fallback) {
  try {
    const text = localStorage.getItem(`voxhelm.${name}`);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback; // storage is closed (private window) or was written by something else
  }
}

/** @param {string} name @param {unknown} value */
export function remember(name, value) {
  try {
    localStorage.setItem(`voxhelm.${name}`, JSON.stringify(value));
  } catch {
    // Storage is closed or full: the choice lasts as long as the page.
  }
}
