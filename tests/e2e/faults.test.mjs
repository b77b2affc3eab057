// faults.test.mjs - myna sim goes wrong over a real socket, as the address asks.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { myna } from "./lib/server.mjs";

let sim;
before(async () => (sim = await myna(["sim", "--port", "0"])));
after(async () => assert.deepEqual(await sim.stop("SIGINT"), { code: 0, signal: null }));

/** Dials with a fault and returns what came, and how it closed: { frames, code, reason }. */
async function suffer(fault, events = []) {
  const ws = new WebSocket(sim.realtime(`model=m&fault=${encodeURIComponent(fault)}`));
  const frames = [];
  ws.on("message", (text) => {
    frames.push(String(text));
    if (frames.length === 1) events.forEach((event) => ws.send(JSON.stringify(event)));
    if (/"type":"response.done"/.test(text)) ws.close(1000);
  });
  ws.on("error", () => {}); // a handshake may be cut short too
  const [code, reason] = await once(ws, "close");
  return { frames, code, reason: String(reason) };
}

test("a dropped session ends without a close frame", async () => {
  assert.equal((await suffer("drop")).code, 1006);
});

test("a session is closed with the code and reason asked for", async () => {
  const { code, reason } = await suffer("close:1011:keepalive ping timeout");
  assert.deepEqual({ code, reason }, { code: 1011, reason: "keepalive ping timeout" });
});

test("an expired session says so and closes", async () => {
  const { frames, code } = await suffer("expire");
  assert.equal(JSON.parse(frames.at(-1)).error.code, "session_expired");
  assert.equal(code, 1001);
});

test("a response fails with the code asked for", async () => {
  const { frames } = await suffer("fail:rate_limit_exceeded", [{ type: "response.create" }]);
  const done = JSON.parse(frames.find((frame) => frame.includes('"type":"response.done"')));
  assert.equal(done.response.status_details.error.code, "rate_limit_exceeded");
});

test("a fault there is not is refused", async () => {
  const ws = new WebSocket(sim.realtime("model=m&fault=sulk"));
  const [error] = await once(ws, "error");
  assert.match(error.message, /400/);
});
