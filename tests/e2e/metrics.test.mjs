// metrics.test.mjs - /metrics, /readyz and who may read them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna, run, ROOT } from "./lib/server.mjs";

const KEY = "caller-key-0123456789";
const ADMIN = "admin-key-0123456789";
const APP = `${ROOT}tests/e2e/apps/plain`;

const bearer = (key) => ({ headers: { authorization: `Bearer ${key}` } });

async function samples(server, options) {
  const answer = await fetch(`${server.url}/metrics`, options);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
  const all = new Map();
  for (const line of (await answer.text()).split("\n")) {
    const match = /^(\w+(?:\{.*\})?) (\S+)$/.exec(line);
    if (match) all.set(match[1], Number(match[2]));
  }
  return all;
}

let server;
before(async () => (server = await myna(["serve", APP, "--port", "0", "--max-calls", "1"])));
after(async () => assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null }));

test("a call is counted: open, over, how long its parts took", async () => {
  const url = server.realtime("model=plain");
  const caller = await RawCaller.open(url);
  await caller.ask("Hello?");
  const during = await samples(server);
  assert.equal(during.get('myna_calls_open{app="plain"}'), 1);
  assert.equal(during.get('myna_call_setup_seconds_count{app="plain"}'), 1);
  assert.ok(during.get('myna_first_audio_seconds_count{app="plain"}') >= 1);
  assert.ok(during.get('myna_memory_bytes{of="lua"}') > 1000);
  assert.ok(during.get('myna_memory_bytes{of="process"}') > 1_000_000);
  assert.ok(during.get("myna_connections") >= 2);
  assert.equal(during.get("myna_generation"), 1);

  assert.equal(await RawCaller.refused(url), 503);
  const full = await fetch(`${server.url}/readyz`);
  assert.equal(full.status, 503);
  assert.deepEqual(await full.json(), { status: "at_capacity" });
  assert.ok(full.headers.get("retry-after"));

  await caller.close();
  const over = await samples(server);
  assert.equal(over.get('myna_calls_open{app="plain"}'), 0);
  assert.equal(over.get('myna_calls_total{app="plain",outcome="caller_left"}'), 1);
  assert.equal(over.get('myna_calls_refused_total{reason="capacity"}'), 1);
  assert.deepEqual(await (await fetch(`${server.url}/readyz`)).json(), { status: "ready" });
});

test("with keys the metrics are an operator's; that it is up is everyone's", async () => {
  const keyed = await myna(["serve", APP, "--port", "0"], { MYNA_KEY: KEY, MYNA_ADMIN_KEY: ADMIN });

  assert.equal((await fetch(`${keyed.url}/healthz`)).status, 200);
  assert.equal((await fetch(`${keyed.url}/readyz`)).status, 200);
  for (const path of ["/metrics", "/v1/myna/calls"]) {
    for (const options of [{}, bearer(KEY), bearer(ADMIN + "x"), bearer("")]) {
      const answer = await fetch(`${keyed.url}${path}`, options);
      assert.equal(answer.status, 401, `${path} ${JSON.stringify(options)}`);
      assert.equal((await answer.json()).error.code, "invalid_admin_key");
    }
  }
  assert.equal((await samples(keyed, bearer(ADMIN))).get("myna_stale"), 0);
  assert.equal((await fetch(`${keyed.url}/v1/models`, bearer(ADMIN))).status, 401);
  await keyed.stop("SIGINT");
  assert.ok(!keyed.output.includes(ADMIN));
});

test("a server with keys for callers and none for operators cannot be operated", async () => {
  const keyed = await myna(["serve", APP, "--port", "0", "--key", KEY]);
  const answer = await fetch(`${keyed.url}/metrics`, bearer(KEY));

  assert.equal(answer.status, 403);
  assert.equal((await answer.json()).error.code, "no_admin_key");
  await keyed.stop("SIGINT");
});

test("one key for callers and operators is refused at the start", async () => {
  const { code, output } = await run(["serve", APP, "--port", "0"],
    { MYNA_KEY: KEY, MYNA_ADMIN_KEY: KEY });

  assert.equal(code, 2);
  assert.match(output, /--admin-key: it is also a caller's key/);
});
