/** How a conversation is wished to be: what is remembered of it, and what of it the server is told. */
import { recall, remember } from './memory.js';

export const TRANSPORTS = [
  { id: 'auto', name: 'Automatic', use: 'WebRTC, or a WebSocket where that does not get through.' },
  { id: 'webrtc', name: 'WebRTC', use: 'For weak networks. The server itself knows what you heard.' },
  { id: 'websocket', name: 'WebSocket', use: 'Goes wherever web pages go, and survives a change of network.' },
];

export const DETECTIONS = [
  { id: 'server_vad', name: 'After a silence', use: 'Half a second of it.' },
  { id: 'semantic_vad', name: 'By what you say', use: 'A pause for thought is waited for, and a “mm-hm” interrupts nothing.' },
  { id: 'push', name: 'Push to talk', use: 'Hold Space, or the button, while you speak.' },
];

export const EAGERNESS = [
  { id: 'auto', name: 'Automatic' },
  { id: 'low', name: 'Patient' },
  { id: 'medium', name: 'Balanced' },
  { id: 'high', name: 'Quick' },
];

const FIRST = { transport: 'auto', detection: 'server_vad', eagerness: 'auto', microphone: '' };
const KNOWN = { transport: TRANSPORTS, detection: DETECTIONS, eagerness: EAGERNESS };

/** @returns {{transport: string, detection: string, eagerness: string, microphone: string}} as it was chosen last */
export function recallChoices() {
  const kept = recall('talk', {});
  return Object.fromEntries(Object.entries(FIRST).map(([name, first]) => {
    const fits = typeof kept[name] === 'string' && (KNOWN[name]?.some(({ id }) => id === kept[name]) ?? true);
    return [name, fits ? kept[name] : first];
  }));
}

/** @param {ReturnType<typeof recallChoices>} choices */
export const rememberChoices = (choices) => remember('talk', choices);

/** How the end of a turn is found, as the API has it; null for push to talk. */
export function detectionOf({ detection, eagerness }) {
  if (detection === 'push') return null;
  return detection === 'semantic_vad' ? { type: 'semantic_vad', eagerness } : { type: 'server_vad' };
}

/** All of a session, as the API has it. @param {ReturnType<typeof recallChoices>} choices @param {string} voice */
export const sessionOf = (choices, voice) => ({
  type: 'realtime',
  output_modalities: ['audio'],
  audio: {
    input: { format: { type: 'audio/pcm', rate: 24000 }, transcription: { model: 'auto' }, turn_detection: detectionOf(choices) },
    output: { format: { type: 'audio/pcm', rate: 24000 }, voice },
  },
});
