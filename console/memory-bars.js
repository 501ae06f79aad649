/** What the loaded models hold of each device, against what they may. */
import { bytesText, make } from './page.js';

export class MemoryBars {
  #place;
  #shown = '';

  /** @param {HTMLElement} place */
  constructor(place) { this.#place = place; }

  /** @param {object[]} models as the API lists them @param {Record<string, {labels: object, value: number}[]>|null} samples of the metrics */
  show(models, samples) {
    const bars = barsOf(models, samples);
    const key = JSON.stringify(bars);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#place.replaceChildren(...bars.map(barElement));
  }
}

/**
 * known: whether there is a budget can be told. @returns {{device: string, heldBytes: number, budgetBytes: number|null, known: boolean, parts: {id: string, bytes: number}[]}[]} the CPU last
 */
export function barsOf(models, samples) {
  const budgets = new Map((samples?.voxhelm_memory_budget_bytes ?? []).map(({ labels, value }) => [labels.device, value]));
  const devices = new Map([...budgets.keys(), 'cpu'].map((device) => [device, []]));
  for (const model of models) {
    if (model.state !== 'loaded') continue;
    for (const { device, bytes } of heldBy(model)) devices.set(device, [...(devices.get(device) ?? []), { id: model.id, bytes }]);
  }
  const order = (device) => (device === 'cpu' ? 1 : 0);
  return [...devices].sort(([a], [b]) => order(a) - order(b) || a.localeCompare(b)).map(([device, parts]) => ({
    device,
    heldBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    budgetBytes: budgets.get(device) ?? null,
    known: samples !== null,
    parts: parts.sort((a, b) => b.bytes - a.bytes),
  }));
}

function heldBy({ usage = [], device, resident_bytes: resident }) {
  const here = usage.filter(({ placed_on: place }) => place === device);
  const held = here.map(({ device: where, measured_bytes: measured, declared_bytes: declared }) => ({
    device: where, bytes: measured ?? declared,
  })).filter(({ bytes }) => bytes);
  return held.length || !resident ? held : [{ device: 'cpu', bytes: resident }];
}

/** Without a limit the bar is a gigabyte long, or as many doublings of it as are needed. */
function scaleFor(bytes) {
  let scale = 1e9;
  while (scale < bytes) scale *= 2;
  return scale;
}

function barElement({ device, heldBytes, budgetBytes, known, parts }) {
  const name = device === 'cpu' ? 'Memory of this machine' : `Card ${device}`;
  const held = heldBytes ? `${bytesText(heldBytes)} held` : 'Nothing held';
  const limit = known ? ', no limit set' : '';
  const words = budgetBytes === null ? `${held}${limit}` : `${held} of ${bytesText(budgetBytes)} allowed`;
  const whole = budgetBytes === null ? scaleFor(heldBytes) : Math.max(budgetBytes, heldBytes) || 1;
  const share = budgetBytes ? Math.round((100 * heldBytes) / budgetBytes) : null;
  const pieces = parts.map(({ id, bytes }, i) => {
    const piece = make('span', { class: 'piece', 'data-shade': i % 4, title: `${id}: ${bytesText(bytes)}` });
    piece.style.flexBasis = `${(100 * bytes) / whole}%`;
    return piece;
  });
  return make('div', { class: 'device', 'data-device': device, 'data-full': String(share !== null && share >= 90) },
    make('div', { class: 'device-head' }, make('strong', { text: name }), make('span', { text: words })),
    make('div', { class: 'bar', role: 'meter', 'aria-label': `${name}: ${words}`, 'aria-valuemin': 0, 'aria-valuemax': whole, 'aria-valuenow': heldBytes }, ...pieces),
    make('ul', { class: 'legend' }, ...parts.map(({ id, bytes }, i) => make('li', {}, make('span', { class: 'swatch', 'data-shade': i % 4 }), `${id} ${bytesText(bytes)}`))));
}
