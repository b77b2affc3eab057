// cutting_in.test.mjs - over real sockets: how soon after the model's word that the caller speaks
// the last sample reaches them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { performance } from "node:perf_hooks";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const FRAME_MS = 20;
const ROUNDS = 10;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A call that is set up; gives both its ends. */
async function call(server, fake) {
  let ready;
  const begun = new Promise((resolve) => (ready = resolve));
  fake.plan(async (peer) => {
    await peer.begin();
    ready(peer);
  });
  const caller = await RawCaller.open(server.realtime("model=plain"));
  return { caller, peer: await begun };
}

test("R30 no sample follows the model's speech_started by more than a frame", async (t) => {
  const fake = await upstream();
  const server = await myna(["serve", `${ROOT}tests/e2e/apps/plain`, "--port", "0", "--upstream",
    fake.url], { OPENAI_API_KEY: "sk-test-0123456789abcdef" });
  const late = [];

  for (let round = 0; round < ROUNDS; round++) {
    let last = 0;
    const { caller, peer } = await call(server, fake);
    caller.socket.on("message", (bytes) => {
      if (bytes.includes("response.output_audio.delta")) last = performance.now();
    });
    const answer = peer.respond({ type: "message", role: "assistant", content: [] });
    for (let ms = 0; ms < 10000; ms += FRAME_MS) answer.audio(FRAME_MS);
    await sleep(300 + round * 7);
    assert.ok(last > 0, "nothing was heard");
    const spoke = performance.now();
    peer.send({ type: "input_audio_buffer.speech_started", event_id: "e", audio_start_ms: 0,
      item_id: "item_u" });
    await caller.events.next("input_audio_buffer.speech_started");
    await sleep(60);
    late.push(Math.max(0, last - spoke));
    await caller.close();
  }
  late.sort((a, b) => a - b);
  t.diagnostic(`last sample after speech_started: median ${late[ROUNDS / 2].toFixed(1)} ms, ` +
    `worst ${late.at(-1).toFixed(1)} ms`);
  assert.ok(late[ROUNDS / 2] <= FRAME_MS, `median ${late[ROUNDS / 2]} ms`);
  await server.stop("SIGINT");
  await fake.stop();
});
