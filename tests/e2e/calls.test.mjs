// calls.test.mjs - myna.calls in routes: an app lists its calls and speaks in them.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna } from "./lib/server.mjs";

/** The page of an app. */
const page = (name) => `local myna = require "myna"
local function orders(req)
  local call = myna.calls(req.params.id)
  if not call then return { status = 404 } end
  local given = req:json()
  local done, why = call[req.params.word](call, given.text, given.options)
  return { json = { done = done or false, why = why } }
end
return myna.app { name = "${name}", state = { color = "blue", step = 1 },
  agent = myna.agent { name = "Ada", instructions = "Hm.",
    tools = { myna.tool { name = "peek", description = "Peeks.",
      execute = function() local list = myna.calls() return list end } } },
  agents = { myna.agent { name = "Bea", instructions = "Hm." } },
  routes = {
    ["GET /${name}/calls"] = function() return { json = myna.calls() } end,
    ["GET /${name}/calls/{id}/state"] = function(req)
      return { json = myna.calls(req.params.id):state("color") } end,
    ["GET /${name}/calls/{id}/all"] = function(req)
      return { json = myna.calls(req.params.id):state() } end,
    ["GET /${name}/gone/{id}"] = function(req)
      local call = myna.calls(req.params.id)
      call:hang_up()
      myna.sleep "500ms"
      local said, why = call:say "Anyone?"
      local state, none = call:state()
      return { json = { said = said or false, why = why, state = state or false, none = none } }
    end,
    ["POST /${name}/calls/{id}/{word}"] = orders,
  } }
`;

let root, server;
before(async () => {
  root = mkdtempSync(join(tmpdir(), "myna-calls-"));
  for (const name of ["desk", "shop"]) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "agent.lua"), page(name));
  }
  server = await myna(["serve", join(root, "desk"), join(root, "shop"), "--port", "0",
    "--log-personal", "on"]);
});
after(async () => {
  assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
  rmSync(root, { recursive: true });
});

const get = async (path) => (await fetch(`${server.url}${path}`)).json();

async function order(path, body) {
  const text = JSON.stringify(body);
  const answer = await fetch(`${server.url}${path}`, { method: "POST", body: text });
  return { status: answer.status, text: await answer.text() };
}

async function call(app) {
  const caller = await RawCaller.open(server.realtime(`model=${app}`));
  return { caller, id: (await get(`/${app}/calls`)).at(-1).id };
}

test("an app sees its own calls, and speaks in them", async () => {
  assert.deepEqual(await get("/desk/calls"), []);
  const [desk, shop] = [await call("desk"), await call("shop")];
  const [seen, ...more] = await get("/desk/calls");
  assert.deepEqual(more, []);
  assert.deepEqual([seen.id, seen.app, seen.agent, seen.status], [desk.id, "desk", "Ada", "open"]);
  assert.deepEqual(await get(`/desk/calls/${desk.id}/state`), { color: "blue" });
  assert.deepEqual(await get(`/desk/calls/${desk.id}/all`), { color: "blue", step: 1 });
  assert.equal((await order(`/desk/calls/${shop.id}/say`, { text: "Hello" })).status, 404);

  const say = await order(`/desk/calls/${desk.id}/say`, { text: "We close at six." });
  assert.deepEqual(JSON.parse(say.text), { done: true });
  const said = await desk.caller.events.next("response.output_audio_transcript.done");
  assert.match(said.transcript, /We close at six\./);

  const typed = await order(`/desk/calls/${desk.id}/send_text`, { text: "When?" });
  assert.deepEqual(JSON.parse(typed.text), { done: true });
  await desk.caller.events.next("conversation.item.added", (event) =>
    event.item.role === "user" &&
    event.item.content[0].text === "When?");
  await desk.caller.events.next("response.done");

  const nobody = await order(`/desk/calls/${desk.id}/handoff`, { text: "Nobody" });
  assert.match(nobody.text, /the app has no agent 'Nobody'/);
  const bea = { text: "Bea", options: { say: "Bea here." } };
  const moved = await order(`/desk/calls/${desk.id}/handoff`, bea);
  assert.deepEqual(JSON.parse(moved.text), { done: true });
  const there = await desk.caller.events.next("response.output_audio_transcript.done",
    (event) => /Bea here/.test(event.transcript));
  assert.ok(there);
  assert.equal((await get("/desk/calls"))[0].agent, "Bea");
  await order(`/desk/calls/${desk.id}/interrupt`, {});
  const over = await get(`/desk/gone/${desk.id}`);
  const why = "the call is over";
  assert.deepEqual(over, { said: false, why, state: false, none: why });
  assert.equal((await desk.caller.closed).code, 1000);
  await shop.caller.close();
});

test("a call's own tools are told to use ctx", async () => {
  const { caller } = await call("desk");
  const from = server.output.length;
  await caller.ask("Please peek.");
  await server.says(/agent\.lua:12: myna\.calls is for routes; in a call use ctx/, from);
  await caller.close();
});

test("a wrong word in a route is told with its line", async () => {
  const { caller, id } = await call("desk");
  const from = server.output.length;
  assert.equal((await order(`/desk/calls/${id}/sya`, { text: "Hello" })).status, 500);
  const hint = /agent\.lua:6: .*myna\.calls: a call has no 'sya' \(did you mean 'say'\?\)/;
  await server.says(hint, from);
  assert.equal((await order(`/desk/calls/${id}/say`, { text: "" })).status, 500);
  await server.says(/myna\.calls: call:say: expected words, got an empty string/, from);
  await caller.close();
});
