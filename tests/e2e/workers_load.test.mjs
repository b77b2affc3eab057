// workers_load.test.mjs - sixty callers who talk all the time, in drains and upgrades.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "./lib/server.mjs";
import { alive, dial, gone, serve } from "./lib/workers.mjs";

const PLAIN = `${ROOT}tests/e2e/apps/plain`;
const CALLS = 60;
const PATIENCE_MS = 40_000; // for an answer of some four seconds, on a busy machine
const TURN = ["response.output_audio_transcript.done", "response.done"];

/** One who talks until told to stop: what came of each turn, and how the call ended. */
function talk(caller, seen) {
  const one = { on: true, worker: caller.worker, close: null };
  const answered = async (type) => {
    const found = caller.events.next(type, () => true, PATIENCE_MS)
      .then((event) => event, () => null);
    return Promise.race([found, caller.closed.then(() => null)]);
  };

  caller.closed.then((close) => (one.close = close));
  one.over = (async () => {
    await sleep(Math.random() * 2000); // so that they are at all places of a turn
    while (one.on && one.close === null) {
      seen.begun++;
      caller.say("Are you there?");
      const said = await answered(TURN[0]);
      const done = said && await answered(TURN[1]);
      if (done?.response.status === "completed") seen.answered++;
      else if (one.close !== null) seen.ended++;
      else seen.lost++;
    }
    if (one.close === null) await caller.close();
  })();
  return one;
}

async function talkAll(server, t) {
  const seen = { begun: 0, answered: 0, ended: 0, lost: 0 };
  const callers = [];
  for (let i = 0; i < CALLS; i++) callers.push(await dial(server));
  const all = callers.map((caller) => talk(caller, seen));
  const workers = new Map();
  for (const { worker } of all) workers.set(worker, (workers.get(worker) ?? 0) + 1);
  t.diagnostic(`calls of each worker: ${[...workers.values()].join(", ")}`);
  assert.equal(workers.size, 2);
  return { seen, all };
}

const masters = (server) =>
  [...server.output.matchAll(/all workers are ready workers=\d+ pid=(\d+)/g)]
    .map((found) => Number(found[1]));

test("a drain under load loses no turn", async (t) => {
  const server = await serve(2, [PLAIN, "--upstream", "sim"]);
  const { seen, all } = await talkAll(server, t);

  await sleep(5000);
  server.child.kill("SIGTERM");
  await server.says(/(draining, then leaving calls=[\s\S]*){2}/);
  const before = seen.answered;
  await sleep(5000);
  assert.ok(seen.answered > before); // they go on
  for (const one of all) one.on = false;
  for (const one of all) await one.over;
  t.diagnostic(JSON.stringify(seen));
  assert.deepEqual(seen, { begun: seen.answered, answered: seen.answered, ended: 0, lost: 0 });
  assert.ok(seen.answered >= CALLS);
  assert.deepEqual(await server.ended, { code: 0, signal: null });
});

test("a drain that is over says goodbye to each call that is left", async (t) => {
  const server = await serve(2, [PLAIN, "--upstream", "sim", "--drain", "3s",
    "--drain-farewell", "Goodbye.", "--drain-grace", "20s"]);
  const { seen, all } = await talkAll(server, t);

  await sleep(3000);
  server.child.kill("SIGTERM");
  for (const one of all) await one.over;
  t.diagnostic(JSON.stringify(seen));
  assert.equal(seen.lost, 0);
  assert.equal(seen.begun, seen.answered + seen.ended);
  assert.ok(seen.ended <= CALLS);
  for (const { close } of all) {
    assert.deepEqual(close, { code: 1001, reason: "the server is going away" });
  }
  assert.deepEqual(await server.ended, { code: 0, signal: null });
});

test("an upgrade under load loses no turn and no call", async (t) => {
  const server = await serve(2, [PLAIN, "--upstream", "sim"]);
  const { seen, all } = await talkAll(server, t);

  await sleep(3000);
  process.kill(masters(server)[0], "SIGUSR2");
  await server.says(/another master has taken over/);
  const fresh = await dial(server); // and the new ones take calls
  assert.ok(all.every(({ worker }) => worker !== fresh.worker));
  assert.match(await fresh.ask("Are you there?"), /./);
  await sleep(4000);
  assert.equal(all.filter(({ close }) => close !== null).length, 0);
  for (const one of all) one.on = false;
  for (const one of all) await one.over;
  t.diagnostic(JSON.stringify(seen));
  assert.deepEqual(seen, { begun: seen.answered, answered: seen.answered, ended: 0, lost: 0 });
  assert.ok(seen.answered >= CALLS);
  await gone(masters(server)[0], 10_000);
  await fresh.close();
  const last = masters(server).at(-1);
  assert.ok(alive(last));
  process.kill(last, "SIGINT");
  await gone(last, 10_000);
  await server.ended;
});
