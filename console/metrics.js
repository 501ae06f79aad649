/** Reads Prometheus' text format, as far as the console needs it. No page, no network. */

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/**
 * @param {string} text @param {string[]} names the metrics that are wanted
 * @returns {Record<string, {labels: Record<string, string>, value: number}[]>} the samples of each
 */
export function samplesOf(text, names) {
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (!name || !Object.hasOwn(samples, name)) continue;
    const read = Object.fromEntries([...labels.matchAll(LABEL)].map(([, label, text_]) => [label, text_.replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter))]));
    samples[name].push({ labels: read, value: Number(value) });
  }
  return samples;
}
