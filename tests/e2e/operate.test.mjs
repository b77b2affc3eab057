// operate.test.mjs - /v1/myna: what an operator sees of calls, says in them, does with the server.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { RawCaller } from "./lib/raw.mjs";
import { Sse } from "./lib/sse.mjs";
import { myna } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const KEY = "caller-key-0123456789";
const ADMIN = "admin-key-0123456789";

const page = (name = "Ada") => `local myna = require "myna"
return myna.app { name = "desk", state = { color = "blue" },
  agent = myna.agent { name = "${name}", instructions = "You keep a desk.",
    tools = { myna.tool { name = "pay", description = "Pays.", needs_approval = true,
      execute = function() return "paid" end } } },
  agents = { myna.agent { name = "Bea", instructions = "You keep another desk." } } }
`;

let folder, model, server;
const headers = { authorization: `Bearer ${ADMIN}` };

function ask(path, body) {
  const url = `${server.url}/v1/myna${path}`;
  if (body === undefined) return fetch(url, { headers });
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(url, { method: "POST", headers, body: text });
}

async function get(path) {
  const answer = await ask(path);
  assert.equal(answer.status, 200, path);
  return answer.json();
}

async function post(path, body = {}, status = 202) {
  const answer = await ask(path, body);
  const json = await answer.json();
  assert.equal(answer.status, status, JSON.stringify(json));
  return json;
}

/** An answer that is refused, as { status, code, param, message }. */
async function refused(path, body) {
  const answer = await ask(path, body);
  const { error } = await answer.json();
  assert.ok(error.type, path);
  return { status: answer.status, code: error.code, param: error.param, message: error.message };
}

async function call() {
  const ready = new Promise((resolve) => {
    model.plan(async (peer) => {
      await peer.begin();
      resolve(peer);
    });
  });
  const caller = await RawCaller.open(server.realtime("model=desk"), [],
    { headers: { authorization: `Bearer ${KEY}` } });
  const peer = await ready;
  const { data } = await get("/calls?limit=100");
  return { caller, peer, path: `/calls/${data.at(-1).id}`, id: data.at(-1).id };
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "myna-operate-"));
  writeFileSync(join(folder, "agent.lua"), page());
  model = await upstream();
  server = await myna(["serve", folder, "--port", "0", "--upstream", model.url, "--followers", "4",
    "--records", join(folder, "calls.db")], { MYNA_KEY: KEY, MYNA_ADMIN_KEY: ADMIN });
});
after(async () => {
  assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
  await model.stop();
  rmSync(folder, { recursive: true });
});

test("calls are listed by pages, and shown", async () => {
  const calls = [await call(), await call(), await call()];
  const first = await get("/calls?limit=2");
  assert.deepEqual(first.data.map((c) => c.id), calls.slice(0, 2).map((c) => c.id));
  assert.equal(first.has_more, true);
  await calls[1].caller.close(); // the page goes on where it was, whoever left meanwhile
  const second = await get(`/calls?limit=2&after=${first.next}`);
  assert.deepEqual(second.data.map((c) => c.id), [calls[2].id]);
  assert.deepEqual([second.has_more, second.next], [false, null]);
  assert.deepEqual((await get("/calls?app=other")).data, []);

  const shown = await get(calls[0].path);
  assert.equal(shown.app, "desk");
  assert.equal(shown.agent, "Ada");
  assert.equal(shown.status, "open");
  assert.equal(shown.peer, "127.0.0.1");
  assert.deepEqual(shown.state, { color: "blue" });
  assert.ok(Math.abs(shown.started_at - Date.now() / 1000) < 60);
  assert.equal(typeof shown.usage, "object");
  for (const query of ["limit=0", "limit=101", "limit=x", "after=-1"]) {
    const wrong = await refused(`/calls?${query}`);
    assert.deepEqual([wrong.status, wrong.param], [422, query.split("=")[0]]);
  }
  await Promise.all([calls[0], calls[2]].map((c) => c.caller.close()));
});

test("what is wrong is said by status, code and param", async () => {
  const { caller, path } = await call();
  const missing = await refused("/calls/sess_none/say", { text: "Hi" });
  assert.deepEqual([missing.status, missing.code, missing.param], [404, "call_not_found", "call"]);
  assert.equal((await refused("/nothing")).status, 404);
  const answer = await ask(`${path}/say`);
  assert.equal(answer.status, 405);
  assert.equal(answer.headers.get("allow"), "POST");
  assert.equal((await refused(`${path}/say`, "{nonsense")).status, 400);
  assert.equal((await refused(`${path}/say`, {})).status, 422);
  assert.match((await refused(`${path}/say`, {})).message, /text/);
  assert.equal((await refused(`${path}/say`, { text: 7 })).param, "text");
  assert.equal((await refused(`${path}/say`, { text: "Hi", wrong: 1 })).status, 422);
  assert.equal((await refused(`${path}/handoff`, { agent: "Nobody" })).param, "agent");
  assert.equal((await refused(`${path}/approve`, { call_id: "call_x" })).param, "call_id");
  await caller.close();
});

