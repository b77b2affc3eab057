// sockets.test.mjs - caller, server, model and records, each its own process: a whole conversation
// over real sockets.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { dental, myna } from "./lib/server.mjs";

let sim, practice;
before(async () => {
  sim = await myna(["sim", "--port", "0"]);
  practice = await dental(["--upstream", sim.realtime("").replace(/\?$/, "")]);
});
after(async () => {
  assert.deepEqual(await practice.stop(), { code: 0, signal: null });
  assert.deepEqual(await sim.stop("SIGINT"), { code: 0, signal: null });
});

function answer(caller, words) {
  return caller.events.next("response.output_audio_transcript.done",
    ({ transcript }) => words.test(transcript));
}

test("a greeting, a look-up, a handoff and a goodbye", async () => {
  const caller = await RawCaller.open(practice.server.realtime("model=dental&events=myna"));
  const noted = (note) => caller.events.next("myna.note", (event) => event.note === note);

  await answer(caller, /this is Lexi/);
  await caller.events.next("response.done");
  caller.say("Please find the patient Sam Latif, born 1980-05-01.");
  assert.equal((await noted("agent_tool_end")).tool, "find_patient");
  await answer(caller, /Sam/);
  caller.say("I have a question about an invoice, please put me through to billing.");
  assert.equal((await noted("agent_handoff")).to, "Billing");
  await answer(caller, /./);
  assert.deepEqual(caller.events.all.filter(({ type }) => type === "error"), []);
  await caller.close();
});

test("ten conversations at once", async () => {
  await Promise.all(Array.from({ length: 10 }, async () => {
    const caller = await RawCaller.open(practice.server.realtime("model=dental"));

    await answer(caller, /this is Lexi/);
    await caller.events.next("response.done");
    caller.say("Please find the patient Sam Latif, born 1980-05-01.");
    await answer(caller, /Sam/);
    await caller.close();
  }));
});

test("a model that dies takes its calls with it, and no others", async () => {
  const doomed = await myna(["sim", "--port", "0"]);
  const server = await dental(["--upstream", doomed.realtime("").replace(/\?$/, ""),
    "--reconnect-tries", "2", "--reconnect-pause", "20ms"]);
  const caller = await RawCaller.open(server.server.realtime("model=dental"));

  await answer(caller, /this is Lexi/);
  await doomed.stop("SIGKILL");
  await caller.events.next("error", ({ error }) => error.code === "upstream_lost");
  assert.deepEqual(await caller.closed, { code: 1011, reason: "upstream_lost" });
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});
