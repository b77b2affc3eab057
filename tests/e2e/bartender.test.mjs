// bartender.test.mjs - agents/bartender over real sockets: the messages of its document sent
// literally, its endpoints as curl asks them, many clients at once, and its page in a browser.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Browser, noBrowser } from "./lib/browser.mjs";
import { RawCaller } from "./lib/raw.mjs";
import { ROOT, Server, myna } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const ANN = "key-of-ann";
const BOB = "key-of-bob";
const ADMIN = "key-of-who-operates";
const KEYS = `ann ${ANN} apps=bartender user=ann
bob ${BOB} apps=bartender user=bob calls=2
`;
const CLIENTS = 12;

let folder, bar, server;
const bearer = (key) => ({ headers: { authorization: `Bearer ${key}` } });
const at = (path) => server.url.replace(/^http/, "ws") + path;
const offers = (token) => ["realtime", `openai-insecure-api-key.${token}`];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "myna-bartender-"));
  writeFileSync(join(folder, "keys"), KEYS);
  bar = await new Server("python3", [`${ROOT}agents/bartender/backend.py`, "--port", "0"], {})
    .ready();
  server = await myna(["serve", `${ROOT}agents/bartender`, "--port", "0", "--keys",
    join(folder, "keys"), "--admin-key", ADMIN, "--store", join(folder, "bar.db")],
  { BAR_URL: bar.url });
});
after(async () => {
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  await bar.stop();
  rmSync(folder, { recursive: true });
});

/** As `curl -X` asks: a POST without a body tells no length. */
function curl(method, path, key = ANN) {
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  return new Promise((resolve, reject) => {
    const asked = request(server.url + path, { method, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece) => (text += piece));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text,
        json: answer.headers["content-type"] === "application/json" ? JSON.parse(text) : null }));
    });
    asked.on("error", reject);
    asked.removeHeader("transfer-encoding");
    asked.end();
  });
}

async function client(id, key = ANN, query = "") {
  const caller = new RawCaller(at(`/openai/realtime/${id}${query}`), [], bearer(key));
  await caller.events.next("session.created");
  return caller;
}

async function asks(caller, frame, type) {
  caller.send(frame);
  return caller.events.next(type);
}

test("what a client is told first, in the document's words and order", async () => {
  const caller = await client("client1");
  assert.deepEqual(caller.events.all[0], { type: "connection_established", client_id: "client1",
    message: "Connected to OpenAI Realtime API", openai_connected: true });
  const { event_id, session } = caller.events.all.find(({ type }) => type === "session.created");
  assert.match(event_id, /^event_/);
  assert.match(session.id, /^sess_/);
  assert.equal(typeof session.model, "string");
  assert.equal(session.voice, "alloy");
  assert.equal(session.instructions, "You are a helpful bartender assistant...");
  await caller.close();
});

test("Get Token", async () => {
  const caller = await client("client1");
  const got = await asks(caller, `{
    "type": "get_token"
  }`, "token");
  assert.match(got.token, /^ek_/);
  assert.equal(got.expires_in, 60);
  assert.ok(Math.abs(got.expires_at - Date.now() / 1000 - 60) < 5);
  await caller.close();
  const mine = await RawCaller.open(at("/openai/realtime/client1"), offers(got.token));
  await mine.close(); // it is Ann's: the client id is hers
});

test("Create Text Message, Request AI Response, and the answer's transcript", async () => {
  const caller = await client("client1");
  caller.send(`{
    "type": "conversation.item.create",
    "item": {
      "type": "message",
      "role": "user",
      "content": [
        {
          "type": "input_text",
          "text": "Hello! I'd like to order a drink."
        }
      ]
    }
  }`);
  const { item } = await caller.events.next("conversation.item.created");
  assert.equal(item.content[0].text, "Hello! I'd like to order a drink.");
  caller.send(`{
    "type": "response.create"
  }`);
  const delta = await caller.events.next("response.audio_transcript.delta");
  for (const field of ["event_id", "response_id", "item_id", "delta"]) {
    assert.equal(typeof delta[field], "string", field);
  }
  assert.deepEqual([delta.output_index, delta.content_index], [0, 0]);
  await caller.events.next("response.audio.delta");
  await caller.events.next("response.done");
  await caller.close();
});

