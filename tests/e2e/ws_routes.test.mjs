// ws_routes.test.mjs - calls opened at paths of an app's own: what the function gives, what it
// refuses, and that nothing is lost of what the caller says meanwhile.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { ROOT, myna, run } from "./lib/server.mjs";

const KEY = "ek_for-this-test-only";

const page = (version) => `local myna = require "myna"
local sam = myna.agent { name = "Sam", instructions = "You keep a shop.", handoffs = { "Kim" } }
return myna.app { name = "shop", greeting = "Shop ${version}.", agent = sam,
  agents = { myna.agent { name = "Kim", instructions = "You keep the books." } },
  state = { basket = 0, lang = "en" }, limits = { resume = "10s" },
  client_events = {
    whoami = { act = function(_, ctx)
      ctx:send { type = "whoami", call = ctx.call, user = ctx.user, state = ctx.state,
        agent = ctx.agent }
    end },
    count = { act = function(_, ctx)
      ctx.state.basket = ctx.state.basket + 1
      ctx:send { type = "counted", n = ctx.state.basket }
    end },
  },
  routes = {
    ["WS /live/{client_id}"] = function(req)
      return { call = { meta = { client = req.params.client_id, size = req.query.size },
        from = "+44201", to = "+44202", channel = "web", user = { id = "u1" },
        state = { lang = "cy" }, agent = "Kim", greeting = false } }
    end,
    ["GET /live/{client_id}"] = function(req) return { text = req.params.client_id } end,
    ["WS /open"] = { public = true, act = function() return { call = {} } end },
    ["WS /old"] = { public = true, act = function() return { call = { dialect = "beta" } } end },
    ["WS /slow"] = { public = true, act = function(req)
      myna.sleep(req.query.s or "300ms")
      return { call = { greeting = false } }
    end },
    ["WS /no"] = { public = true, act = function(req)
      if req.query.how == "text" then return { status = 403, text = "Not you." } end
      if req.query.how == "slow" then myna.sleep "50ms" end
      return { status = 401, json = { error = { message = "Who are you?", code = "no_name" } } }
    end },
    ["WS /wrong"] = { public = true, act = function(req)
      if req.query.how == "errs" then local nothing return nothing.x end
      if req.query.how == "agent" then return { call = { agent = "Kin" } } end
      if req.query.how == "field" then return { call = { mata = {} } } end
      if req.query.how == "nothing" then return end
      if req.query.how == "loop" then while true do end end
      return { call = {}, status = 200 }
    end },
  } }
`;

let root, folder, server;
const auth = { headers: { authorization: `Bearer ${KEY}` } };
const at = (path) => server.url.replace(/^http/, "ws") + path;

before(async () => {
  root = mkdtempSync(join(tmpdir(), "myna-ws-routes-"));
  folder = join(root, "shop");
  mkdirSync(folder);
  writeFileSync(join(folder, "agent.lua"), page("one"));
  server = await myna(["serve", folder, "--port", "0", "--key", KEY, "--route-timeout", "1s",
    "--log-personal", "on", "--route-requests", "8", "--route-early", "64k", "--max-calls", "12"]);
});
after(async () => {
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  rmSync(root, { recursive: true });
});

/** What a caller who is turned away is told: the error, and the close. */
async function turnedAway(path, before = () => {}) {
  const caller = new RawCaller(at(path));
  caller.socket.once("open", () => before(caller));
  const { error } = await caller.events.next("error");
  return { error, ...(await caller.closed) };
}

test("a call has what its route gave it", async () => {
  const caller = await RawCaller.open(at("/live/a%20b?size=7"), ["realtime"], auth);
  caller.send({ type: "whoami" });
  const me = await caller.events.next("whoami");
  assert.match(me.call.id, /^sess_/);
  delete me.call.id;
  assert.deepEqual(me.call, { app: "shop", from: "+44201", to: "+44202", channel: "web",
    meta: { client: "a b", size: "7" } });
  assert.deepEqual([me.user, me.state, me.agent],
    [{ id: "u1" }, { basket: 0, lang: "cy" }, "Kim"]);
  assert.match(await caller.ask("Are you there?"), /./);
  await caller.close();
});

