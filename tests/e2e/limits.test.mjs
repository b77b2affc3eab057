// limits.test.mjs - what one address and one caller may take, and what they get when it is more.
import assert from "node:assert/strict";
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
