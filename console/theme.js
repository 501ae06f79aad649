/** Light and dark: the system's choice until the person makes their own. */
import { remember } from './memory.js';

const system = matchMedia('(prefers-color-scheme: dark)');

export const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';

/** @param {HTMLButtonElement} button @param {() => void} onChange called after colours changed, for what is drawn on canvas */
export function startTheme(button, onChange) {
  const show = () => {
    const other = isDark() ? 'light' : 'dark';
    button.setAttribute('aria-label', `Use the ${other} theme`);
    button.title = `Use the ${other} theme`;
    button.querySelector('use').setAttribute('href', other === 'dark' ? '#i-moon' : '#i-sun');
    onChange();
  };
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    remember('theme', theme);
    show();
  });
  system.addEventListener('change', show);
  show();
}
