// drain.test.mjs - SIGTERM: no new calls, the running ones to their end, a farewell to the rest.
import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RawCaller } from "./lib/raw.mjs";
import { ROOT, myna } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const PLAIN = `${ROOT}tests/e2e/apps/plain`;
const CLEAN = { code: 0, signal: null };
const GONE = { code: 1001, reason: "the server is going away" };

const serve = (...more) => myna(["serve", PLAIN, "--port", "0", "--upstream", "sim", ...more]);

/** How a new call is answered. */
async function newCall(server) {
  const request = get(`${server.url}/v1/realtime?model=plain`, {
    headers: { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
  });
  const [response] = await once(request, "response");
  response.resume();
  return { status: response.statusCode, retryAfter: Number(response.headers["retry-after"]) };
}

test("running calls finish, new ones are refused, and it ends by itself", async () => {
  const server = await serve();
  const callers = [];

  for (let i = 0; i < 8; i++) callers.push(await RawCaller.open(server.realtime("model=plain")));
  for (const caller of callers) caller.say("talk 300"); // a turn is under way in each
  server.child.kill("SIGTERM");
  await server.says(/draining, then leaving calls=8/);
  const { status, retryAfter } = await newCall(server);
  assert.equal(status, 503);
  assert.ok(retryAfter > 0);
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  await Promise.all(callers.map(async (caller) => {
    const { response } = await caller.events.next("response.done");
    assert.equal(response.status, "completed");
    assert.match(await caller.ask("And another?"), /./); // a whole turn more
    await caller.close();
  }));
  assert.deepEqual(await server.ended, CLEAN);
  assert.match(server.output, /drained calls=0/);
});

test("without a call it ends at once", async () => {
  const server = await serve();
  const asked = Date.now();

  assert.deepEqual(await server.stop("SIGTERM"), CLEAN);
  assert.ok(Date.now() - asked < 3000);
});

test("R67 stragglers hear a farewell, and then it ends", async () => {
  const fake = await upstream();
  const server = await myna(["serve", PLAIN, "--port", "0", "--upstream", fake.url,
    "--drain", "200ms", "--drain-grace", "5s", "--drain-farewell", "We close for the night."]);
  const asked = new Promise((resolve) => fake.plan(async (peer) => {
    await peer.begin();
    resolve(await peer.events.next("response.create"));
    peer.say("We close for the night.");
  }));
  const caller = await RawCaller.open(server.realtime("model=plain"));

  server.child.kill("SIGTERM");
  assert.match(JSON.stringify(await asked), /We close for the night/);
  const { transcript } = await caller.events.next("response.output_audio_transcript.done");
  assert.equal(transcript, "We close for the night.");
  assert.deepEqual(await caller.closed, GONE);
  assert.deepEqual(await server.ended, CLEAN);
  await fake.stop();
});

test("R67 a farewell that the model does not say is not waited for", async () => {
  const fake = await upstream();
  const server = await myna(["serve", PLAIN, "--port", "0", "--upstream", fake.url,
    "--drain", "100ms", "--drain-grace", "300ms"]);

  fake.plan((peer) => peer.begin()); // and no word more
  const caller = await RawCaller.open(server.realtime("model=plain"));
  const asked = Date.now();
  assert.deepEqual(await server.stop("SIGTERM"), CLEAN);
  assert.ok(Date.now() - asked < 5000);
  assert.deepEqual(await caller.closed, GONE);
  await fake.stop();
});

test("a second signal ends the calls, a third does not wait for their callers", async () => {
  const server = await serve();
  const heard = await RawCaller.open(server.realtime("model=plain"));
  const deaf = await RawCaller.open(server.realtime("model=plain"));

  deaf.socket.pause(); // never answers the close
  server.child.kill("SIGTERM");
  await server.says(/draining, then leaving calls=2/);
  await sleep(200);
  assert.equal(server.child.exitCode, null);
  server.child.kill("SIGTERM");
  assert.deepEqual(await heard.closed, GONE);
  assert.equal(server.child.exitCode, null);
  const asked = Date.now();
  assert.deepEqual(await server.stop("SIGTERM"), CLEAN);
  assert.ok(Date.now() - asked < 2000);
  deaf.socket.terminate();
});

test("R63 a lost caller may come back while it drains", async () => {
  const server = await serve();
  const caller = await RawCaller.open(server.realtime("model=plain&events=myna"));
  const { session_id, resume } = await caller.events.next("myna.session.resumable");

  caller.socket.terminate();
  server.child.kill("SIGTERM");
  await server.says(/draining, then leaving calls=1/);
  const again = await RawCaller.open(
    server.realtime(`session_id=${session_id}&resume=${resume}&events=myna`));
  assert.match(await again.ask("Are you there?"), /./);
  await again.close();
  assert.deepEqual(await server.ended, CLEAN);
});