test("Function Call", async () => {
  const caller = await client("client1");
  const got = await asks(caller, `{
    "type": "function_call",
    "function_name": "check_id",
    "arguments": {
      "id_number": "123456789"
    }
  }`, "function_call_result");
  assert.deepEqual(got, { type: "function_call_result", function_name: "check_id",
    result: { status: "id_checked", valid: true } });
  const menu = await asks(caller, { type: "function_call", function_name: "get_menu",
    arguments: {} }, "function_call_result");
  assert.ok(menu.result.items.some(({ item, price }) => item === "Margarita" && price === 12.99));
  const order = await asks(caller, { type: "function_call", function_name: "place_order",
    arguments: { item: "Margarita", quantity: 2 } }, "function_call_result");
  assert.deepEqual([order.result.status, order.result.total], ["order_placed", 25.98]);
  await caller.close();
});

test("Error Message", async () => {
  const caller = await client("client1");
  const got = await asks(caller, { type: "conversation.item.create", event_id: "mine",
    item: { type: "message", role: "user", content: "I want a margarita" } }, "error");
  assert.match(got.event_id, /^error_/);
  assert.deepEqual(got.error, { type: "invalid_request_error", code: "invalid_format",
    message: "Invalid message format", param: "content", event_id: "mine" });
  const plain = await asks(caller, "I want a margarita", "error");
  assert.deepEqual(plain.error, { type: "invalid_request_error", code: "invalid_format",
    message: "Invalid message format", param: null });
  await caller.close();
});

test("the endpoints, as curl asks them", async () => {
  const token = await curl("POST", "/openai/token");
  assert.deepEqual([token.status, token.json.expires_in, token.headers["cache-control"]],
    [200, 60, "no-store"]);
  assert.match(token.json.token, /^ek_/);
  const caller = await client("seen");
  const status = (await curl("GET", "/openai/status")).json;
  assert.equal(status.openai_connected, true);
  assert.ok(status.active_connections >= 1 && status.tokens >= 1);
  assert.deepEqual(status.clients.filter((id) => id === "seen"), ["seen"]);
  assert.ok(status.function_calls.check_id.calls >= 1);
  assert.deepEqual((await curl("GET", "/openai/status", BOB)).json.clients, []);
  await caller.close();
  assert.deepEqual((await curl("POST", "/openai/connect/client1")).json, { client_id: "client1",
    openai_connected: true, model: "gpt-realtime", message: "Connected to OpenAI Realtime API" });
  const page = await curl("GET", "/openai/client", null);
  assert.equal(page.status, 200);
  assert.match(page.text, /Connect to OpenAI/);
});

test("who has no key gets the page and nothing else; a client id is its user's", async () => {
  assert.equal(await RawCaller.refused(at("/openai/realtime/client1")), 401);
  for (const [method, path] of [["POST", "/openai/token"], ["GET", "/openai/status"],
    ["POST", "/openai/connect/client1"], ["GET", "/openai/conversations/client1"]]) {
    assert.equal((await curl(method, path, null)).status, 401, path);
  }
  assert.equal((await curl("GET", "/openai/conversations/client1", BOB)).status, 403);
  assert.equal((await curl("POST", "/openai/connect/client1", BOB)).status, 403);
  const thief = new RawCaller(at("/openai/realtime/client1"), [], bearer(BOB));
  assert.equal((await thief.events.next("error")).error.code, "not_your_client");
  assert.equal((await thief.closed).code, 4403);
  const odd = new RawCaller(at("/openai/realtime/a%20b"), [], bearer(ANN));
  assert.equal((await odd.closed).code, 4400);
});

