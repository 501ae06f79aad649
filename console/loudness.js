/** How loud sound is. */

export const SILENT_DECIBELS = -120;

/** @param {Float32Array} samples full scale ±1 @returns {number} of full scale, -120 for nothing */
export function decibelsOf(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.max(SILENT_DECIBELS, 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12));
}

/** 0 to 1, evenly spread over what people hear (-60 dB to full scale). @param {number} decibels */
export const levelOf = (decibels) => Math.min(1, Math.max(0, 1 + decibels / 60));
