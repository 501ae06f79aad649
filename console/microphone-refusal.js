/** Why the microphone cannot be had, in words that say what to do. */

/**
 * @param {Error} error as the browser gave it
 * @param {{again: string, instead: string}} task what to do once it is there, and what works without it
 */
export function refusalOf(error, { again, instead }) {
  const words = {
    NotAllowedError: `The browser did not give the microphone to this page. Allow it in the address bar, then ${again} again, or ${instead} instead.`,
    SecurityError: `The browser does not allow the microphone on this page. You can ${instead} instead.`,
    NotFoundError: `No microphone was found. Connect one, or ${instead} instead.`,
    OverconstrainedError: `No microphone was found. Connect one, or ${instead} instead.`,
    NotReadableError: `The microphone is in use by another program. Close that one, then ${again} again, or ${instead} instead.`,
    AbortError: 'The microphone stopped answering. Try again.',
  };
  return new Error(words[error.name] ?? `The microphone could not be opened: ${error.message}`);
}

/** The page was not opened in a way in which browsers give microphones to pages. @param {string} rest what works all the same */
export const insecure = (rest) => new Error(
  `Browsers give the microphone only to secure pages. Open Voxhelm over https, or as http://localhost on the machine it runs on. ${rest}`);

/** Whether browsers would give a microphone to this page at all. */
export const mayHaveMicrophone = () => isSecureContext && Boolean(navigator.mediaDevices);
