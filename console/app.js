/** Brings the parts of the console together. */
import { listModels, listVoices } from './api.js';
import { startDocs } from './docs.js';
import { HearPanel } from './hear.js';
import { ModelsPanel } from './models.js';
import { startReadiness } from './readiness.js';
import { SayPanel } from './say.js';
import { startTabs } from './tabs.js';
import { TalkPanel } from './talk.js';
import { startTheme } from './theme.js';

const at = (id) => document.getElementById(id);

const say = new SayPanel(at('say'));
const hear = new HearPanel(at('hear'));
const talk = new TalkPanel(at('talk'));
const models = new ModelsPanel(at('models'));
const showPanel = startTabs(at('tabs'), (panel) => {
  models.watch(panel === 'models');
  if (panel === 'hear') hear.redraw();
  if (panel === 'talk') talk.redraw();
});

hear.onAdd = () => showPanel('hear');
say.onHearThis = (file) => hear.add([file]);

// One thing sounds at a time.
say.onSound = () => { hear.quiet(); talk.quiet(); };
hear.onSound = () => { say.quiet(); talk.quiet(); };
talk.onSound = () => { say.quiet(); hear.quiet(); };

startTheme(at('theme'), () => { say.redraw(); hear.redraw(); });
startDocs(at('docs'), at('docs-open'));

// Each is shown when it is there; without it the panel still works, and the header says what is wrong.
const load = () => {
  const pickers = [say.voices, talk.voices];
  listVoices().then((voices) => pickers.forEach((picker) => picker.load(voices)), (error) => pickers.forEach((picker) => picker.fail(error)));
  listModels().then((list) => hear.describe(list), () => {});
};
load();
models.onInstalled = load;
startReadiness(at('readiness'), at('offline'), load);

// One press, one thing stopped: what is spoken first, then what is recorded, played or heard, then a reply.
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented) return;
  if (say.stop() || hear.stop() || talk.stop()) event.preventDefault();
});

if (matchMedia('(min-width: 821px) and (pointer: fine)').matches && !at('say').hidden) at('say-text').focus();
