/** Turns a file into peaks for its waveform, with the browser's own decoders. */
import { Peaks } from './peaks.js';
import { PcmTrack } from './pcm.js';

const LONGEST_SECONDS = 30 * 60;
const LARGEST_BYTES = 300 * 2 ** 20; // decoding holds the whole file in memory
const DRAWING_RATE_HZ = 8000;        // plenty for a hundred peaks a second
const PLAYING_RATE_HZ = 48000;

/** How long the browser thinks `file` is; null when it cannot tell (not playable here, or a recorder's webm). */
function toldSeconds(file) {
  return new Promise((resolve) => {
    const url = URL.createObjectURL(file);
    const element = new Audio();
    const finish = (seconds) => { URL.revokeObjectURL(url); resolve(seconds); };
    element.preload = 'metadata';
    element.addEventListener('loadedmetadata', () => finish(Number.isFinite(element.duration) ? element.duration : null), { once: true });
    element.addEventListener('error', () => finish(null), { once: true });
    element.src = url;
  });
}

/**
 * @param {File} file
 * @returns {Promise<{peaks: Peaks|null, playable: Blob, note: string}>} `playable` is the file itself, or a wav of it where the
 * file alone could not be sought in; without peaks the note says why
 */
export async function study(file) {
  const told = await toldSeconds(file);
  if (told > LONGEST_SECONDS) return { peaks: null, playable: file, note: 'Longer than 30 minutes: not drawn' };
  if (file.size > LARGEST_BYTES) return { peaks: null, playable: file, note: 'A large file: not drawn' };
  try {
    // A recorder's webm has no length and no index, so the browser cannot seek in it; a wav made of it can be.
    const rateHz = told === null ? PLAYING_RATE_HZ : DRAWING_RATE_HZ;
    const sound = await new OfflineAudioContext(1, 1, rateHz).decodeAudioData(await file.arrayBuffer());
    const samples = sound.getChannelData(0);
    const peaks = new Peaks(rateHz);
    peaks.append(samples, 1);
    return { peaks, playable: told === null ? wavOf(samples, rateHz) : file, note: '' };
  } catch {
    return { peaks: null, playable: file, note: 'This browser cannot play this kind of file' };
  }
}

function wavOf(samples, rateHz) {
  const track = new PcmTrack(rateHz);
  track.append(Int16Array.from(samples, (level) => Math.max(-1, Math.min(1, level)) * 32767));
  return track.toWav();
}
