/** Brings the parts of the console together. */
import { listModels, listVoices } from './api.js';
import { startDocs } from './docs.js';
import { HearPanel } from './hear.js';
import { startReadiness } from './readiness.js';
import { SayPanel } from './say.js';
import { startTabs } from './tabs.js';
import { startTheme } from './theme.js';

const at = (id) => document.getElementById(id);

const say = new SayPanel(at('say'));
const hear = new HearPanel(at('hear'));
const showPanel = startTabs(at('tabs'));

say.onHearThis = (file) => {
  showPanel('hear');
  hear.add([file]);
};

// One thing sounds at a time.
say.onSound = () => hear.quiet();
hear.onSound = () => say.quiet();

startTheme(at('theme'), () => { say.redraw(); hear.redraw(); });
startDocs(at('docs'), at('docs-open'));
startReadiness(at('readiness'));

// One press, one thing stopped: what is spoken first, then what is recorded, played or heard.
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented) return;
  if (say.stop() || hear.stop()) event.preventDefault();
});

if (matchMedia('(min-width: 821px) and (pointer: fine)').matches) at('say-text').focus();

// Each is shown when it is there; without it the panel still works, and the dot in the header says what is wrong.
listVoices().then((voices) => say.voices.load(voices), (error) => say.voices.fail(error));
listModels().then((models) => hear.describe(models), () => {});
