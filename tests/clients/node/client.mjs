// Asks a server with OpenAI's official client for Node and prints what came, as one line of JSON.
// Arguments: the folder with node_modules, the base URL without /v1, a recording, a text, a folder to leave sound in, and a longer recording.

import { createReadStream, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, url, clip, text, folder, sample] = process.argv.slice(2);
const entry = createRequire(join(modules, "here.js")).resolve("openai");
const { default: OpenAI, toFile, ...errors } = await import(pathToFileURL(entry).href);

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "not-needed", maxRetries: 0 });
const bare = new OpenAI({ baseURL: url, apiKey: "not-needed", maxRetries: 0 });
const FORMATS = ["mp3", "opus", "aac", "flac", "wav", "pcm"];

async function speech(audioFormat) {
  const answer = await client.audio.speech.create({ model: "gpt-4o-mini-tts", voice: "ash", input: text, response_format: audioFormat });
  const path = join(folder, `speech.${audioFormat}`);
  await writeFile(path, Buffer.from(await answer.arrayBuffer()));
  return { path, type: answer.headers.get("content-type"), status: answer.status };
}

async function pieces() {
  const answer = await client.audio.speech.create({ model: "tts-1", voice: { id: "en-us" }, input: text.repeat(50), response_format: "pcm" });
  let count = 0;
  let bytes = 0;
  for await (const piece of answer.body) {
    count += 1;
    bytes += piece.length;
    if (bytes > 96_000) break;
  }
  return { count, bytes };
}

async function spokenEvents() {
  const answer = await client.audio.speech.create({
    model: "gpt-4o-mini-tts", voice: "ash", input: text, response_format: "mp3", stream_format: "sse",
  });
  const events = (await answer.text()).split("\n\n").filter(Boolean).map((line) => JSON.parse(line.replace(/^data: /, "")));
  const path = join(folder, "events.mp3");
  const deltas = events.filter((event) => event.type === "speech.audio.delta");
  await writeFile(path, Buffer.concat(deltas.map((event) => Buffer.from(event.audio, "base64"))));
  return { path, deltas: deltas.length, last: events.at(-1) };
}

async function heardEvents() {
  const stream = await client.audio.transcriptions.create({ file: createReadStream(clip), model: "gpt-4o-transcribe", stream: true });
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

async function failure(call) {
  try {
    await call();
    return { name: "none" };
  } catch (error) {
    const name = Object.keys(errors).find((key) => key.endsWith("Error") && error.constructor === errors[key]);
    return { name, status: error.status, code: error.code, param: error.param, type: error.type, message: error.message, id: error.requestID };
  }
}

async function left() {
  const controller = new AbortController();
  const answer = await client.audio.speech.create(
    { model: "tts-1", voice: "alloy", input: text.repeat(200), response_format: "pcm" },
    { signal: controller.signal },
  );
  try {
    for await (const _ of answer.body) controller.abort();
    return "ended";
  } catch (error) {
    return error.name;
  }
}

async function cloned() {
  const recording = await toFile(readFileSync(sample), basename(sample), { type: "audio/wav" });
  const consent = await client.audio.voiceConsents.create({ name: "Anna", language: "en-US", recording });
  const listed = [];
  for await (const one of client.audio.voiceConsents.list()) listed.push(one.id);
  const voice = await client.audio.voices.create({ name: "Anna", consent: consent.id, audio_sample: recording });
  return {
    consent,
    listed,
    voice,
    spoken: (await client.audio.speech.create({ model: "auto", voice: { id: voice.id }, input: text })).status,
    voiceDeleted: await client.audio.voices.delete(voice.id),
    consentDeleted: await client.audio.voiceConsents.delete(consent.id),
  };
}

const transcribe = (options) => client.audio.transcriptions.create({ file: createReadStream(clip), model: "whisper-1", ...options });
const found = {
  formats: Object.fromEntries(await Promise.all(FORMATS.map(async (one) => [one, await speech(one)]))),
  pieces: await pieces(),
  spokenEvents: await spokenEvents(),
  json: await transcribe({ language: "en", prompt: "Trains.", temperature: 0 }),
  text: await transcribe({ response_format: "text" }),
  srt: await transcribe({ response_format: "srt" }),
  vtt: await transcribe({ response_format: "vtt" }),
  verbose: await transcribe({ response_format: "verbose_json", timestamp_granularities: ["word", "segment"] }),
  uploaded: await client.audio.transcriptions.create({ file: await toFile(readFileSync(clip), basename(clip)), model: "gpt-transcribe" }),
  sure: await transcribe({ model: "gpt-transcribe", include: ["logprobs"], languages: ["en", "de"], keywords: ["train"], chunking_strategy: "auto" }),
  heardEvents: await heardEvents(),
  models: (await client.models.list()).data.map((model) => model.id),
  model: await client.models.retrieve("espeak-ng"),
  bare: (await bare.models.list()).data.length,
  errors: {
    voice: await failure(() => client.audio.speech.create({ model: "tts-1", voice: "alloyy", input: "Hi." })),
    model: await failure(() => client.audio.speech.create({ model: "tts-9x", voice: "alloy", input: "Hi." })),
    file: await failure(async () => client.audio.transcriptions.create({ model: "whisper-1", file: await toFile(Buffer.from("no"), "a.wav") })),
    long: await failure(() => client.audio.speech.create({ model: "tts-1", voice: "alloy", input: "x".repeat(200_000) })),
  },
  left: await left(),
  cloned: await cloned(),
};
console.log(JSON.stringify(found));
