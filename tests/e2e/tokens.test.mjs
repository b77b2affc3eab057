// tokens.test.mjs - short-lived keys of our own: made for browsers with the official client, bound
// to an app, good for a while, once if so wished; and how many calls a key and an address may have.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { OpenAIRealtimeWebSocket } from "openai/realtime/websocket";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { WebSocket } from "ws";
import { certificate } from "./lib/cert.mjs";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT } from "./lib/server.mjs";

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // as in openai.test.mjs
const KEY = "key-of-the-backend";
const apps = ["visitors", "plain"].map((name) => `${ROOT}tests/e2e/apps/${name}`);
const { flags, drop } = certificate();
const folder = mkdtempSync(join(tmpdir(), "myna-tokens-"));
let server, client;

before(async () => {
  writeFileSync(join(folder, "keys"), `backend ${KEY}\ntwo key-of-two-calls calls=2\n`);
  server = await myna(["serve", ...apps, "--port", "0", "--keys", join(folder, "keys"),
    "--log-personal", "on", ...flags]);
  client = new OpenAI({ apiKey: KEY, baseURL: `${server.url}/v1`, maxRetries: 0 });
});
after(async () => {
  assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
  assert.ok(!/ek_[\w-]{43}/.test(server.output), "a token is in the log");
  rmSync(folder, { recursive: true });
  drop();
});

const session = (more = {}) => ({ type: "realtime", model: "visitors", ...more });
const secret = (body = {}) => client.realtime.clientSecrets.create({ session: session(), ...body });
const url = (query = "model=visitors") => server.realtime(query);
const offers = (token) => ["realtime", `openai-insecure-api-key.${token}`];
const post = async (path, body, key = KEY) => {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(server.url + path, { method: "POST", headers, body: text });

  return { status: response.status, ...(await response.json()) };
};

test("the official client makes a secret, and opens a call with it", async () => {
  const before = Date.now() / 1000;
  const made = await secret({ expires_after: { anchor: "created_at", seconds: 60 } });

  assert.match(made.value, /^ek_[\w-]{43}$/);
  assert.ok(Math.abs(made.expires_at - before - 60) < 10);
  assert.equal(made.session.object, "realtime.session");
  assert.equal(made.session.model, "visitors");
  const browser = new OpenAI({ apiKey: made.value, baseURL: `${server.url}/v1` });
  const realtime = new OpenAIRealtimeWS({ model: "visitors" }, browser);
  const created = await new Promise((resolve, reject) => {
    realtime.on("session.created", resolve);
    realtime.on("error", reject);
  });
  assert.equal(created.session.model, "visitors");
  realtime.close();
});

test("a browser offers it as a subprotocol, and is answered exactly realtime", async () => {
  const { value } = await secret({ myna: { user: "ann", claims: { plan: "gold" } } });
  const more = [...offers(value), "openai-agents-sdk.0.20.0"];
  const caller = await RawCaller.open(url(), more, { origin: "https://shop.example" });

  assert.equal(caller.socket.protocol, "realtime");
  await caller.close();
  await server.says(/visitor.*gold.*ann/);
  const headers = { authorization: `Bearer ${value}` };
  const who = await (await fetch(`${server.url}/who`, { headers })).json();
  assert.deepEqual(who, { id: "ann", key: "backend", claims: { plan: "gold" } });
});

test("the official client for browsers calls with it", async () => {
  const { value } = await secret();
  const page = new OpenAI({ apiKey: value, baseURL: `${server.url}/v1` });

  globalThis.WebSocket = WebSocket; // what a browser has; it offers subprotocols, and no headers
  const realtime = new OpenAIRealtimeWebSocket({ model: "visitors" }, page);
  const created = await new Promise((resolve, reject) => {
    realtime.on("session.created", resolve);
    realtime.on("error", reject);
  });
  assert.equal(created.session.model, "visitors");
  realtime.close();
  delete globalThis.WebSocket;
  assert.equal((await page.models.retrieve("visitors")).owned_by, "myna");
  await assert.rejects(page.models.retrieve("plain"), { status: 404 });
});

test("the session that was asked for is the call's from its first event", async () => {
  const pcmu = { type: "audio/pcmu" };
  const audio = { input: { format: pcmu, turn_detection: null }, output: { format: pcmu } };
  const made = await secret({ session: session({ audio }) });
  const caller = new RawCaller(url(""), offers(made.value)); // the token says which app
  const created = await caller.events.next("session.created");

  assert.deepEqual(made.session.audio.input.format, pcmu);
  assert.deepEqual(created.session.audio.input.format, pcmu);
  assert.deepEqual(created.session.audio.output.format, pcmu);
  assert.equal(created.session.audio.input.turn_detection, null);
  await caller.close();
});

test("it opens its own app only, and makes no other tokens", async () => {
  const { value } = await secret();
  const headers = { authorization: `Bearer ${value}` };
  const models = await (await fetch(`${server.url}/v1/models`, { headers })).json();

  assert.deepEqual(models.data.map(({ id }) => id), ["visitors"]);
  assert.equal(await RawCaller.refused(url("model=plain"), offers(value)), 404);
  assert.equal((await post("/v1/realtime/client_secrets", {}, value)).status, 403);
});

test("one for a single use opens one call", async () => {
  const { value } = await secret({ myna: { single_use: true } });
  const caller = await RawCaller.open(url(), offers(value));

  assert.equal(await RawCaller.refused(url(), offers(value)), 401);
  await caller.close();
  assert.equal(await RawCaller.refused(url(), offers(value)), 401);
});

