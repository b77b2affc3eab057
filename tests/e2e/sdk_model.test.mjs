// sdk_model.test.mjs - the official SDK's own agents, with myna sim as their model.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RealtimeAgent, tool } from "@openai/agents-realtime";
import { z } from "zod";
import { connect, errors } from "./lib/sdk.mjs";
import { myna } from "./lib/server.mjs";

let sim;
before(async () => (sim = await myna(["sim", "--port", "0"])));
after(async () => assert.deepEqual(await sim.stop("SIGINT"), { code: 0, signal: null }));

const weather = tool({
  name: "get_weather",
  description: "Look up the weather in a city.",
  parameters: z.object({ city: z.string().describe("The city's name") }),
  execute: async ({ city }) => `It rains in ${city}.`,
});
const billing = new RealtimeAgent({
  name: "Billing",
  handoffDescription: "Answers questions about invoices and payments.",
  instructions: "You answer questions about invoices.",
});
const greeter = new RealtimeAgent({
  name: "Greeter",
  instructions: "You greet people.",
  tools: [weather],
  handoffs: [billing],
});

const MODEL = "gpt-realtime"; // the SDK says it in its session.update too; it cannot change
const open = (agent) => connect(agent, sim.realtime(`model=${MODEL}`), { model: MODEL });

function spoken(wire, test) {
  return wire.next("response.output_audio_transcript.done", (event) => test.test(event.transcript));
}

test("a text turn is answered in words and audio", async () => {
  const { session, wire, heard } = await open(greeter);

  session.sendMessage("Good morning!");
  await spoken(wire, /./);
  assert.ok((await heard.next("audio")).bytes > 0);
  await wire.next("response.done", (event) => event.response.status === "completed");
  assert.deepEqual(errors(heard), []);
  session.close();
});

test("a tool written in JavaScript is called, and its result is spoken", async () => {
  const { session, wire, heard } = await open(greeter);

  session.sendMessage("What is the weather in Paris?");
  assert.match((await heard.next("agent_tool_end")).result, /It rains in/);
  await spoken(wire, /rains/);
  assert.deepEqual(errors(heard), []);
  session.close();
});

test("a handoff between two agents is carried out", async () => {
  const { session, wire, heard } = await open(greeter);

  session.sendMessage("I have a question about invoices and payments.");
  const { from, to } = await heard.next("agent_handoff");
  assert.deepEqual({ from, to }, { from: "Greeter", to: "Billing" });
  await wire.next("session.updated", ({ session: s }) => /about invoices/.test(s.instructions));
  await spoken(wire, /./);
  assert.deepEqual(errors(heard), []);
  session.close();
});
