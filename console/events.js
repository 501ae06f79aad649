/** Reads server-sent events: one JSON object for each `data:` line. Knows no page. */

/** @param {Response} response @returns {AsyncGenerator<object>} */
export async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      for (const line of lines) if (line.startsWith('data:')) yield JSON.parse(line.slice(5));
    }
  } finally {
    await reader.cancel(); // who reads no further wants no more sent
  }
}

/** @param {string} base64 @returns {Uint8Array} */
export function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** @param {Int16Array} samples @returns {string} little-endian, as every browser's machine keeps them */
export function base64Of(samples) {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return bytes.toBase64 ? bytes.toBase64() : btoa(String.fromCharCode(...bytes));
}
