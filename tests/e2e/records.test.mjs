// records.test.mjs - every call's record: whole, without secrets, there up to the last second when
// the server is killed, and never in the way of a call.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT, run } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const NAME = "Wilhelmina";
const PHONE = "4915112345678";
const PIN = "pin-\"77\\é-2c4d";
const CARD = "9071";
const ARGS = JSON.stringify({ name: NAME, phone: PHONE });

let fake, folder;
before(async () => {
  fake = await upstream();
  folder = mkdtempSync(join(tmpdir(), "myna-records-"));
});
after(async () => {
  await fake.stop();
  rmSync(folder, { recursive: true });
});

const serve = (file, ...args) => myna(["serve", `${ROOT}tests/e2e/apps/clerk`, "--port", "0",
  "--upstream", fake.url, "--records", join(folder, file), ...args], { CLERK_PIN: PIN });

const dial = (server) => RawCaller.open(server.realtime("model=clerk&events=myna"));

/** What `myna records` shows of the file. */
async function recorded(file, ...args) {
  const { code, output } = await run(["records", "--records", join(folder, file), ...args]);
  assert.equal(code, 0, output);
  return output.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

async function until(test, patience = 10_000) {
  const deadline = Date.now() + patience;
  for (;;) {
    const value = await test();
    if (value) return value;
    assert.ok(Date.now() < deadline, `not so in time: ${test}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function asksFor(caller, tool, args = ARGS) {
  caller.say(`call ${tool} ${args}`);
  await caller.events.next("myna.note", (event) => event.note === "agent_tool_end");
  await caller.events.next("response.output_audio_transcript.done");
}

const keysOf = (object) => Object.keys(object).sort().join(" ");

test("a call is recorded: items, events, usage and outcome", async () => {
  const server = await serve("whole.db");
  const caller = await dial(server);
  const began = Date.now();

  await caller.ask(`My name is ${NAME}.`);
  await asksFor(caller, "find");
  caller.say("talk 4000");
  await caller.events.next("response.output_audio.delta");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  caller.send({ type: "response.cancel" });
  await caller.events.next("myna.note", (event) => event.note === "audio_interrupted");
  await caller.close();
  const [call] = await until(async () => {
    const calls = await recorded("whole.db");
    return calls[0]?.outcome === "completed" && calls;
  });
  const asked = async (query) => {
    const answer = await fetch(`${server.url}/v1/myna/records${query}`);
    assert.equal(answer.status, 200);
    return (await answer.json()).data;
  };
  const { items, events, ...head } = call;
  assert.ok(items.length > 0 && events.length > 0);
  assert.deepEqual(await asked(`?call=${call.id}`), [call]);
  const one = await fetch(`${server.url}/v1/myna/records/${call.id}`);
  assert.equal(one.status, 200);
  assert.deepEqual(await one.json(), call);
  const none = await fetch(`${server.url}/v1/myna/records/sess_none`);
  assert.equal(none.status, 404);
  assert.equal((await none.json()).error.code, "record_not_found");
  assert.deepEqual(await asked("?app=clerk&limit=1"), [head]);
  assert.deepEqual(await asked(`?before_ms=${call.began_ms}`), []);
  assert.equal((await fetch(`${server.url}/v1/myna/records?limit=0`)).status, 422);
  await server.stop();

  assert.equal(keysOf(call), "agent app began_ms channel code ended_ms events from generation id " +
    "items outcome reason seconds to usage");
  const { id, app, channel, from, code, reason, agent, generation } = call;
  assert.match(id, /^sess_/);
  assert.deepEqual({ app, channel, from, code, reason, agent, generation },
    { app: "clerk", channel: "websocket", from: "127.0.0.1", code: 1000,
      reason: "the caller left", agent: "Clerk", generation: 1 });
  assert.ok(Math.abs(call.began_ms - began) < 5000 && call.seconds > 1, JSON.stringify(call));
  assert.equal(typeof call.usage.total_tokens, "number");
  const said = call.items.filter(({ type }) => type === "message").map(({ text }) => text);
  assert.equal(said[0], `My name is ${NAME}.`);
  const cut = call.items.find(({ interrupted }) => interrupted);
  assert.equal(cut.full_text, "On and on.");
  assert.ok(cut.heard_ms > 400 && cut.heard_ms < 3900, JSON.stringify(cut));
  assert.ok(cut.text.length < cut.full_text.length, JSON.stringify(cut));
  const tool = call.events.find(({ event }) => event === "agent_tool_end");
  assert.equal(keysOf(tool), "agent at_ms call_id event result seconds tool");
  assert.equal(tool.tool, "find");
  const { at_ms, ...point } = call.events.find(({ event }) => event === "trace");
  assert.deepEqual(point, { event: "trace", agent: "Clerk", name: "looked_up", tool: "find",
    fields: { times: 1, who: NAME } });
  assert.ok(at_ms >= call.began_ms && at_ms <= call.ended_ms);
  const names = call.events.map(({ event }) => event);
  for (const name of ["call_start", "agent_start", "agent_tool_start", "audio_start",
    "audio_interrupted", "call_end"]) assert.ok(names.includes(name), `${name}: ${names}`);
  assert.deepEqual(await recorded("whole.db", "--call", id), [call]);
  assert.deepEqual(await recorded("whole.db", "--app", "none"), []);
  assert.deepEqual(await recorded("whole.db", "--since", "1h"), [call]);
  const { output } = await run(["records", "--records", join(folder, "whole.db"), "--format",
    "json", "--since", "2026-01-01"]);
  assert.deepEqual(JSON.parse(output), [call]);
});

test("a killed server's calls are there up to the last second, and then have crashed", async () => {
  const server = await serve("killed.db");
  const caller = await dial(server);

  await caller.ask("Remember this.");
  await asksFor(caller, "find");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await server.stop("SIGKILL");
  const [call] = await recorded("killed.db");
  assert.equal(call.outcome, "under_way");
  const texts = call.items.map(({ text, output }) => text ?? output);
  assert.deepEqual(texts.slice(0, 2), ["Remember this.", "Remember this."]);
  assert.ok(texts.at(-1).includes(NAME), JSON.stringify(texts));
  assert.ok(call.events.some(({ event }) => event === "agent_tool_end"), JSON.stringify(call));

  const next = await serve("killed.db");
  const [crashed] = await recorded("killed.db");
  assert.equal(crashed.outcome, "crashed");
  assert.ok(crashed.seconds > 0 && crashed.seconds < 60, JSON.stringify(crashed));
  assert.deepEqual(crashed.items, call.items);
  await next.stop();
});

/** All that lies in the file of records and beside it. */
const bytesOf = (file) => readdirSync(folder).filter((name) => name.startsWith(file))
  .map((name) => readFileSync(join(folder, name), "latin1")).join("");

test("no secret, key that was collected or prompt is in a record", async () => {
  const server = await serve("secrets.db");
  const caller = await dial(server);

  await asksFor(caller, "leaks");
  caller.say(`call card ${ARGS}`);
  await caller.events.next("myna.note", (event) => event.note === "agent_tool_start");
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const digit of CARD) caller.send({ type: "myna.dtmf", digit });
  await caller.events.next("myna.note", ({ result }) => result?.includes("taken"));
  await caller.close();
  await server.stop();
  const [call] = await recorded("secrets.db");
  const json = JSON.stringify(call);
  assert.match(json, /"pin.*secret:CLERK_PIN/);
  for (const secret of ["2c4d", "safe is green"]) assert.ok(!json.includes(secret), json);
  const tool = call.events.filter(({ event }) => event === "agent_tool_end")
    .find(({ result }) => result.includes("taken")); // others had to wait for the keys, too
  assert.equal(JSON.parse(tool.result).taken, 4);
  assert.ok(!json.replace(/_ms":\d+|sess_\w+/g, "").includes(CARD), json);
  const bytes = bytesOf("secrets.db");
  for (const secret of ["2c4d", "safe is green"]) assert.ok(!bytes.includes(secret));
});

test("without --records-personal nothing is kept of who called", async () => {
  const server = await serve("nobody.db", "--records-personal", "off");
  const caller = await dial(server);

  await caller.ask(`My name is ${NAME}, at ${PHONE}.`);
  await asksFor(caller, "find");
  await caller.close();
  await server.stop();
  const [call] = await recorded("nobody.db");
  assert.equal(call.from, "");
  assert.deepEqual(call.items, []);
  assert.ok(call.events.some(({ event, tool }) => event === "agent_tool_end" && tool === "find"));
  for (const personal of [NAME, PHONE]) assert.ok(!bytesOf("nobody.db").includes(personal));
});

/** Holds the file against writers for so long. */
async function hold(file, seconds) {
  const held = spawn("python3", ["-c", `
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
db.execute("COMMIT")`, join(folder, file), `${seconds}`], { stdio: ["ignore", "pipe", "inherit"] });

  await once(held.stdout, "data");
  return once(held, "close");
}

test("a file that is held does not hold up a call, and nothing is lost", async () => {
  const server = await serve("held.db");
  const caller = await dial(server);
  const heard = [];

  await caller.ask("Hello.");
  caller.socket.on("message", (bytes) => {
    if (bytes.includes('"response.output_audio.delta"')) heard.push(performance.now());
  });
  const released = hold("held.db", 3);
  caller.say("talk 3000");
  await caller.events.next("response.done");
  await asksFor(caller, "find");
  await released;
  const gaps = heard.slice(1).map((at, i) => at - heard[i]);
  assert.ok(heard.length > 100, `${heard.length} frames`);
  assert.ok(Math.max(...gaps) < 500, `a frame came ${Math.max(...gaps)} ms after the one before`);
  await until(async () => (await recorded("held.db"))[0]?.events
    .some(({ event }) => event === "agent_tool_end"));
  await caller.close();
  await server.stop();
  const [call] = await recorded("held.db");
  assert.equal(call.outcome, "completed");
  assert.equal(call.lost, undefined);
  assert.ok(!/cannot be written/.test(server.output), server.output);
});

test("several servers write to one file", async () => {
  const servers = await Promise.all([1, 2, 3].map(() => serve("shared.db")));
  const callers = await Promise.all([...servers, ...servers].map(dial));

  await Promise.all(callers.map((caller) => asksFor(caller, "find")));
  await Promise.all(callers.map((caller) => caller.close()));
  await Promise.all(servers.map((server) => server.stop()));
  const calls = await recorded("shared.db");
  assert.equal(calls.length, 6);
  for (const call of calls) {
    assert.equal(call.outcome, "completed");
    assert.ok(call.items.length >= 3, JSON.stringify(call));
  }
});

test("old calls go", async () => {
  const server = await serve("old.db", "--records-keep", "2s");
  const caller = await dial(server);

  await caller.ask("Hello.");
  await caller.close();
  await until(async () => (await recorded("old.db")).length === 1);
  await until(async () => (await recorded("old.db")).length === 0);
  await server.stop();
});

test("a file that cannot be opened keeps the server from starting, in words", async () => {
  const { code, output } = await run(["serve", `${ROOT}tests/e2e/apps/plain`, "--port", "0",
    "--records", join(folder, "none", "calls.db")]);

  assert.equal(code, 2);
  assert.match(output, /--records .*calls\.db: No such file or directory/);
  const missing = await run(["records", "--records", join(folder, "none.db")]);
  assert.equal(missing.code, 2);
  assert.match(missing.output, /the file of calls cannot be opened/);
  assert.match((await run(["records"])).output, /which file\?/);
  assert.match((await run(["records", "--records", "x", "--since", "soon"])).output, /--since/);
});