test("a key is asked for over HTTP, unless the route is public", async () => {
  assert.equal(await RawCaller.refused(at("/live/7")), 401);
  const offered = ["realtime", `openai-insecure-api-key.${KEY}`];
  await (await RawCaller.open(at("/live/7"), offered)).close();
  const keyed = await RawCaller.open(at("/slow"), [], auth);
  keyed.send({ type: "whoami" });
  assert.equal(typeof (await keyed.events.next("whoami")).user.key, "string");
  await keyed.close();
  const caller = await RawCaller.open(at("/open"));
  assert.match((await caller.events.next("response.output_audio_transcript.done")).transcript,
    /Shop one/);
  await caller.close();
});

test("a path is one by GET and another as a WebSocket", async () => {
  const get = (path, method) => fetch(server.url + path, { method, ...auth });
  assert.equal(await (await get("/live/7")).text(), "7");
  const plain = await get("/open");
  assert.deepEqual([plain.status, plain.headers.get("upgrade")], [426, "websocket"]);
  const put = await get("/live/7", "DELETE");
  assert.deepEqual([put.status, put.headers.get("allow")], [405, "GET, HEAD"]);
  assert.equal(await RawCaller.refused(at("/none"), [], auth), 404);
  assert.equal(await RawCaller.refused(at("/healthz"), [], auth), 404);
});

test("beta is spoken where the route says so", async () => {
  const caller = await RawCaller.open(at("/old"));
  await caller.events.next("response.audio_transcript.done");
  await caller.close();
});

test("what a caller says while the route waits is heard in its order", async () => {
  const caller = new RawCaller(at("/slow"));
  caller.socket.once("open", () => {
    for (let i = 0; i < 20; i++) caller.send({ type: "count" });
    caller.say("Are you there?");
  });
  for (let i = 1; i <= 20; i++) assert.equal((await caller.events.next("counted")).n, i);
  assert.match((await caller.events.next("response.output_audio_transcript.done")).transcript, /./);
  await caller.close();
});

test("whoever is refused reads why, and the code has the status", async () => {
  const why = await turnedAway("/no");
  assert.deepEqual([why.error.code, why.error.message, why.code, why.reason],
    ["no_name", "Who are you?", 4401, "Who are you?"]);
  const text = await turnedAway("/no?how=text");
  assert.deepEqual([text.error.type, text.error.message, text.code],
    ["invalid_request_error", "Not you.", 4403]);
  assert.equal((await turnedAway("/no?how=slow", (c) => c.send({ type: "count" }))).code, 4401);
});

const WRONG = [
  ["errs", /agent\.lua:\d+: attempt to index a nil value/],
  ["agent", /no agent is named 'Kin' \(did you mean 'Kim'\?\)/],
  ["field", /call: unknown field 'mata' \(did you mean 'meta'\?\)/],
  ["nothing", /a WS route returns \{ call = \{ \.\.\. \} \}/],
  ["both", /it has both call and status/],
  ["loop", /script-slice/],
];
for (const [how, logged] of WRONG) {
  test(`a route that is wrong (${how}) is safe words, and the log has the matter`, async () => {
    const from = server.output.length;
    const { error, code } = await turnedAway(`/wrong?how=${how}`);
    assert.deepEqual([error.type, error.code, code], ["server_error", "route_failed", 4500]);
    assert.ok(!/nil|Kin|mata/.test(error.message));
    await server.says(logged, from);
  });
}

test("one that takes too long, and one who says too much meanwhile", async () => {
  assert.equal((await turnedAway("/slow?s=5s")).code, 4504);
  const loud = await turnedAway("/slow?s=5s", (caller) => {
    caller.send({ type: "count", text: "x".repeat(60_000) });
    caller.send({ type: "count", text: "x".repeat(8_000) });
  });
  assert.deepEqual([loud.error.code, loud.code], ["too_early", 4413]);
});

