// Converses with a server through OpenAI's agents library, over a WebSocket, and prints what came as one line of JSON.
// Arguments: the folder with node_modules, the address of the realtime API, and a folder with what is said, as 24 kHz WAV files.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, url, said] = process.argv.slice(2);
const require = createRequire(join(modules, "here.js"));
const library = require.resolve("@openai/agents-realtime").replace(/index\.js$/, "");
const { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } = await import(pathToFileURL(`${library}index.mjs`).href);
// What the library makes of an event: it sees only those that its schemas let through.
const { parseRealtimeEvent } = await import(pathToFileURL(`${library}openaiRealtimeEvents.mjs`).href);

const HEADER_BYTES = 44;
const TICK_MS = 20;
const TICK_BYTES = TICK_MS * 48;
const PATIENCE_MS = 30_000;

// A microphone that is never off: what is said, and silence around it.
class Microphone {
  constructor(session) {
    this.waiting = Buffer.alloc(0);
    this.timer = setInterval(() => {
      const piece = Buffer.alloc(TICK_BYTES);
      this.waiting.copy(piece);
      this.waiting = this.waiting.subarray(TICK_BYTES);
      session.sendAudio(piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.length));
    }, TICK_MS);
  }

  say(name) {
    this.waiting = Buffer.concat([this.waiting, readFileSync(join(said, `${name}.wav`)).subarray(HEADER_BYTES)]);
  }

  off() {
    clearInterval(this.timer);
  }
}

const events = [];
const unknown = new Set();
const errors = [];
const interruptions = [];
let sounds = [];

function until(condition, what) {
  return new Promise((resolve, reject) => {
    const began = Date.now();
    const timer = setInterval(() => {
      if (condition()) {
        clearInterval(timer);
        resolve();
      } else if (Date.now() - began > PATIENCE_MS) {
        clearInterval(timer);
        reject(new Error(`${what}: ${events.map((event) => event.type).join(" ")}; errors ${JSON.stringify(errors)}`));
      }
    }, 10);
  });
}

const count = (type) => events.filter((event) => event.type === type).length;
const transcripts = (history) =>
  history.map((item) => [item.type, item.role ?? item.name, (item.content ?? []).map((part) => part.transcript ?? part.text).join("")]);

const weather = tool({
  name: "get_weather",
  description: "How the weather is.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: true },
  strict: false,
  execute: async ({ city }) => `sunny in ${city}`,
});
const agent = new RealtimeAgent({ name: "Host", instructions: "Be brief.", voice: "marin", tools: [weather] });
const transport = new OpenAIRealtimeWebSocket({ url: `${url}?model=gpt-realtime-2.1` });
const session = new RealtimeSession(agent, { transport, model: "gpt-realtime-2.1" });
transport.on("*", (event) => {
  events.push(event);
  if (parseRealtimeEvent({ data: JSON.stringify(event) }).isGeneric) unknown.add(event.type);
});
session.on("error", (error) => errors.push(error));
session.on("audio", (event) => sounds.push(event.data.byteLength));
session.on("audio_interrupted", () => interruptions.push({ bytes: sounds.reduce((sum, bytes) => sum + bytes, 0) }));

// One turn: from what is said to the end of the reply to it.
async function turn(name) {
  const replies = count("response.done");
  microphone.say(name);
  await until(() => count("response.done") > replies, name);
}

await session.connect({ apiKey: "not-needed" });
await until(() => count("session.updated") >= 1, "session.updated");
const microphone = new Microphone(session);

await turn("hello");
await until(() => transcripts(session.history).some(([, role, text]) => role === "user" && text), "what was heard, in the history");
const afterHello = transcripts(session.history);

// Interrupted in the middle of a story.
sounds = [];
microphone.say("story");
await until(() => sounds.length > 0, "the story");
const began = Date.now();
await until(() => Date.now() - began > 800 && sounds.reduce((sum, bytes) => sum + bytes, 0) > 60_000, "0.8 s of the story");
const replies = count("response.done");
microphone.say("stop");
await until(() => count("conversation.item.truncated") === 1, "truncated");
const truncated = events.find((event) => event.type === "conversation.item.truncated");
await until(() => events.some((event) => event.type === "conversation.item.retrieved" && event.item.id === truncated.item_id), "retrieved");
await until(() => count("response.done") >= replies + 2, "the reply to the interruption");
const afterStory = transcripts(session.history);

await turn("weather");
await until(() => JSON.stringify(session.history).includes("sunny in Sofia today"), "what the function gave");
const afterWeather = transcripts(session.history);
const call = session.history.find((item) => item.type === "function_call");

session.sendMessage("hello");
const written = count("response.done");
await until(() => count("response.done") > written, "an answer to what was written");

const first = session.history[0].itemId;
session.updateHistory((history) => history.filter((item) => item.itemId !== first));
await until(() => count("conversation.item.deleted") === 1, "deleted");
await until(() => session.history.every((item) => item.itemId !== first), "the history without it");

microphone.off();
session.close();
await until(() => transport.status === "disconnected", "the end");
process.stdout.write(
  JSON.stringify({
    events,
    unknown: [...unknown],
    errors,
    interruptions,
    afterHello,
    afterStory,
    afterWeather,
    call,
    usage: session.usage,
    truncatedId: truncated.item_id,
  }),
  () => process.exit(0),
);
