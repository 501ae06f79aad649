/** The same request as the page's, for a terminal or a program. */
import { baseUrl, speechBody } from './api.js';

const FILE = (format) => `speech.${format === 'opus' ? 'ogg' : format}`;

/** A word for a POSIX shell. */
const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** @param {{text: string, voice: string, speed: number, format: string}} wish */
export function speechCurl(wish) {
  return [
    `curl ${baseUrl}/audio/speech \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d ${shell(JSON.stringify(speechBody(wish)))} \\`,
    `  -o ${FILE(wish.format)}`,
  ].join('\n');
}

/** @param {{text: string, voice: string, speed: number, format: string}} wish */
export function speechPython(wish) {
  // A JSON string, and a JSON number, is also a Python literal.
  const fields = Object.entries(speechBody(wish)).map(([name, value]) => `    ${name}=${JSON.stringify(value)},`);
  return [
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key="any")`,
    'with client.audio.speech.with_streaming_response.create(',
    ...fields,
    ') as response:',
    `    response.stream_to_file(${JSON.stringify(FILE(wish.format))})`,
  ].join('\n');
}

export const transcribeCurl = () => [
  `curl ${baseUrl}/audio/transcriptions \\`,
  '  -F file=@recording.wav \\',
  '  -F model=whisper-1 \\',
  '  -F response_format=srt',
].join('\n');