test("many clients at once, and none has another's answer", async () => {
  const callers = await Promise.all(Array.from({ length: CLIENTS }, (_, i) =>
    client(`many${i}`)));
  assert.ok((await curl("GET", "/openai/status")).json.active_connections >= CLIENTS);
  await Promise.all(callers.map(async (caller, i) => {
    assert.equal(caller.events.all[0].client_id, `many${i}`);
    const checked = await asks(caller, { type: "function_call", function_name: "check_id",
      arguments: { id_number: i % 2 ? "123456789" : "555666777" } }, "function_call_result");
    assert.deepEqual(checked.result, i % 2 ? { status: "id_checked", valid: true }
      : { status: "id_checked", valid: false, reason: "under_age" });
    caller.say(`What is on the menu? This is guest ${i}.`);
    await caller.events.next("response.audio_transcript.done");
    await caller.close();
  }));
  const metrics = (await curl("GET", "/metrics", ADMIN)).text;
  assert.match(metrics, /myna_calls_total\{app="bartender",outcome="\w+"\} [1-9]/);
  assert.match(metrics, /myna_tool_seconds_count\{app="bartender",tool="\w+"\} [1-9]/);
  assert.match(server.output, /function call: check_id answered/);
});

test("nobody finds a good ID by trying, as many clients as they may be", async () => {
  const reasons = [];
  for (let i = 0; i < 11; i++) {
    const caller = await client(`guess${i}`, BOB);
    for (let n = 0; n < 4; n++) {
      const { result } = await asks(caller, { type: "function_call", function_name: "check_id",
        arguments: { id_number: `9000000${i}${n}` } }, "function_call_result");
      reasons.push(result.reason);
    }
    await caller.close();
  }
  const row = ["unknown", "unknown", "unknown", "too_many_tries"];
  assert.deepEqual(reasons.slice(0, 40), Array.from({ length: 10 }, () => row).flat());
  assert.deepEqual(reasons.slice(40), Array(4).fill("too_many_tries")); // thirty, of the user
});

test("what was said is kept, changed, stopped, found again, and erased", async () => {
  const from = server.output.length;
  const caller = await client("kept");
  const text = "My card is 4111 1111 1111 1111 and my ID is 123456789.";
  caller.say(text);
  await caller.events.next("response.audio_transcript.done");
  const long = { type: "message", role: "user",
    content: [{ type: "input_text", text: "beer ".repeat(500) }] };
  assert.equal((await asks(caller, { type: "conversation.item.create", item: long }, "error"))
    .error.code, "message_refused");
  await caller.close();
  await server.says(/conversation kept: 2 items/, from);
  const kept = (await curl("GET", "/openai/conversations/kept")).json.messages;
  const [first] = kept;
  assert.deepEqual([first.from, first.text],
    ["client", "My card is [card number] and my ID is [number]."]);
  assert.ok(kept.some(({ from }) => from === "assistant"));
  assert.ok(!kept.some((message) => message.text.includes("beer")));
  const again = await client("kept", ANN, "?continue=yes");
  const { id } = again.events.all.find(({ type }) => type === "session.created").session;
  const remembers = /My card is \[card number\] and my ID is \[number\]/;
  for (const end = Date.now() + 5000; ;) { // its on.call_start may still run
    const { text: history } = await curl("GET", `/v1/myna/calls/${id}/history`, ADMIN);
    if (remembers.test(history)) break;
    assert.ok(Date.now() < end, history);
  }
  await again.close();
  assert.equal((await curl("DELETE", "/openai/conversations/kept")).status, 204);
  assert.deepEqual((await curl("GET", "/openai/conversations/kept")).json.messages, []);
});

test("a newer connection of the same client takes over", async () => {
  const first = await client("phone");
  const second = await client("phone");
  const { reason } = await first.closed;
  assert.match(reason, /replaced/);
  await asks(second, { type: "get_token" }, "token");
  await second.close();
});

test("a client whose line breaks comes back to its call, and Remy knows the ID", async () => {
  const caller = await client("lift", ANN, "?events=myna");
  const { session_id, resume } = await caller.events.next("myna.session.resumable");
  await asks(caller, { type: "function_call", function_name: "check_id",
    arguments: { id_number: "222333444" } }, "function_call_result");
  caller.socket.terminate();
  const back = await client("lift", ANN,
    `?events=myna&session_id=${session_id}&resume=${resume}`);
  const order = await asks(back, { type: "function_call", function_name: "place_order",
    arguments: { item: "Draught Beer", quantity: 1 } }, "function_call_result");
  assert.equal(order.result.status, "order_placed");
  await back.close();
});

