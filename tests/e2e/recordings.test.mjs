// recordings.test.mjs - what a client gets of a WAV an app plays (R9): its samples, one for one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { RealtimeAgent } from "@openai/agents-realtime";
import { RawCaller } from "./lib/raw.mjs";
import { connect, errors } from "./lib/sdk.mjs";
import { myna, ROOT } from "./lib/server.mjs";

const APP = `${ROOT}tests/scenarios/jukebox`;
const HEADER = 44;
const samples = (name) => readFileSync(`${APP}/sounds/${name}.wav`).subarray(HEADER);

let server;
before(async () => {
  server = await myna(["serve", APP, "--port", "0", "--upstream", "sim"]);
});
after(async () => assert.deepEqual(await server.stop(), { code: 0, signal: null }));

/** G.711's u-law, as ITU-T writes it. */
function ulaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32635) + 0x84;
  const exponent = 31 - Math.clz32(magnitude >> 7);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0xf)) & 0xff;
}

async function asks(caller, text) {
  caller.send({ type: "conversation.item.create", item: { type: "message", role: "user",
    content: [{ type: "input_text", text }] } });
  caller.send({ type: "response.create" });
}

/** The events of the recording, from its beginning to its end. */
async function recording(caller) {
  const created = await caller.events.next("response.created",
    (event) => event.response.conversation_id === null);
  await caller.events.next("response.done", (event) => event.response.id === created.response.id);
  const { id } = created.response;
  return caller.events.all.filter((event) => event.response_id === id || event.response?.id === id);
}

function heard(events) {
  return Buffer.concat(events.filter((event) => event.type === "response.output_audio.delta")
    .map((event) => Buffer.from(event.delta, "base64")));
}

test("R9 in the recording's own rate each sample is what stands in the file", async () => {
  const caller = await RawCaller.open(server.realtime("model=jukebox"));

  await asks(caller, "Say goodbye: end the call with the chime.");
  const events = await recording(caller);
  assert.ok(heard(events).equals(samples("chime")));
  assert.deepEqual([...new Set(events.map((event) => event.type))], ["response.created",
    "response.output_item.added", "response.content_part.added", "response.output_audio.delta",
    "response.output_audio.done", "response.content_part.done", "response.output_item.done",
    "response.done"]);
  assert.equal(new Set(events.map((event) => event.event_id)).size, events.length);
  await caller.close();
});

test("R9 a telephone gets it in its own format", async () => {
  const caller = await RawCaller.open(server.realtime("model=jukebox"));

  caller.send({ type: "session.update", session: { type: "realtime",
    audio: { output: { format: { type: "audio/pcmu" } } } } });
  await caller.events.next("session.updated");
  await asks(caller, "Play hold: let the caller hear music.");
  const file = samples("hold");
  const wanted = Buffer.alloc(file.length / 2);
  for (let i = 0; i < wanted.length; i++) wanted[i] = ulaw(file.readInt16LE(2 * i));
  assert.ok(heard(await recording(caller)).equals(wanted));
  await caller.close();
});

test("R9 the official SDK plays it", async () => {
  const { session, wire, heard: ear } = await connect(
    new RealtimeAgent({ name: "caller", instructions: "Not applied." }),
    server.realtime("model=jukebox"));

  session.sendMessage("Say goodbye: end the call with the chime.");
  await wire.next("response.done", (event) => event.response.conversation_id === null);
  const bytes = ear.all.filter((event) => event.type === "audio")
    .reduce((sum, event) => sum + event.bytes, 0);
  assert.ok(bytes >= samples("chime").length, `${bytes} bytes`);
  assert.deepEqual(errors(ear), []);
  session.close();
});

test("R9 one that asked in beta hears it in beta's events", async () => {
  const caller = await RawCaller.open(server.realtime("model=jukebox"), [], {
    headers: { "OpenAI-Beta": "realtime=v1" } });

  await asks(caller, "Say goodbye: end the call with the chime.");
  const done = await caller.events.next("response.audio.done");
  const audio = caller.events.all.filter((event) => event.type === "response.audio.delta" &&
    event.response_id === done.response_id);
  assert.ok(Buffer.concat(audio.map((event) => Buffer.from(event.delta, "base64")))
    .equals(samples("chime")));
  await caller.close();
});
