// interrupt.test.mjs - Ctrl-C in the middle of things: the process ends clean, and soon.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { dental, myna, ROOT } from "./lib/server.mjs";

test("Ctrl-C while the agent speaks ends the server clean", async () => {
  const practice = await dental();
  const caller = await RawCaller.open(practice.server.realtime("model=dental"));

  await caller.events.next("response.output_audio.delta");
  assert.deepEqual(await practice.stop(), { code: 0, signal: null });
  await caller.closed;
});

test("Ctrl-C while a tool waits for its answer ends the server clean", async () => {
  const server = await myna(["serve", `${ROOT}agents/dental`, "--port", "0"], {
    CLINIC_URL: "http://192.0.2.1:81", // RFC 5737: an address where nobody answers
  });
  const caller = await RawCaller.open(server.realtime("model=dental&events=myna"));

  await caller.events.next("response.done");
  caller.say("Find the patient Sam Latif, born 1980-05-01.");
  await caller.events.next("myna.note", (event) => event.note === "agent_tool_start");
  assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
  await caller.closed;
});

test("Ctrl-C with a caller gone mid-call ends the server clean", async () => {
  const practice = await dental();
  const caller = await RawCaller.open(practice.server.realtime("model=dental"));

  caller.socket.terminate();
  await caller.closed;
  assert.deepEqual(await practice.stop(), { code: 0, signal: null });
});

test("Ctrl-C with nobody calling ends the simulator clean", async () => {
  const sim = await myna(["sim", "--port", "0"]);

  assert.deepEqual(await sim.stop("SIGINT"), { code: 0, signal: null });
});
