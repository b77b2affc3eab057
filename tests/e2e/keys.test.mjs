// keys.test.mjs - a server with a key: who presents it may call, from anywhere; nobody else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { dental } from "./lib/server.mjs";

const KEY = "ek_for-this-test-only";
let practice, url;
before(async () => {
  practice = await dental(["--key", KEY]);
  url = practice.server.realtime("model=dental");
});
after(async () => assert.deepEqual(await practice.stop(), { code: 0, signal: null }));

test("without the key a call is refused", async () => {
  assert.equal(await RawCaller.refused(url), 401);
});

test("with another key a call is refused", async () => {
  const headers = { Authorization: "Bearer ek_for-this-test-onlY" };

  assert.equal(await RawCaller.refused(url, [], { headers }), 401);
});

test("with the key in a header a call is taken", async () => {
  const caller = await RawCaller.open(url, [], { headers: { Authorization: `Bearer ${KEY}` } });

  await caller.close();
});

test("with the key as a subprotocol a page of any origin is taken", async () => {
  const offers = ["realtime", `openai-insecure-api-key.${KEY}`];
  const caller = await RawCaller.open(url, offers, { origin: "https://elsewhere.example" });

  assert.equal(caller.socket.protocol, "realtime");
  await caller.close();
});

test("the key is not in the log", async () => {
  assert.ok(!practice.server.output.includes(KEY));
});
