// workers_frames.test.mjs - a worker killed in the middle of calls delays nobody else's frames.
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";
import { dial, pids, serve } from "./lib/workers.mjs";

const PLAIN = `${ROOT}tests/e2e/apps/plain`;
const CALLS = 16;
const FRAME_MS = 20;
const WINDOW_MS = 3000;

/** How long frames took from the model to their callers, in ms. */
function figures(delays) {
  const sorted = [...delays].sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { n: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) };
}

const shown = ({ n, p50, p99, max }) =>
  `${n} frames, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${max.toFixed(2)} ms`;

test("the others' frames are not delayed past 20 ms", async (t) => {
  const fake = await upstream();
  const server = await serve(2, [PLAIN, "--upstream", fake.url]);
  const callers = [], peers = [];

  for (let i = 0; i < CALLS || new Set(callers.map((c) => c.worker)).size < 2; i++) {
    fake.plan(async (peer) => {
      peers.push(peer);
      await peer.begin();
    });
    callers.push(await dial(server));
  }
  const victim = callers[0].worker;
  let delays = [];
  for (const caller of callers) {
    if (caller.worker === victim) continue;
    caller.socket.on("message", (bytes) => {
      const event = JSON.parse(bytes.toString());
      if (event.type === "x.stamp") delays.push(performance.now() - event.at);
    });
  }
  const speaking = setInterval(() => {
    for (const peer of peers) peer.send({ type: "x.stamp", at: performance.now() });
  }, FRAME_MS);

  await sleep(500);
  delays = [];
  await sleep(WINDOW_MS);
  const quiet = figures(delays);
  delays = [];
  const from = server.output.length, killed = Date.now();
  process.kill(pids(server).get(victim), "SIGKILL");
  await server.says(/a worker is ready/, from);
  const replaced = Date.now() - killed;
  await sleep(Math.max(0, WINDOW_MS - replaced));
  const after = figures(delays);
  clearInterval(speaking);
  t.diagnostic(`quiet: ${shown(quiet)}`);
  t.diagnostic(`a worker killed: ${shown(after)}; replaced after ${replaced} ms`);
  assert.ok(replaced < 1000);
  assert.ok(after.n > quiet.n * 0.8, "frames of calls on the other worker were lost");
  assert.ok(after.p50 < quiet.p50 + FRAME_MS);
  assert.ok(after.p99 < quiet.p99 + FRAME_MS);
  await server.stop();
  await fake.stop();
});