test("a caller who leaves ends the route, and one too many is 503", async () => {
  const crowd = Array.from({ length: 8 }, () => new RawCaller(at("/slow?s=5s")));
  await Promise.all(crowd.map(({ socket }) => new Promise((done) => socket.once("open", done))));
  assert.equal(await RawCaller.refused(at("/slow")), 503);
  crowd.forEach(({ socket }) => socket.terminate());
  const deadline = Date.now() + 900;
  for (;;) {
    const caller = new RawCaller(at("/open"));
    const got = await Promise.race([caller.events.next("session.created"),
      new Promise((done) => caller.socket.once("unexpected-response", () => done(null)))]);
    await caller.close();
    if (got) break;
    assert.ok(Date.now() < deadline, "their routes still run");
    await new Promise((done) => setTimeout(done, 20));
  }
});

test("R63 a caller comes back the way they came", async () => {
  const caller = await RawCaller.open(at("/slow?events=myna"));
  const { session_id, resume } = await caller.events.next("myna.session.resumable");
  caller.send({ type: "count" });
  await caller.events.next("counted");
  caller.socket.terminate();
  const path = `/slow?events=myna&session_id=${session_id}`;
  assert.equal(await RawCaller.refused(at(`${path}&resume=wrong`)), 404);
  const back = new RawCaller(at(`${path}&resume=${resume}`));
  await back.events.next("myna.session.resumable");
  back.send({ type: "count" });
  assert.equal((await back.events.next("counted")).n, 2);
  await back.close();
});

test("R60 a route that began before a reload opens its call, with the new prompts", async () => {
  const caller = new RawCaller(at("/slow?s=600ms"));
  await new Promise((done) => caller.socket.once("open", done));
  writeFileSync(join(folder, "agent.lua"), page("two"));
  const from = server.output.length;
  server.child.kill("SIGHUP");
  await server.says(/reloaded/, from);
  await caller.events.next("session.created");
  assert.match(await caller.ask("Are you there?"), /./);
  await caller.close();
});

test("who waits is told when the server goes away", async () => {
  const other = await myna(["serve", folder, "--port", "0"]);
  const waiting = new RawCaller(other.url.replace(/^http/, "ws") + "/slow?s=5s");
  const talking = await RawCaller.open(other.url.replace(/^http/, "ws") + "/open");
  assert.deepEqual(await other.stop(), { code: 0, signal: null });
  await Promise.all([waiting.closed, talking.closed]);
});

test("the route of docs/authoring.md opens a client's call, and no other's", async () => {
  const shown = await myna(["serve", `${ROOT}tests/scenarios/counter`, "--port", "0", "--store",
    join(root, "clients.db")]);
  const put = await fetch(`${shown.url}/clients/c7`, { method: "PUT",
    body: JSON.stringify({ name: "Ann", agent: "Cashier" }) });
  assert.equal(put.status, 204);
  const dial = shown.url.replace(/^http/, "ws");
  await (await RawCaller.open(`${dial}/calls/c7`)).close();
  const other = new RawCaller(`${dial}/calls/c8`);
  assert.equal((await other.events.next("error")).error.message, "No such client.");
  assert.equal((await other.closed).code, 4404);
  assert.deepEqual(await shown.stop(), { code: 0, signal: null });
});

test("two apps may not claim one path as a WebSocket", async () => {
  const other = join(root, "other");
  mkdirSync(other);
  writeFileSync(join(other, "agent.lua"), `local myna = require "myna"
return myna.app { name = "other", agent = myna.agent { name = "O" },
  routes = { ["WS /live/{id}"] = function() return { call = {} } end } }
`);
  const { code, output } = await run(["serve", folder, other, "--port", "0"]);
  assert.equal(code, 2);
  assert.match(output, /'other': the route 'WS \/live\/\{id\}' is claimed by app 'shop'/);
});
