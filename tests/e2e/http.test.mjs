// http.test.mjs - tools' requests over real sockets: at once, hanging, cached, streamed, over TLS
// and HTTP/2, and where they may not go.
import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { certificate } from "./lib/cert.mjs";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const HANGING = 100;

/** /wait/MS answers then, /count counts, /events streams, /never does not answer. */
async function shop() {
  const server = createServer((request, response) => {
    const [, kind, ms] = request.url.split("/");

    if (kind === "wait") setTimeout(() => response.end("{}"), Number(ms));
    if (kind === "count") response.end(String(++counts.asked));
    if (kind === "never") {
      counts.hanging++;
      response.on("close", () => counts.hanging--);
    }
    if (kind === "events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (let i = 1; i <= 3; i++) setTimeout(() => response.write(`data: ${i}\n\n`), i * 50);
      setTimeout(() => response.end(), 200);
    }
  });
  const counts = { asked: 0, hanging: 0 };

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    counts,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Tells by which HTTP it was asked, behind a certificate nobody knows. */
async function bank(cert, key) {
  const server = createSecureServer(
    { cert: readFileSync(cert), key: readFileSync(key), allowHTTP1: true },
    (request, response) => response.end(request.httpVersion),
  );

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `https://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p / 100))]);
}

async function until(condition, what) {
  for (let i = 0; i < 250 && !condition(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(condition(), what);
}

describe("requests of tools", { concurrency: false }, () => {
  const folder = mkdtempSync(join(tmpdir(), "myna-http-"));
  const tls = certificate();
  let slow, secure, fake, server, url;

  before(async () => {
    copyFileSync(`${ROOT}tests/e2e/apps/errands/agent.lua`, join(folder, "agent.lua"));
    copyFileSync(tls.cert, join(folder, "ca.pem"));
    slow = await shop();
    secure = await bank(tls.cert, tls.key);
    fake = await upstream();
    server = await myna(["serve", join(folder, "agent.lua"), "--port", "0", "--upstream", fake.url,
      "--http-total", "200"], { SHOP_URL: slow.url, BANK_URL: secure.url });
    url = server.realtime("model=errands");
  });
  after(async () => {
    assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
    await fake.stop();
    slow.stop();
    secure.stop();
    tls.drop();
    rmSync(folder, { recursive: true });
  });

  async function dial() {
    const caller = await RawCaller.open(url);
    caller.peer = await fake.peer();
    return caller;
  }

  /** Lets the model call that tool. Returns what it is given as the tool's output, and the ms. */
  async function tried(caller, name) {
    const { events } = caller.peer;
    const from = events.all.length;
    const start = performance.now();

    caller.say(`call ${name}`);
    const { item } = await events.since(from, "conversation.item.create",
      (event) => event.item.type === "function_call_output");
    return { output: item.output, ms: performance.now() - start };
  }

  test("three at once take the time of the slowest", async (t) => {
    const caller = await dial();
    const { output, ms } = await tried(caller, "three");

    assert.equal(output, "[true,true,true]");
    t.diagnostic(`requests of 200, 300 and 400 ms: ${Math.round(ms)} ms together`);
    assert.ok(ms >= 400 && ms < 700, `${ms} ms`);
    await caller.close();
  });

  test("an answer is kept for all calls of the worker", async () => {
    const first = await dial();
    const second = await dial();

    assert.equal((await tried(first, "counted")).output, "1");
    assert.equal((await tried(second, "counted")).output, "1");
    assert.equal(slow.counts.asked, 1);
    await first.close();
    await second.close();
  });

  test("a stream is read as it comes", async () => {
    const caller = await dial();

    assert.equal((await tried(caller, "streamed")).output, "1, 2, 3");
    await caller.close();
  });

  test("HTTP/2 where it is offered, and authorities of the app's own", async () => {
    const caller = await dial();

    assert.equal((await tried(caller, "banks")).output, "2.0");
    assert.equal((await tried(caller, "distrusts")).output, "tls");
    await caller.close();
  });

  test("an address nobody named is not reached when it is private", async () => {
    const caller = await dial();

    assert.equal((await tried(caller, "strays")).output, "private");
    assert.equal(slow.counts.asked, 1);
    await caller.close();
  });

  test("a hundred hanging tools delay nobody's audio, and end with their calls", async (t) => {
    const listener = await dial();
    const stuck = [];
    const heard = [];

    for (let i = 0; i < HANGING; i++) stuck.push(await dial());
    for (const caller of stuck) caller.say("call hangs");
    await until(() => slow.counts.hanging === HANGING, "not all hang");
    listener.socket.on("message", (bytes) => {
      if (bytes.includes('"response.output_audio.delta"')) heard.push(performance.now());
    });
    listener.say("talk 3000");
    await listener.events.next("response.output_audio.delta");
    assert.equal((await tried(await dial(), "three")).output, "[true,true,true]");
    await listener.events.next("response.done");
    const gaps = heard.slice(21).map((at, i) => at - heard[i + 20]); // past the 400 ms of lead
    t.diagnostic(`gaps between frames of 20 ms: p50 ${percentile(gaps, 50)} ms, ` +
      `p99 ${percentile(gaps, 99)} ms, longest ${percentile(gaps, 100)} ms`);
    assert.equal(heard.length, 150);
    assert.ok(percentile(gaps, 99) < 150, "audio was held up");
    assert.equal(slow.counts.hanging, HANGING);
    for (const caller of stuck) await caller.close();
    await until(() => slow.counts.hanging === 0, "requests outlive their calls");
    await listener.close();
  });
});
