// upstream.test.mjs - models that are down, refuse, or talk rubbish: the caller is told in words
// and let go, the log says what to do, and the other calls go on.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const APP = `${ROOT}tests/e2e/apps/plain`;
const KEY = "sk-test-0123456789abcdef";
const CLEAN = { code: 0, signal: null };

function serve(url, ...args) {
  const at = ["--upstream", url, "--reconnect-tries", "0"];
  return myna(["serve", APP, "--port", "0", ...at, ...args], { OPENAI_API_KEY: KEY });
}

/** The call ended with that close code, and before it an error fit to hear. */
async function assertEnded(caller, code, close = 1011) {
  const { error } = await caller.events.next("error", (event) => event.error.code === code);
  assert.equal(error.type, "server_error");
  assert.match(error.message, /^[A-Z][\w ,']+\.$/);
  assert.deepEqual(await caller.closed, { code: close, reason: code });
}

const created = (peer) => peer.send({ type: "session.created", event_id: "e", session: {} });

describe("one model misbehaves, others do not", { concurrency: false }, () => {
  let fake, server, url, bystander;
  before(async () => {
    fake = await upstream();
    server = await serve(fake.url);
    url = server.realtime("model=plain");
    bystander = await RawCaller.open(url);
    await bystander.ask("Are you there?");
  });
  after(async () => {
    await bystander.close();
    assert.deepEqual(await server.stop("SIGINT"), CLEAN);
    await fake.stop();
    assert.ok(!server.output.includes(KEY), "the key is in the log");
  });

  /** Plays part to a new caller, who must be let go; then the bystander must still be answered. */
  function ends(name, part, code, logged) {
    test(name, async () => {
      const from = server.output.length;

      fake.plan(part);
      await assertEnded(await RawCaller.open(url), code);
      assert.equal(await bystander.ask(`After ${name}?`), `After ${name}?`);
      await server.says(logged, from);
    });
  }

  const body = JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}.` } });
  ends("401", { refuse: 401, body }, "upstream_unavailable",
    /call=\w+ the connection to the model closed .*HTTP 401.*\(secret\).*hint=.*OPENAI_API_KEY/);
  ends("429", { refuse: 429, body: "slow down" }, "upstream_unavailable", /HTTP 429: slow down/);
  ends("a redirect", { refuse: 302 }, "upstream_unavailable", /HTTP 302/);
  ends("a binary frame", async (peer) => {
    await peer.begin();
    peer.socket.send(Buffer.from([1, 2, 3]));
  }, "upstream_lost", /code=1003 .*speaks the Realtime API/);
  ends("half a frame", async (peer) => {
    await peer.begin();
    peer.raw.end(Buffer.from([0x81, 0x7e, 0x10]));
  }, "upstream_lost", /hung up without a word/);
  ends("a frame that is no frame", async (peer) => {
    await peer.begin();
    peer.raw.write(Buffer.from([0x83, 0x00]));
  }, "upstream_lost", /code=1002 /);
  ends("a frame over the limit", async (peer) => {
    await peer.begin();
    peer.raw.write(Buffer.from([0x81, 0x7f, 0, 0, 0, 1, 0, 0, 0, 0]));
  }, "upstream_lost", /code=1009 .*--max-message/);
  ends("text that is not UTF-8", async (peer) => {
    await peer.begin();
    peer.raw.write(Buffer.from([0x81, 0x02, 0xc3, 0x28]));
  }, "upstream_lost", /code=1007 /);
  ends("1011 mid-sentence", async (peer) => {
    await peer.begin();
    peer.respond({ type: "message", role: "assistant", content: [] }).audio(2000);
    peer.socket.close(1011, "internal error");
  }, "upstream_lost", /code=1011 reason="internal error"/);
  ends("1001 session_expired", async (peer) => {
    await peer.begin();
    peer.send({ type: "error", event_id: "e", error: { type: "invalid_request_error",
      code: "session_expired", message: "Your session hit the maximum duration of 60 minutes." } });
    peer.socket.close(1001, "session_expired");
  }, "upstream_lost", /code=session_expired message=/);
  ends("a session refused", async (peer) => {
    created(peer);
    const { event_id } = await peer.events.next("session.update");
    peer.send({ type: "error", event_id: "e", error: { type: "invalid_request_error",
      code: "invalid_value", message: "No such voice.", event_id } });
  }, "session_refused", /code=invalid_value message="No such voice\." from=model/);
  ends("a session never confirmed", created, "session_refused", /update_unconfirmed/);
  ends("never a word", () => {}, "upstream_unavailable", /reason=upstream_unavailable/);
  ends("nothing but rubbish", async (peer) => {
    await peer.begin();
    for (let i = 0; i < 500; i++) peer.send("rubbish");
  }, "upstream_lost", /the model is left: its frames are no events frames=20 /);

  /** Plays rubbish, then behaves: the call must go on as if nothing had been. */
  function survives(name, rubbish) {
    test(name, async () => {
      fake.plan((peer) => {
        rubbish(peer);
        return peer.behave();
      });
      const caller = await RawCaller.open(url);

      assert.equal(await caller.ask("And now?"), "And now?");
      assert.deepEqual(caller.events.all.filter(({ type }) => type === "error"), []);
      await caller.close();
    });
  }

  const resp = { id: "resp_none", status: "completed", output: [] };
  survives("a frame that is not JSON", (peer) => peer.send("hello"));
  survives("a frame too deep", (peer) => peer.send("[".repeat(5000) + "]".repeat(5000)));
  survives("an event without a type", (peer) => peer.send("{}"));
  survives("an event of an unknown type (R74)", (peer) => peer.send({ type: "never.heard_of" }));
  survives("events without their fields", (peer) => {
    for (const type of ["response.created", "response.done", "response.output_item.done",
      "response.output_audio.delta", "conversation.item.added", "error", "session.updated",
      "conversation.item.input_audio_transcription.completed"]) peer.send({ type });
  });
  survives("session.created twice", created);
  survives("session.updated before anything", (peer) => peer.send({ type: "session.updated" }));
  survives("response.done for nothing", (peer) =>
    peer.send({ type: "response.done", event_id: "e", response: resp }));
  survives("audio of an unknown response (R33)", (peer) =>
    peer.send({ type: "response.output_audio.delta", event_id: "e", response_id: "resp_none",
      item_id: "item_none", output_index: 0, content_index: 0, delta: "AAAA" }));
  survives("a call of an unknown response", (peer) =>
    peer.send({ type: "response.output_item.done", event_id: "e", response_id: "resp_none",
      output_index: 0, item: { id: "i", type: "function_call", status: "completed", call_id: "c",
        name: "nothing", arguments: "{}" } }));
});

/** A server whose model never comes: each caller is told, and it serves on. */
async function assertUnreached(url, logged, ...args) {
  const server = await serve(url, "--connect-timeout", "500ms", ...args);

  for (let i = 0; i < 2; i++) {
    await assertEnded(await RawCaller.open(server.realtime("model=plain")), "upstream_unavailable");
  }
  assert.equal((await (await fetch(`${server.url}/healthz`)).json()).calls, 0);
  assert.deepEqual(await server.stop("SIGINT"), CLEAN);
  assert.match(server.output, logged);
  assert.ok(!server.output.includes(KEY), "the key is in the log");
}

async function assertUnreachedAt(onSocket, logged, scheme = "ws") {
  const listener = createServer((socket) => {
    socket.on("error", () => {});
    onSocket(socket);
  });

  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  await assertUnreached(`${scheme}://127.0.0.1:${listener.address().port}/v1/realtime`, logged);
  listener.close();
}

test("a model that is down", () =>
  assertUnreached("ws://127.0.0.1:1/v1/realtime", /Connection refused.*hint="nothing listens/));

test("a model whose name is not known", () =>
  assertUnreached("ws://nobody.invalid/v1/realtime", /name was not found.*name server/));

test("a model that accepts and never answers", () =>
  assertUnreachedAt(() => {}, /no answer in time.*--connect-timeout/));

test("a model that hangs up at once", () =>
  assertUnreachedAt((socket) => socket.end(), /hung up without a word/));

test("a model that speaks another protocol", () =>
  assertUnreachedAt((socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"), /no answer in time/));

test("a model that has no TLS, dialled with it", () =>
  assertUnreachedAt((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"), /TLS failed/,
    "wss"));
