/** On a narrow screen one panel shows at a time; on a wide one both do and there are no tabs. */

const narrow = matchMedia('(max-width: 820px)');

/** @returns {(panel: string) => void} shows a panel, where only one fits */
export function startTabs(bar) {
  const tabs = [...bar.querySelectorAll('button')];
  const panelOf = (tab) => document.getElementById(tab.dataset.panel);
  let current = tabs[0];

  const show = () => {
    if (narrow.matches) bar.setAttribute('role', 'tablist');
    else bar.removeAttribute('role');
    for (const tab of tabs) {
      const here = tab === current;
      const panel = panelOf(tab);
      tab.setAttribute('role', 'tab');
      tab.setAttribute('aria-controls', panel.id);
      tab.setAttribute('aria-selected', String(here));
      tab.tabIndex = here ? 0 : -1;
      panel.dataset.away = String(narrow.matches && !here);
      if (narrow.matches) panel.setAttribute('role', 'tabpanel');
      else panel.removeAttribute('role');
    }
  };
  const choose = (tab) => { current = tab; show(); };

  for (const tab of tabs) tab.addEventListener('click', () => choose(tab));
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length]);
    current.focus();
  });
  narrow.addEventListener('change', show);
  show();
  return (panel) => {
    choose(tabs.find((tab) => tab.dataset.panel === panel));
    if (narrow.matches) current.focus(); // what was focused may be out of sight now
  };
}