test("words and text go where they belong", async () => {
  const { caller, peer, path } = await call();
  assert.equal((await post(`${path}/say`, { text: "We close at six." })).order, "say");
  const said = await peer.events.next("response.create");
  assert.match(said.response.instructions, /We close at six/);
  peer.say("We close at six.");

  await post(`${path}/send_text`, { text: "When do you close?" });
  const typed = await peer.events.next("conversation.item.create");
  assert.equal(typed.item.role, "user");
  assert.deepEqual(typed.item.content, [{ type: "input_text", text: "When do you close?" }]);
  await caller.close();
});

test("R25 an operator hands a call off", async () => {
  const { caller, peer, path } = await call();
  await post(`${path}/handoff`, { agent: "Bea", say: "Bea here." });
  const update = await peer.events.next("session.update");
  assert.match(update.session.instructions, /another desk/);
  peer.confirm(update);
  assert.match((await peer.events.next("response.create")).response.instructions, /Bea here/);
  assert.equal((await get(path)).agent, "Bea");
  const there = await refused(`${path}/handoff`, { agent: "Bea" });
  assert.deepEqual([there.status, there.code], [409, "not_now"]);
  const { data } = await get(`${path}/history`);
  assert.ok(data.some((item) => item.type === "handoff"), JSON.stringify(data));
  await caller.close();
});

for (const [word, expected] of [["approve", /paid/], ["reject", /not approved.*too much/]]) {
  test(`R19 an operator's ${word} settles a tool, once`, async () => {
    const { caller, peer, path } = await call();
    const events = await Sse.open(`${server.url}/v1/myna${path}/events`, { headers });
    const callId = peer.call("pay");
    await events.next("tool_approval_requested", (event) => event.call_id === callId);
    const { approvals } = await get(path);
    assert.deepEqual(approvals.map((a) => [a.call_id, a.tool, a.approve_by]),
      [[callId, "pay", "operator"]]);
    const body = word === "reject" ? { call_id: callId, reason: "too much" } : { call_id: callId };
    await post(`${path}/${word}`, body);
    const output = await peer.events.next("conversation.item.create");
    assert.equal(output.item.call_id, callId);
    assert.match(output.item.output, expected);
    const again = await refused(`${path}/${word}`, { call_id: callId });
    assert.deepEqual([again.status, again.param], [422, "call_id"]);
    assert.deepEqual((await get(path)).approvals, []);
    events.close();
    await caller.close();
  });
}

test("a call's events are followed to its end", async () => {
  const { caller, id, path } = await call();
  const events = await Sse.open(`${server.url}/v1/myna${path}/events`, { headers });
  assert.equal((await events.next("call")).id, id);
  await post(`${path}/hang_up`, { now: true });
  const over = await events.next("call_end");
  assert.equal(over.call, id);
  assert.equal(over.reason, "ended by an operator");
  await events.ended;
  assert.equal((await caller.closed).code, 1000);
  assert.equal((await refused(path)).status, 404);
});

