// beta.test.mjs - who still speaks the beta API, on either side, is served as it expects (R74).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/beta/realtime/ws";
import { certificate } from "./lib/cert.mjs";
import { RawCaller } from "./lib/raw.mjs";
import { dental, myna, ROOT } from "./lib/server.mjs";

// The official client dials wss:// only; that a certificate must be known is tls.test.mjs's matter.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const { flags, drop } = certificate();
const BETA = { headers: { "OpenAI-Beta": "realtime=v1" } };
const GA_NAMES =
  /"(response\.output_(audio|text)|conversation\.item\.(added|done)|output_modalities)/;

let practice;
before(async () => (practice = await dental(flags)));
after(async () => {
  assert.deepEqual(await practice.stop(), { code: 0, signal: null });
  drop();
});

/** All events from the client's first on, to the one that ends it. */
function talk(client, send, last) {
  return new Promise((resolve, reject) => {
    const seen = [];
    client.on("error", reject);
    client.socket.on("open", () => send.forEach((event) => client.send(event)));
    client.on("event", (event) => {
      seen.push(event);
      if (!last(event)) return;
      client.close();
      resolve(seen);
    });
  });
}

test("the official beta client talks to an agent", async () => {
  const openai = new OpenAI({ apiKey: "any", baseURL: `${practice.server.url}/v1` });
  const client = new OpenAIRealtimeWS({ model: "dental" }, openai);
  // The format changes before the greeting, or once it has been heard out: whichever comes later.
  const wanted = new Set(["session.updated", "conversation.item.created", "response.done"]);
  const seen = await talk(
    client,
    [
      { type: "session.update",
        session: { input_audio_format: "g711_ulaw", output_audio_format: "g711_ulaw" } },
      { type: "conversation.item.create",
        item: { type: "message", role: "user",
          content: [{ type: "input_text", text: "Good morning." }] } },
    ],
    (event) => wanted.delete(event.type) && wanted.size === 0,
  );
  const types = seen.map((event) => event.type);

  assert.deepEqual(types.slice(0, 2), ["session.created", "conversation.created"]);
  assert.equal(seen[0].session.input_audio_format, "pcm16");
  assert.deepEqual(seen[0].session.modalities, ["audio", "text"]);
  const updated = seen.findLast((event) => event.type === "session.updated");
  assert.equal(updated.session.output_audio_format, "g711_ulaw");
  assert.ok(types.includes("conversation.item.created"));
  assert.ok(types.includes("response.audio.delta"));
  assert.ok(types.includes("response.audio_transcript.done"));
  const done = seen.find((event) => event.type === "response.done");
  assert.equal(done.response.output[0].content[0].type, "audio");
  assert.ok(!GA_NAMES.test(JSON.stringify(seen)));
});

test("a browser asks for beta by a subprotocol", async () => {
  const url = practice.server.realtime("model=dental");
  const offers = ["realtime", "openai-insecure-api-key.any", "openai-beta.realtime-v1"];
  const caller = new RawCaller(url, offers, { origin: practice.server.url });

  assert.equal((await caller.events.next("session.created")).session.input_audio_format, "pcm16");
  assert.equal(caller.socket.protocol, "realtime");
  await caller.close();
});

test("a mistake in beta is told by the name it has in beta", async () => {
  const caller = await RawCaller.open(practice.server.realtime("model=dental"), [], BETA);

  const session = { turn_detection: { type: "x" } };
  caller.send({ type: "session.update", event_id: "mine", session });
  const { error } = await caller.events.next("error");
  assert.equal(error.param, "session.turn_detection.type");
  assert.equal(error.event_id, "mine");
  caller.send({ type: "session.update", session: { type: "realtime" } });
  assert.equal((await caller.events.next("error")).error.param, "session.type");
  await caller.close();
});

test("a GA caller reaches an agent on a model that speaks beta", async () => {
  const sim = await myna(["sim", "--port", "0"]);
  const model = sim.url.replace(/^http/, "ws");
  const behind = await dental(["--upstream", `${model}/v1/realtime`, "--upstream-dialect", "beta"]);

  try {
    const caller = await RawCaller.open(behind.server.realtime("model=dental"));
    const spoken = await caller.events.next("response.output_audio_transcript.done");
    assert.match(spoken.transcript, /Lexi/);
    await caller.events.next("response.done");
    caller.send({
      type: "conversation.item.create",
      item: { type: "message", role: "user",
        content: [{ type: "input_text", text: "Sam Latif, born on the first of May 1980." }] },
    });
    const { item } = await caller.events.next("conversation.item.added", (event) =>
      event.item.role === "user");
    await caller.events.next("conversation.item.done", (event) => event.item.id === item.id);
    caller.send({ type: "response.create" });
    await caller.events.next("response.output_audio.delta");
    const done = await caller.events.next("response.done");
    assert.equal(done.response.status, "completed");
    await caller.close();
  } finally {
    await behind.stop();
    await sim.stop("SIGINT");
  }
  assert.ok(!/event for the model was not taken|no event/.test(behind.server.output));
});

test("a picture is not shown to a model that speaks beta, and the tool reads why", async () => {
  const sim = await myna(["sim", "--port", "0"]);
  const model = sim.url.replace(/^http/, "ws");
  const server = await myna(["serve", `${ROOT}tests/scenarios/gallery`, "--port", "0",
    "--upstream", `${model}/v1/realtime`, "--upstream-dialect", "beta"]);

  try {
    const caller = await RawCaller.open(server.realtime("model=gallery"));
    const words = await caller.ask("Show plan: look at the plan of the floor named floor.");
    assert.match(words, /takes no pictures/);
    await caller.close();
  } finally {
    await server.stop();
    await sim.stop("SIGINT");
  }
});
