// callers.test.mjs - callers who vanish, who never read, who never finish: the server outlives them
// all, forgets them, and ends clean.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RawCaller } from "./lib/raw.mjs";
import { dental, myna, ROOT } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const CLEAN = { code: 0, signal: null };
const PLAIN = `${ROOT}tests/e2e/apps/plain`;
const GONE_MS = 10_000; // more than a close may take

async function calls(server) {
  return (await (await fetch(`${server.url}/healthz`)).json()).calls;
}

async function assertForgotten(server) {
  const deadline = Date.now() + GONE_MS;
  while ((await calls(server)) > 0 && Date.now() < deadline) await sleep(50);
  assert.equal(await calls(server), 0);
}

function residentMb(server) {
  const status = readFileSync(`/proc/${server.child.pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
}

async function tcp(server) {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);

  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

function upgradeRequest(server) {
  const { host } = new URL(server.url);

  return `GET /v1/realtime?model=dental HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\n` +
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`;
}

const VANISHING = [
  async (server) => (await tcp(server)).destroy(),
  async (server) => {
    const socket = await tcp(server);
    const request = upgradeRequest(server);
    socket.write(request.slice(0, 1 + Math.floor(Math.random() * (request.length - 1))));
    await sleep(Math.random() * 20);
    socket.destroy();
  },
  async (server) => {
    const socket = await tcp(server);
    socket.end(upgradeRequest(server)); // whole, and not a moment to answer
  },
  async (server) => {
    const socket = await tcp(server);
    socket.write(upgradeRequest(server));
    await sleep(Math.random() * 100);
    socket.resetAndDestroy();
  },
  async (server) => {
    const caller = new RawCaller(server.realtime("model=dental"));
    caller.socket.once("open", () => caller.say("Find the patient Sam Latif, born 1980-05-01."));
    await sleep(Math.random() * 300);
    caller.socket.terminate();
  },
  async (server) => {
    const caller = new RawCaller(server.realtime("model=dental"));
    await sleep(Math.random() * 300);
    caller.socket.close(1000);
    await sleep(50);
    caller.socket.terminate();
  },
];

test("200 callers who vanish at any moment leave nothing behind", async (t) => {
  const practice = await dental();
  const started = Date.now();

  for (let i = 0; i < 10; i++) {
    await Promise.all(Array.from({ length: 20 }, (_, n) =>
      VANISHING[n % VANISHING.length](practice.server)));
  }
  await assertForgotten(practice.server);
  t.diagnostic(`forgotten ${Date.now() - started} ms after the first came`);
  const caller = await RawCaller.open(practice.server.realtime("model=dental"));
  assert.ok((await caller.ask("Are you there?")).length > 0);
  await caller.close();
  assert.deepEqual(await practice.stop(), CLEAN);
});

/** Reads nothing, and says so much that the answers to it fill whatever may hold them. */
async function flood(caller, server) {
  const text = "x".repeat(100_000);

  caller.socket.pause();
  for (let i = 0; i < 1000 && !/reads too slowly/.test(server.output); i++) {
    caller.send({ type: "conversation.item.create", item: { type: "message", role: "user",
      content: [{ type: "input_text", text }] } });
    await sleep(5);
  }
}

test("a caller who never reads is closed with 1008, and memory stays bounded", async (t) => {
  const server = await myna(["serve", PLAIN, "--port", "0", "--upstream", "sim"]);
  const other = await RawCaller.open(server.realtime("model=plain"));
  const caller = await RawCaller.open(server.realtime("model=plain"));
  const before = residentMb(server);

  await flood(caller, server);
  await server.says(/reads too slowly; closing queued=\d+/);
  t.diagnostic(`resident: ${before} MB before, ${residentMb(server)} MB when closed`);
  caller.socket.resume();
  assert.deepEqual(await caller.closed, { code: 1008, reason: "reading too slowly" });
  assert.ok((await other.ask("Are you there?")).length > 0);
  await other.close();
  await assertForgotten(server);
  assert.deepEqual(await server.stop("SIGINT"), CLEAN);
});

test("a request that never ends is cut off in its time", async (t) => {
  const server = await myna(["serve", PLAIN, "--port", "0", "--request-timeout", "1s"]);
  const lorises = await Promise.all(Array.from({ length: 50 }, () => tcp(server)));
  const started = Date.now();
  let closed = 0;

  for (const socket of lorises) {
    socket.resume();
    socket.once("close", () => closed++);
  }
  for (const letter of upgradeRequest(server)) {
    for (const socket of lorises) socket.write(letter);
    await sleep(100);
    if (closed === lorises.length) break;
  }
  t.diagnostic(`50 cut off after ${Date.now() - started} ms`);
  assert.equal(closed, lorises.length);
  assert.equal(await calls(server), 0);
  assert.deepEqual(await server.stop("SIGTERM"), CLEAN);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  test(`${signal} with calls in every state ends clean, and tells them 1001`, async () => {
    const fake = await upstream();
    const server = await myna(["serve", PLAIN, "--port", "0", "--upstream", fake.url,
      "--drain", "0", "--drain-grace", "0"]);
    const url = server.realtime("model=plain");

    const talking = await RawCaller.open(url);
    talking.say("talk 5000");
    await talking.events.next("response.output_audio.delta");
    fake.plan(() => {}); // takes the connection and says nothing
    const waiting = await RawCaller.open(url);
    fake.plan((peer) => peer.begin());
    const silent = await RawCaller.open(url);
    assert.deepEqual(await server.stop(signal), CLEAN);
    for (const caller of [talking, waiting, silent]) {
      assert.deepEqual(await caller.closed, { code: 1001, reason: "the server is going away" });
    }
    await fake.stop();
  });
}

test("a second Ctrl-C does not wait for a caller who does not answer", async (t) => {
  const server = await myna(["serve", PLAIN, "--port", "0", "--upstream", "sim"]);
  const caller = await RawCaller.open(server.realtime("model=plain"));

  caller.socket.pause(); // never answers the close
  server.child.kill("SIGINT");
  await sleep(200);
  assert.equal(server.child.exitCode, null);
  const asked = Date.now();
  assert.deepEqual(await server.stop("SIGINT"), CLEAN);
  t.diagnostic(`ended after ${Date.now() - asked} ms`);
  assert.ok(Date.now() - asked < 2000);
  caller.socket.terminate();
});