test("streams are counted, and one too many is refused", async () => {
  const open = await Promise.all([1, 2, 3, 4].map(() =>
    Sse.open(`${server.url}/v1/myna/events`, { headers })));
  const fifth = await refused("/events");
  assert.deepEqual([fifth.status, fifth.code], [429, "too_many_followers"]);
  for (const events of open) events.close();
  for (;;) {
    const more = await ask("/logs?tail=0");
    await more.body.cancel();
    if (more.status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

test("lines of the log are followed, those of a call alone if wanted", async () => {
  const { caller, id } = await call();
  const all = await Sse.open(`${server.url}/v1/myna/logs?follow=true&tail=5`, { headers });
  const one = await Sse.open(`${server.url}/v1/myna/logs?follow=true&call=${id}`, { headers });
  assert.match(await one.line(/call started/), new RegExp(id));
  const other = await call();
  assert.match(await all.line(new RegExp(`${other.id}.*call started`)), /./);
  await caller.close();
  await one.line(/call ended/);
  assert.ok(!one.text.includes(other.id));
  await other.caller.close();
  const kept = await Sse.open(`${server.url}/v1/myna/logs?tail=2`, { headers });
  await kept.ended;
  assert.equal(kept.text.match(/^data: /gm).length, 2);
  assert.ok(!kept.text.includes(ADMIN) && !kept.text.includes(KEY));
  all.close();
  one.close();
});

test("R60 the apps are read again, and rolled back once", async () => {
  assert.deepEqual([(await refused("/rollback", {})).status], [409]);
  writeFileSync(join(folder, "agent.lua"), page("Cleo"));
  assert.equal((await post("/reload", {}, 200)).generation, 2);
  const { caller, path } = await call();
  assert.equal((await get(path)).agent, "Cleo");
  writeFileSync(join(folder, "agent.lua"), page("Cleo").replace("tools", "tolls"));
  const failed = await refused("/reload", {});
  assert.deepEqual([failed.status, failed.code], [422, "load_failed"]);
  assert.match(failed.message, /agent\.lua:4: .*tolls.*[^\n]$/);
  assert.equal((await get("")).stale, true);

  const back = await post("/rollback", {}, 200);
  assert.deepEqual([back.generation, back.can_roll_back], [3, false]);
  const older = await call();
  assert.equal((await get(older.path)).agent, "Ada");
  assert.equal((await refused("/rollback", {})).code, "nothing_before");
  await caller.close();
  await older.caller.close();
  writeFileSync(join(folder, "agent.lua"), page());
  await post("/reload", {}, 200);
});

test("the document is OpenAPI 3.1, and what it says is there", async () => {
  const document = await get("/openapi.json");
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  const { caller, id } = await call();
  const orders = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => [method, path]));
  assert.ok(orders.length >= 19);
  while ((await ask(`/records/${id}`)).status !== 200) // it is written within a second
    await new Promise((resolve) => setTimeout(resolve, 50));
  for (const [method, path] of orders) {
    const url = server.url + path.replace(/{call}|{record}/, method === "get" ? id : "sess_none");
    const wrong = { method: "PUT", headers, body: "" };
    assert.equal((await fetch(url, wrong)).status, 405, path);
    if (/drain|resume|reload|rollback/.test(path)) continue;
    const body = method === "post" ? "{}" : undefined;
    const answer = await fetch(url, { method: method.toUpperCase(), headers, body });
    if (method === "get") {
      assert.equal(answer.status, 200, path);
      await answer.body.cancel();
    } else {
      assert.equal((await answer.json()).error.code, "call_not_found", path);
    }
  }
  await caller.close();
});

test("a drain is ordered and taken back", async () => {
  const { caller, path } = await call();
  assert.equal((await post("/drain", {}, 200)).draining, true);
  assert.equal((await fetch(`${server.url}/readyz`)).status, 503);
  assert.equal(await RawCaller.refused(server.realtime("model=desk"), [],
    { headers: { authorization: `Bearer ${KEY}` } }), 503);
  assert.equal((await get(path)).status, "open");
  assert.equal((await post("/resume", {}, 200)).ready, true);
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
  await caller.close();
});

test("who does not read misses events, and is told how many", async () => {
  const own = await myna(["serve", folder, "--port", "0", "--send-queue", "64k"]);
  const { port } = new URL(own.url);
  const socket = connect(Number(port), "127.0.0.1");
  let text = "";
  socket.write("GET /v1/myna/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "readable");
  const caller = await RawCaller.open(own.realtime("model=desk"));
  const { data } = await (await fetch(`${own.url}/v1/myna/calls`)).json();
  const missed = async () => {
    const numbers = await (await fetch(`${own.url}/metrics`)).text();
    return Number(/^myna_dropped_total\{what="events"\} (\d+)/m.exec(numbers)[1]);
  };
  const body = JSON.stringify({ text: "word ".repeat(1999) });
  for (let i = 0; i < 3000 && await missed() < 10; i++) {
    const url = `${own.url}/v1/myna/calls/${data[0].id}/send_text`;
    const sent = await fetch(url, { method: "POST", body });
    await sent.text();
  }
  const lost = await missed();
  assert.ok(lost >= 10, `${lost}`);
  socket.setEncoding("utf8").on("data", (more) => (text += more));
  const deadline = Date.now() + 10_000;
  while (!/event: lost\ndata: \{"lost":\d+\}/.test(text)) {
    assert.ok(Date.now() < deadline, text.slice(-500));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.destroy();
  await caller.close();
  await own.stop("SIGINT");
});

test("an operator who follows the log does not hold up the end", async () => {
  const own = await myna(["serve", folder, "--port", "0", "--upstream", model.url]);
  const lines = await Sse.open(`${own.url}/v1/myna/logs?follow=true`);
  const began = Date.now();
  assert.deepEqual(await own.stop("SIGTERM"), { code: 0, signal: null });
  assert.ok(Date.now() - began < 5000);
  await lines.ended;
});
