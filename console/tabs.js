/** Say, Hear, Talk and Models: one at a time, named in the address so that a reload and a bookmark lead back. */

/** @param {HTMLElement} bar @param {(panel: string) => void} onShow called with the panel that came into sight @returns {(panel: string) => void} shows a panel */
export function startTabs(bar, onShow) {
  const tabs = [...bar.querySelectorAll('[role="tab"]')];
  const panelOf = (tab) => document.getElementById(tab.dataset.panel);
  const named = () => tabs.find((tab) => `#${tab.dataset.panel}` === location.hash) ?? tabs[0];
  let current = null;

  const show = (chosen) => {
    if (chosen === current) return;
    current = chosen;
    for (const tab of tabs) {
      const here = tab === current;
      tab.setAttribute('aria-controls', tab.dataset.panel);
      tab.setAttribute('aria-selected', String(here));
      tab.tabIndex = here ? 0 : -1;
      panelOf(tab).hidden = !here;
    }
    onShow(current.dataset.panel);
  };
  const choose = (tab) => {
    history.replaceState(null, '', `#${tab.dataset.panel}`);
    show(tab);
  };

  for (const tab of tabs) tab.addEventListener('click', () => choose(tab));
  bar.addEventListener('keydown', (event) => {
    const to = { ArrowRight: tabs.indexOf(current) + 1, ArrowLeft: tabs.indexOf(current) - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(tabs[(to + tabs.length) % tabs.length]);
    current.focus();
  });
  addEventListener('hashchange', () => show(named()));
  show(named());
  return (panel) => {
    if (current.dataset.panel === panel) return;
    const lost = panelOf(current).contains(document.activeElement); // what was focused goes out of sight
    choose(tabs.find((tab) => tab.dataset.panel === panel));
    if (lost) current.focus();
  };
}
