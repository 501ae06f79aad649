// Converses with a server through the realtime socket of OpenAI's official client for Node, and prints what came as one line of JSON.
// Arguments: the folder with node_modules, the base URL without /v1, which must be https, and a recording of 24 kHz as WAV.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, url, clip] = process.argv.slice(2);
const require = createRequire(join(modules, "here.js"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { default: OpenAI } = await load("openai");
const { OpenAIRealtimeWS } = await load("openai/realtime/ws");

const HEADER_BYTES = 44;
const PIECE_BYTES = 4_800;
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "not-needed" });
const realtime = new OpenAIRealtimeWS({ model: "gpt-realtime" }, client);
const events = [];
const errors = [];

await new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`in vain: ${events.map((event) => event.type)}`)), 30_000);
  realtime.on("event", (event) => events.push(event));
  realtime.on("error", (error) => errors.push(error.message));
  realtime.on("session.created", () => {
    const input = { transcription: { model: "whisper-1" } };
    realtime.send({ type: "session.update", session: { type: "realtime", audio: { input } } });
    const sound = readFileSync(clip).subarray(HEADER_BYTES);
    for (let start = 0; start < sound.length; start += PIECE_BYTES) {
      const audio = sound.subarray(start, start + PIECE_BYTES).toString("base64");
      realtime.send({ type: "input_audio_buffer.append", audio });
    }
  });
  realtime.on("response.done", () => {
    clearTimeout(timer);
    realtime.close();
    resolve();
  });
});
process.stdout.write(JSON.stringify({ events, errors }), () => process.exit(0));
