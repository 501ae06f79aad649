/** The Models panel: what is installed and loaded, what it takes and how busy it is, as it changes; load, unload, install, remove. */
import { isAbort, listModels, loadModel, metricsText, unloadModel } from './api.js';
import { MemoryBars } from './memory-bars.js';
import { samplesOf } from './metrics.js';
import { ModelRow } from './model-row.js';
import { showProblem } from './page.js';
import { Pulls } from './pulls.js';
import { VoiceQuality } from './voice-quality.js';

const EVERY_MS = 2_000;
const WANTED = ['voxhelm_queue_depth', 'voxhelm_queue_in_flight', 'voxhelm_memory_budget_bytes', 'voxhelm_memory_reserved_bytes'];
const ORDER = ['speech', 'transcription', 'voice-activity', 'diarization', 'turn'];

export class ModelsPanel {
  #part;
  #memory; #pulls; #quality;
  #rows = new Map(); // id -> ModelRow
  #watched = false;
  #timer = 0;
  #looking = null;
  #mayReadMetrics = true;

  /** Called when models were installed or removed. */
  onInstalled = () => {};

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#part = (id) => panel.querySelector(`#${id}`);
    this.#memory = new MemoryBars(this.#part('memory'));
    this.#pulls = new Pulls(this.#part('pull'));
    this.#pulls.onInstalled = () => this.#changed();
    this.#quality = new VoiceQuality(panel);
    document.addEventListener('visibilitychange', () => this.#look());
  }

  /** Look every two seconds while the panel is in sight. @param {boolean} watched */
  watch(watched) {
    this.#watched = watched;
    this.#mayReadMetrics = true;
    this.#look({ ask: true });
    if (watched) this.#quality.look();
  }

  #changed() {
    this.onInstalled();
    this.#look();
  }

  /** @param {{ask: boolean}} [manners] whether to ask for a key */
  #look(manners = { ask: false }) {
    clearTimeout(this.#timer);
    if (!this.#watched || document.hidden) return;
    this.#looking ??= this.#read(manners).finally(() => {
      this.#looking = null;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#look(), EVERY_MS);
    });
  }

  async #read(manners) {
    try {
      const [models, samples] = await Promise.all([listModels(manners), this.#samples()]);
      showProblem(this.#part('models-problem'), null);
      this.#show(models, samples);
    } catch (error) {
      // The list stays as it was last seen.
      showProblem(this.#part('models-problem'), error.unreachable ? null : error); // the strip above says that nobody answers
    }
  }

  /** Null when this key may not read them. */
  async #samples() {
    if (!this.#mayReadMetrics) return null;
    try {
      return samplesOf(await metricsText(), WANTED);
    } catch (error) {
      if (error.status !== 401 && error.status !== 403) throw error;
      this.#mayReadMetrics = false;
      return null;
    }
  }

  #show(models, samples) {
    const installed = models.filter(({ owned_by: engine }) => engine !== 'voxhelm');
    installed.sort((a, b) => ORDER.indexOf(a.capability) - ORDER.indexOf(b.capability) || a.id.localeCompare(b.id));
    const names = models.filter(({ owned_by: engine }) => engine === 'voxhelm').map(({ id }) => id);
    const number = (name, id) => samples?.[name].find(({ labels }) => labels.model === id)?.value ?? 0;
    this.#memory.show(installed, samples);
    const ids = new Set(installed.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (ids.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    installed.forEach((model, at) => {
      if (!this.#rows.has(model.id)) this.#rows.set(model.id, this.#row(model.id));
      const row = this.#rows.get(model.id);
      if (this.#part('model-list').children[at] !== row.element) this.#part('model-list').insertBefore(row.element, this.#part('model-list').children[at] ?? null);
      row.show(model, samples && { waiting: number('voxhelm_queue_depth', model.id), inFlight: number('voxhelm_queue_in_flight', model.id) });
    });
    const metrics = samples ? '' : ' How many requests wait is not shown: this key may not read the metrics.';
    const known = installed.length ? `Names that stand for the best that is installed: ${names.join(', ')}.` : 'No model is installed yet. Pull one above.';
    const note = `${known}${metrics}`;
    if (this.#part('models-note').textContent !== note) this.#part('models-note').textContent = note;
  }

  #row(id) {
    const row = new ModelRow(id);
    row.onLoad = (signal) => this.#done(() => loadModel(id, signal));
    row.onUnload = () => this.#done(() => unloadModel(id));
    row.onRemoved = () => this.#changed();
    return row;
  }

  /** Do something that takes a while, and look while it happens. */
  async #done(act) {
    const going = act();
    setTimeout(() => this.#look(), 150); // by then the state says "loading"
    try {
      await going;
    } catch (error) {
      if (!isAbort(error)) throw error;
    } finally {
      this.#look();
    }
  }
}
