// openai.test.mjs - the official openai client against myna sim: what is beside a session, and one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { certificate } from "./lib/cert.mjs";
import { myna } from "./lib/server.mjs";

// The client dials wss:// only; that a certificate must be known is tls.test.mjs's matter.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const { flags, drop } = certificate();
let sim, client;
before(async () => {
  sim = await myna(["sim", "--port", "0", "--key", "any", ...flags]);
  client = new OpenAI({ apiKey: "sk-any", baseURL: `${sim.url}/v1`, maxRetries: 0 });
});
after(async () => {
  assert.deepEqual(await sim.stop("SIGINT"), { code: 0, signal: null });
  drop();
});

const weather = {
  type: "function",
  name: "get_weather",
  description: "Look up the weather in a city.",
  parameters: {
    type: "object",
    properties: { city: { type: "string", description: "The city's name" } },
    required: ["city"],
  },
  strict: false,
};

test("models are listed", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.ok(ids.includes("gpt-realtime"));
});

test("a response is made, whole and as a stream", async () => {
  const ask = { model: "gpt-5-mini", input: "Good morning!" };
  const response = await client.responses.create(ask);
  assert.equal(response.status, "completed");
  assert.match(response.output_text, /./);
  let text = "";
  for await (const event of await client.responses.create({ ...ask, stream: true }))
    if (event.type === "response.output_text.delta") text += event.delta;
  assert.equal(text, response.output_text);
});

test("a response calls a function and speaks its result", async () => {
  const input = [{ role: "user", content: "What is the weather in Paris?" }];
  const ask = { model: "gpt-5-mini", input, tools: [weather] };
  const [call] = (await client.responses.create(ask)).output;
  assert.equal(call.name, "get_weather");
  assert.match(JSON.parse(call.arguments).city, /Paris/);
  input.push(call, { type: "function_call_output", call_id: call.call_id, output: "It rains." });
  assert.match((await client.responses.create(ask)).output_text, /rains/);
});

test("a moderation flags what it knows", async () => {
  const { results } = await client.moderations.create({ input: "I will kill you." });
  assert.equal(results[0].flagged, true);
});

/** Sends events once the session is there, and returns all that come up to one of a type. */
function talk(realtime, events, last) {
  return new Promise((resolve, reject) => {
    const seen = [];
    realtime.on("error", reject);
    realtime.on("event", (event) => {
      seen.push(event);
      if (event.type === "session.created") events.forEach((one) => realtime.send(one));
      if (event.type !== last) return;
      realtime.close();
      resolve(seen);
    });
  });
}

test("a client secret dials the session it was made for", async () => {
  const secret = await client.realtime.clientSecrets.create({
    session: { type: "realtime", model: "gpt-realtime", instructions: "Hum." },
  });
  assert.match(secret.value, /^ek_/);
  const browser = new OpenAI({ apiKey: secret.value, baseURL: `${sim.url}/v1` });
  const realtime = new OpenAIRealtimeWS({ model: "gpt-realtime" }, browser);
  const [created] = await talk(realtime, [], "session.created");
  assert.equal(created.session.instructions, "Hum.");
});

test("a session speaks", async () => {
  const realtime = new OpenAIRealtimeWS({ model: "gpt-realtime" }, client);
  const response = { output_modalities: ["audio"] };
  const seen = await talk(realtime, [{ type: "response.create", response }], "response.done");
  assert.equal(seen.at(-1).response.status, "completed");
  assert.ok(seen.some((event) => event.type === "response.output_audio.delta"));
});

test("a call is offered, heard by its sideband, and hung up", async () => {
  const made = await fetch(`${sim.url}/v1/realtime/calls`, {
    method: "POST",
    headers: { authorization: "Bearer any", "content-type": "application/sdp" },
    body: "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n",
  });
  assert.equal(made.status, 201);
  const id = made.headers.get("location").split("/").pop();
  assert.match(id, /^rtc_/);
  await client.realtime.calls.accept(id, { type: "realtime", instructions: "Hum." });
  const [created] = await talk(
    new OpenAIRealtimeWS({ callID: id }, client), [], "session.created");
  assert.equal(created.session.instructions, "Hum.");
  await client.realtime.calls.refer(id, { target_uri: "tel:+4412" });
  await client.realtime.calls.hangup(id);
  await assert.rejects(client.realtime.calls.hangup(id), /No call/);
});

test("without a key there is no answer", async () => {
  assert.equal((await fetch(`${sim.url}/v1/models`)).status, 401);
});