async function ask(caller, text) {
  caller.say(text);
  return (await caller.events.next("response.audio_transcript.done")).transcript;
}

/** The app before another model, for one test. */
async function withModel(url, act) {
  const other = await myna(["serve", `${ROOT}agents/bartender`, "--port", "0", "--upstream", url,
    "--store", join(folder, "other.db")], { OPENAI_API_KEY: "sk-for-this-test-only" });
  try {
    await act(other, `${other.url.replace(/^http/, "ws")}/openai/realtime/client1`);
  } finally {
    assert.deepEqual(await other.stop(), { code: 0, signal: null });
  }
}

test("AI Response (Audio Transcript), field for field; a model's line that breaks", async () => {
  const model = await upstream();
  const words = "Sure thing! What kind of drink would you like?";
  await withModel(model.url, async (_, url) => {
    let peer;
    model.plan(async (first) => {
      peer = first;
      await peer.begin();
    });
    const caller = await RawCaller.open(url);
    caller.send({ type: "response.create" });
    await peer.events.next("response.create");
    const { at, tell } = peer.respond({ type: "message", role: "assistant", content: [] });
    tell("response.output_audio_transcript.delta", { ...at, delta: words,
      event_id: "event_123456789", obfuscation: "Ac545gT4mzcC" });
    const delta = await caller.events.next("response.audio_transcript.delta");
    assert.deepEqual(delta, { type: "response.audio_transcript.delta",
      event_id: "event_123456789", ...at, delta: words, obfuscation: "Ac545gT4mzcC" });
    peer.raw.destroy();
    await caller.events.next("response.done"); // what broke off is over
    assert.equal(await (await model.peer(), ask(caller, "Are you there?")), "Are you there?");
    await caller.close();
  });
  await model.stop();
});

test("a model that cannot be reached is told as that", async () => {
  await withModel("ws://127.0.0.1:1/v1/realtime", async (other, url) => {
    const caller = new RawCaller(url);
    const told = await caller.events.next("connection_established");
    assert.equal(told.openai_connected, false);
    await caller.closed;
    const ask = async (method, path) => (await fetch(other.url + path, { method })).json();
    assert.equal((await ask("GET", "/openai/status")).openai_connected, false);
    assert.equal((await ask("POST", "/openai/connect/client1")).openai_connected, false);
  });
});

test("the page, in a browser", { skip: noBrowser }, async () => {
  const browser = await Browser.start();
  try {
    const page = await browser.open(`${server.url}/openai/client`);
    await page.getByLabel("Key").fill(ANN);
    await page.getByLabel("Client ID").fill("page");
    await page.getByRole("button", { name: "Connect to OpenAI" }).click();
    await page.locator("#status", { hasText: "Connected to OpenAI Realtime API" }).waitFor();
    const logged = (words) => page.locator("#log", { hasText: words }).waitFor();
    await page.getByRole("button", { name: "Get ephemeral token" }).click();
    await logged('"type":"token"');
    await page.getByRole("button", { name: "check_id" }).click();
    await logged('"result":{"status":"id_checked","valid":true}');
    await page.getByRole("button", { name: "place_order" }).click();
    await logged('"status":"order_placed"');
    await page.getByRole("button", { name: "Status" }).click();
    await logged(/"clients":\[[^\]]*"page"/);
    await page.getByLabel("Message").fill("Good evening.");
    await page.keyboard.press("Enter");
    await page.locator("#said .bartender").first().waitFor();
    await page.getByRole("button", { name: "Microphone" }).click();
    await logged('"type":"input_audio_buffer.speech_started"');
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.locator("#status", { hasText: "closed (1000)" }).waitFor();
    assert.deepEqual(browser.complained(), []);
  } finally {
    await browser.stop();
  }
});
