// technician.test.mjs - agents/technician: the SDP route with both forms of an answer and its
// errors, work orders over the sideband, and nothing left of a call that did not come to be.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { WebSocketServer } from "ws";
import { Events } from "./lib/events.mjs";
import { ROOT, Server, myna } from "./lib/server.mjs";

const KEY = "sk-test-0123456789abcdef";
const OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";
const ANSWER = "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\n";

let api, sideband, legs, answer, asked, office, server;
before(async () => {
  legs = new Events();
  asked = [];
  sideband = new WebSocketServer({ noServer: true });
  api = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    asked.push({ url: request.url, body, auth: request.headers.authorization });
    if (request.url.endsWith("/hangup")) response.end("{}");
    else answer(response);
  });
  api.on("upgrade", (request, socket, head) => {
    sideband.handleUpgrade(request, socket, head, (peer) => {
      const say = (event) => peer.send(JSON.stringify({ event_id: "e", ...event }));
      peer.on("message", (bytes) => legs.push(JSON.parse(bytes.toString())));
      peer.on("close", (code) => legs.push({ type: "(closed)", code, url: request.url }));
      legs.push({ type: "(joined)", url: request.url, say, peer });
      say({ type: "session.created", session: {} });
    });
  });
  await new Promise((resolve) => api.listen(0, "127.0.0.1", resolve));
  office = await new Server("python3", [`${ROOT}agents/technician/backend.py`, "--port", "0"], {})
    .ready();
  server = await myna(["serve", `${ROOT}agents/technician`, "--port", "0", "--upstream",
    `ws://127.0.0.1:${api.address().port}/v1/realtime`, "--direct-timeout", "400ms"],
  { OPENAI_API_KEY: KEY, OFFICE_URL: office.url });
});
after(async () => {
  assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
  assert.ok(!server.output.includes(KEY), "the key is in the log");
  await office.stop();
  sideband.close();
  api.closeAllConnections();
  api.close();
});

const connect = (body) =>
  fetch(`${server.url}/api/voice/realtime/connect`, { method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body) });
const good = { sdp: OFFER, model: "gpt-realtime" };

async function calls(n) {
  for (let i = 0; ; i++) {
    const now = (await (await fetch(`${server.url}/healthz`)).json()).calls;
    if (now === n) return;
    assert.ok(i < 200, `${now} calls, not ${n}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

test("201 with the SDP: the session is Spanish, and orders are read here", async () => {
  const headers = { "content-type": "application/sdp", location: "/v1/realtime/calls/rtc_1" };
  answer = (response) => response.writeHead(201, headers).end(ANSWER);
  const got = await connect(good);
  assert.equal(got.status, 200);
  assert.deepEqual(await got.json(), { sdp: ANSWER });
  assert.equal(asked[0].auth, `Bearer ${KEY}`);
  const { url, say, peer } = await legs.next("(joined)");
  assert.equal(url, "/v1/realtime?call_id=rtc_1");
  const { session } = await legs.next("session.update");
  assert.match(session.instructions, /Eres Vega/);
  assert.equal(session.audio.input.transcription.language, "es");
  assert.equal(session.audio.input.format, undefined);
  assert.ok(session.tools.some((tool) => tool.name === "finish_order"));
  say({ type: "session.updated", session: {} });
  assert.match((await legs.next("response.create")).response.instructions, /soy Vega/);

  const response = { id: "r1", object: "realtime.response", status: "in_progress", output: [],
    conversation_id: "c" };
  const item = { id: "i1", type: "function_call", status: "completed", name: "show_order",
    call_id: "k1", arguments: '{"order":7001}' };
  say({ type: "response.created", response });
  say({ type: "response.output_item.done", response_id: "r1", output_index: 0, item });
  say({ type: "response.done", response: { ...response, status: "completed", output: [item] } });
  const { item: output } = await legs.next("conversation.item.create",
    (e) => e.item.type === "function_call_output");
  assert.match(output.output, /Cuadro eléctrico mojado/);
  await legs.next("response.create");
  peer.close(1000); // the phone has gone
  await calls(0);
  assert.ok(!asked.some((a) => a.url.endsWith("rtc_1/hangup")));
});

test("200 with JSON around it is as good", async () => {
  answer = (response) => response.writeHead(200, { "content-type": "application/json",
    location: "/v1/realtime/calls/rtc_2" }).end(JSON.stringify({ sdp: ANSWER }));
  const got = await connect(good);
  assert.equal(got.status, 200);
  assert.deepEqual(await got.json(), { sdp: ANSWER });
  const { say, peer } = await legs.next("(joined)");
  await legs.next("session.update");
  say({ type: "session.updated", session: {} });
  await legs.next("response.create");
  peer.terminate(); // a sideband that breaks is taken up again
  const again = await legs.next("(joined)");
  assert.equal(again.url, "/v1/realtime?call_id=rtc_2");
  again.peer.close(1000);
  await calls(0);
});

test("what is missing is 400, and what the model says is passed on without secrets", async () => {
  const error = JSON.stringify({ error: { message: "The offer has no audio.", code: "bad" } });
  const secret = JSON.stringify({ error: { message: `Incorrect API key: ${KEY}` } });
  const cases = [
    [{ model: "m" }, undefined, 400, /Missing sdp or model/],
    [{ sdp: OFFER }, undefined, 400, /Missing sdp or model/],
    [{ sdp: "", model: "m" }, undefined, 400, /Missing/],
    [{ sdp: 7, model: "m" }, undefined, 400, /Missing/],
    [[], undefined, 400, /Missing/],
    [{ sdp: "hello", model: "m" }, undefined, 400, /cannot be read/],
    [good, (r) => r.writeHead(422).end(error), 422, /The offer has no audio/],
    [good, (r) => r.writeHead(401).end(secret), 502, /may not ask/],
    [good, (r) => r.writeHead(500).end(secret), 502, /failed/],
    [good, (r) => r.writeHead(200).end("{}"), 502, /no SDP/],
    [good, (r) => r.writeHead(201).end(ANSWER), 502, /names no call/],
    [good, (r) => r.socket.destroy(), 502, /cannot be reached/],
    [good, () => {}, 504, /cannot be reached|in time/],
  ];
  for (const [body, part, status, words] of cases) {
    answer = part;
    const got = await connect(body);
    const text = await got.text();
    assert.equal(got.status, status, text);
    assert.match(JSON.parse(text).detail, words);
    assert.ok(!text.includes(KEY), "the key was told");
    await calls(0);
  }
  assert.equal((await connect("{")).status, 400);
});

test("a call whose sideband is refused is hung up at the model", async () => {
  const from = asked.length;
  const headers = { "content-type": "application/sdp", location: "/v1/realtime/calls/rtc_3" };
  answer = (response) => response.writeHead(201, headers).end(ANSWER);
  const refuse = (_request, socket) => socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
  const listeners = api.listeners("upgrade");
  api.removeAllListeners("upgrade").on("upgrade", refuse);
  await (await connect(good)).text();
  await calls(0);
  for (let i = 0; !asked.slice(from).some((a) => a.url.endsWith("rtc_3/hangup")); i++) {
    assert.ok(i < 200, "it was not hung up");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  api.removeAllListeners("upgrade").on("upgrade", listeners[0]);
});
