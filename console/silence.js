/** A stream that says nothing: for a call by somebody who types. */

/** @returns {{stream: MediaStream, stop: () => void}} */
export function silentStream() {
  const context = new AudioContext();
  const { stream } = context.createMediaStreamDestination();
  return { stream, stop: () => context.close() };
}