test("a caller who was lost comes back with a token that was used (R63)", async () => {
  const { value } = await secret({ myna: { single_use: true } });
  const caller = await RawCaller.open(url("model=visitors&events=myna"), offers(value));
  const { session_id: id, resume } = await caller.events.next("myna.session.resumable");

  caller.socket.terminate();
  const forged = `${value.slice(0, -4)}AAAA`;
  const again = url(`session_id=${id}&resume=${resume}&events=myna`);
  assert.equal(await RawCaller.refused(again, offers(forged)), 401);
  const guess = url(`session_id=${id}&resume=${"0".repeat(32)}&events=myna`);
  assert.equal(await RawCaller.refused(guess, offers(value)), 404);
  const returned = await RawCaller.open(again, offers(value));
  assert.equal((await returned.events.next("myna.session.resumable")).session_id, id);
  await returned.close();
});

test("one that is forged, or of no key that is left, is refused", async () => {
  const { value } = await secret();
  const forged = value.slice(0, -3) + (value.endsWith("AAA") ? "BBB" : "AAA");

  assert.equal(await RawCaller.refused(url(), offers(forged)), 401);
  const lines = join(folder, "keys");
  writeFileSync(lines, "other key-of-another\ntwo key-of-two-calls calls=2\n");
  server.child.kill("SIGHUP");
  await server.says(/reloaded/);
  assert.equal(await RawCaller.refused(url(), offers(value)), 401);
  const from = server.output.length;
  writeFileSync(lines, `backend ${KEY}\ntwo key-of-two-calls calls=2\n`);
  server.child.kill("SIGHUP");
  await server.says(/reloaded/, from);
});

test("the beta API's session has its secret in it", async () => {
  const made = await post("/v1/realtime/sessions", {
    model: "visitors", input_audio_format: "g711_ulaw" });

  assert.equal(made.status, 200);
  assert.match(made.client_secret.value, /^ek_/);
  assert.ok(Math.abs(made.client_secret.expires_at - Date.now() / 1000 - 60) < 10);
  assert.equal(made.object, "realtime.session");
  assert.equal(made.input_audio_format, "g711_ulaw");
  const caller = new RawCaller(url(), [...offers(made.client_secret.value),
    "openai-beta.realtime-v1"]);
  const created = await caller.events.next("session.created");
  assert.equal(created.session.input_audio_format, "g711_ulaw");
  await caller.close();
});

test("a route makes tokens, for its own app or another of the server", async () => {
  const make = (body) => post("/token", body);
  const made = await make({ user: "eve", ttl: "60s", claims: { seat: 7 } });

  assert.match(made.value, /^ek_[\w-]{43}$/);
  await (await RawCaller.open(url(), offers(made.value))).close();
  const headers = { authorization: `Bearer ${made.value}` };
  const who = await (await fetch(`${server.url}/who`, { headers })).json();
  assert.deepEqual(who, { id: "eve", claims: { seat: 7 } });
  const other = await make({ app: "plain" });
  await (await RawCaller.open(url("model=plain"), offers(other.value))).close();
  assert.equal(await RawCaller.refused(url(), offers(other.value)), 404);
  assert.equal((await make({ app: "none" })).status, 500);
  assert.equal((await make({ ttl: "3h" })).status, 500);
  await server.says(/app: no app 'none' is served here/);
  await server.says(/ttl: at most 7200 s \(token-ttl\)/);
});

test("mistakes are told as the API tells them", async () => {
  const rows = [
    ["{", "invalid_json", null],
    [{ expires_after: { seconds: 9 } }, "integer_below_min_value", "expires_after.seconds"],
    [{ expires_after: { seconds: 7201 } }, "integer_above_max_value", "expires_after.seconds"],
    [{ session: { type: "realtime" } }, "missing_required_parameter", "session.model"],
    [{ session: session({ type: "transcription" }) }, "invalid_value", "session.type"],
    [{ session: session({ vioce: "sage" }) }, "unknown_parameter", "session.vioce"],
    [{ sesion: session() }, "unknown_parameter", "sesion"],
    [{ ["x".repeat(70)]: 1 }, "unknown_parameter", "x".repeat(64)],
    [{ session: session(), myna: { once: true } }, "unknown_parameter", "myna.once"],
    [{ session: session(), myna: { claims: { a: "x".repeat(3000) } } },
      "string_above_max_length", "session"],
  ];

  for (const [body, code, param] of rows) {
    const { status, error } = await post("/v1/realtime/client_secrets", body);
    assert.deepEqual([status, error?.code, error?.param], [400, code, param], JSON.stringify(body));
  }
  const none = { session: session({ model: "no" }) };
  assert.equal((await post("/v1/realtime/client_secrets", none)).status, 404);
});

test("calls of a key over its limit are refused with 429, others are not", async () => {
  const options = { headers: { authorization: "Bearer key-of-two-calls" } };
  const first = await RawCaller.open(url(), [], options);
  const second = await RawCaller.open(url(), [], options);

  assert.equal(await RawCaller.refused(url(), [], options), 429);
  const other = { headers: { authorization: `Bearer ${KEY}` } };
  await (await RawCaller.open(url(), [], other)).close();
  await first.close();
  await server.says(/call ended/);
  await (await RawCaller.open(url(), [], options)).close();
  await second.close();
});
