/** The sound of a stream, in frames of 20 ms with the time at which each ended. */
import { decibelsOf } from './loudness.js';

/** @typedef {{samples: Float32Array, rateHz: number, decibels: number, endMs: number}} Frame endMs: on `performance.now()`'s clock */

/**
 * @param {AudioContext} context @param {MediaStream} stream @param {(frame: Frame) => void} onFrame
 * @returns {Promise<() => void>} ends it
 */
export async function startFrames(context, stream, onFrame) {
  await context.audioWorklet.addModule(new URL('./microphone-worklet.js', import.meta.url));
  const source = context.createMediaStreamSource(stream);
  const frames = new AudioWorkletNode(context, 'frames', { channelCount: 1, channelCountMode: 'explicit' });
  frames.port.onmessage = ({ data: { samples, endSeconds } }) => {
    const endMs = performance.now() - 1000 * Math.max(0, context.currentTime - endSeconds);
    onFrame({ samples, rateHz: context.sampleRate, decibels: decibelsOf(samples), endMs });
  };
  source.connect(frames).connect(context.destination); // gives silence, and is rendered because of it
  return () => {
    frames.port.onmessage = null;
    source.disconnect();
    frames.disconnect();
  };
}
