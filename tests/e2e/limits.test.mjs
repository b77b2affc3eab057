// limits.test.mjs - what one address and one caller may take, and what they get when it is more.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT } from "./lib/server.mjs";

const app = `${ROOT}tests/e2e/apps/plain`;

async function serving(args, act) {
  const server = await myna(["serve", app, "--port", "0", ...args]);

  try {
    await act(server, server.realtime("model=plain"));
  } finally {
    assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
  }
}

/** The answer of a handshake that is refused, with its headers. */
function refusal(url) {
  const { socket } = new RawCaller(url);

  return new Promise((resolve, reject) => {
    socket.once("unexpected-response", (_request, response) => {
      let text = "";
      response.on("data", (bytes) => (text += bytes));
      response.on("end", () => {
        const { statusCode, headers } = response;
        resolve({ status: statusCode, headers, error: JSON.parse(text).error });
      });
    });
    socket.once("open", () => reject(new Error("the handshake was taken")));
  });
}

test("calls at once of one address are bounded", async () => {
  await serving(["--address-calls", "2"], async (server, url) => {
    const callers = [await RawCaller.open(url), await RawCaller.open(url)];
    const { status, headers, error } = await refusal(url);

    assert.equal(status, 429);
    assert.ok(Number(headers["retry-after"]) >= 1);
    assert.equal(error.code, "rate_limit_exceeded");
    assert.equal(error.type, "rate_limit_error");
    await callers[0].close();
    await server.says(/call ended/);
    await (await RawCaller.open(url)).close();
    await callers[1].close();
  });
});

test("calls begun in a minute by one address are bounded, and the wait is told", async () => {
  await serving(["--address-connects", "3"], async (server, url) => {
    for (let i = 0; i < 3; i++) await (await RawCaller.open(url)).close();
    const { status, headers } = await refusal(url);

    assert.equal(status, 429);
    assert.ok(Number(headers["retry-after"]) >= 1 && Number(headers["retry-after"]) <= 20);
  });
});

const silence = (bytes) => ({ type: "input_audio_buffer.append",
  audio: Buffer.alloc(bytes).toString("base64") });

test("a caller who sends too many frames is told so and closed, and no other", async () => {
  await serving(["--caller-frames", "10"], async (server, url) => {
    const flood = await RawCaller.open(url);
    const other = await RawCaller.open(url);

    for (let i = 0; i < 150; i++) flood.send(silence(48));
    const { error } = await flood.events.next("error");
    assert.equal(error.code, "rate_limit_exceeded");
    assert.equal((await flood.closed).code, 1008);
    assert.match(await other.ask("Good morning!"), /./);
    await other.close();
    await server.says(/sends too much.*caller-frames/);
  });
});

test("a caller who sends too many bytes is closed, but not for ten seconds' worth", async () => {
  await serving(["--caller-bytes", "10k"], async (server, url) => {
    const caller = await RawCaller.open(url);

    for (let i = 0; i < 5; i++) caller.send(silence(12 * 1024)); // 16 KiB as base64
    assert.match(await caller.ask("Good morning!"), /./);
    for (let i = 0; i < 5; i++) caller.send(silence(12 * 1024));
    assert.equal((await caller.closed).code, 1008);
    await server.says(/sends too much.*caller-bytes/);
  });
});

test("connections at once of one address are bounded, and each that ends makes room", async () => {
  for (const workers of [[], ["--workers", "2"]]) {
    await serving(["--address-connections", "5", ...workers], async (server) => {
      const { hostname: host, port } = new URL(server.url);
      const sockets = [];
      const dial = async () => {
        const socket = connect({ host, port });
        socket.on("error", () => {});
        let text = "";
        socket.on("data", (bytes) => (text += bytes));
        socket.ended = once(socket, "close").then(() => text);
        await once(socket, "connect");
        return socket;
      };

      for (let i = 0; i < 6; i++) sockets.push(await dial());
      // One of them: two workers may take them in another order.
      const [text, refused] = await Promise.race(
        sockets.map((socket) => socket.ended.then((heard) => [heard, socket])));
      assert.match(text, /^HTTP\/1.1 429 .*Retry-After: 1/s);
      const other = sockets.find((socket) => socket !== refused);
      other.destroy();
      await other.ended;
      let status = 429;
      for (let i = 0; i < 100 && status === 429; i++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        // Closed while it still asks, it may learn no more than that.
        status = await fetch(`${server.url}/healthz`).then((answer) => answer.status, () => 429);
      }
      assert.equal(status, 200);
      for (const socket of sockets) socket.destroy();
    });
  }
});

test("who tries too many wrong keys is shut out for a while, with the right one, too", async () => {
  const keys = ["--key", "the-right-one", "--admin-key", "an-operators"];
  await serving([...keys, "--address-wrong-keys", "10"], async (server, url) => {
    const ask = (path, key) => fetch(`${server.url}${path}`, {
      headers: key ? { authorization: `Bearer ${key}` } : {},
    });
    const call = await RawCaller.open(url, ["realtime", "openai-insecure-api-key.the-right-one"]);

    const asked = async (times, path, key, status) => {
      for (let i = 0; i < times; i++) assert.equal((await ask(path, key)).status, status);
    };

    await asked(30, "/v1/models", "the-right-one", 200);
    await asked(30, "/metrics", "an-operators", 200);
    await asked(30, "/v1/models", "", 401);
    await asked(4, "/v1/models", "wrong", 401);
    await asked(3, "/metrics", "wrong", 401);
    for (let i = 0; i < 3; i++) {
      assert.equal(await RawCaller.refused(url, ["realtime", "openai-insecure-api-key.x"]), 401);
    }
    const answer = await ask("/v1/models", "the-right-one");
    assert.equal(answer.status, 429);
    assert.ok(Number(answer.headers.get("retry-after")) >= 1);
    assert.equal((await answer.json()).error.code, "too_many_wrong_keys");
    assert.equal((await ask("/metrics", "an-operators")).status, 429);
    assert.equal((await ask("/healthz")).status, 200);
    assert.match(await call.ask("Are you there?"), /./); // who has a call keeps it
    await call.close();
    await server.says(/warn +an address has tried too many wrong keys peer=.personal. hint=/);
    assert.doesNotMatch(server.output, /the-right-one|an-operators/);
  });
});
