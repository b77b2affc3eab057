// cluster.test.mjs - several workers as one server to its operator: orders, hung workers, settings.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RawCaller } from "./lib/raw.mjs";
import { ROOT, run } from "./lib/server.mjs";
import { Sse } from "./lib/sse.mjs";
import { alive, dial, dialAll, gone, pids, serve } from "./lib/workers.mjs";

const PLAIN = `${ROOT}tests/e2e/apps/plain`;
const CLEAN = { code: 0, signal: null };
const SIM = [PLAIN, "--upstream", "sim"];

const page = (greeting) => `local myna = require "myna"
return myna.app { name = "plain", greeting = "${greeting}",
  agent = myna.agent { name = "Kim", instructions = "You keep a kiosk." } }
`;

/** An app that can be saved, below a folder of its own. */
function writable(greeting) {
  const folder = mkdtempSync(join(tmpdir(), "myna-cluster-"));
  const app = join(folder, "plain");
  mkdirSync(app);
  const save = (text) => writeFileSync(join(app, "agent.lua"), text);
  save(page(greeting));
  return { folder, app, save, remove: () => rmSync(folder, { recursive: true }) };
}

/** Asks over a connection of its own, so that any worker may answer. */
async function ask(server, path, body, key) {
  const answer = await fetch(`${server.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { connection: "close", ...(key && { authorization: `Bearer ${key}` }) },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

test("R60 a reload over HTTP is answered when all workers serve it, or with what is wrong",
  async () => {
    const { app, save, remove } = writable("Kiosk 1.");
    const server = await serve(3, [app, "--upstream", "sim", "--watch", "off"]);
    const says = async (words) => {
      const callers = await dialAll(server, 4);
      for (const caller of callers) {
        const { transcript } = await caller.events.next("response.output_audio_transcript.done");
        assert.equal(transcript, words);
        await caller.close();
      }
    };

    const nothing = await ask(server, "/v1/myna/rollback", {});
    assert.equal(nothing.status, 409);
    assert.equal(nothing.body.error.code, "nothing_before");
    for (let i = 2; i <= 4; i++) {
      save(page(`Kiosk ${i}.`));
      const done = await ask(server, "/v1/myna/reload", {});
      assert.equal(done.status, 200);
      assert.equal(done.body.generation, i);
      assert.equal(done.body.stale, false);
      for (let n = 0; n < 6; n++) {
        const { body } = await ask(server, "/v1/myna");
        assert.equal(body.generation, i);
        assert.equal(body.can_roll_back, true);
      }
      await says(`Kiosk ${i}.`);
    }
    save("this is no Lua");
    const wrong = await ask(server, "/v1/myna/reload", {});
    assert.equal(wrong.status, 422);
    assert.equal(wrong.body.error.code, "load_failed");
    assert.match(wrong.body.error.message, /agent\.lua:1:/);
    const told = await run(["reload", "--url", server.url]);
    assert.equal(told.code, 1);
    assert.match(told.output, /agent\.lua:1:/);
    const from = server.output.length; // one that begins now knows how it stands
    process.kill([...pids(server).values()][0], "SIGKILL");
    await server.says(/a worker is ready/, from);
    for (let n = 0; n < 6; n++) assert.equal((await ask(server, "/healthz")).body.stale, true);
    const back = await ask(server, "/v1/myna/rollback", {});
    assert.equal(back.status, 200);
    assert.equal(back.body.generation, 5);
    assert.equal(back.body.can_roll_back, false);
    await says("Kiosk 3.");
    assert.equal((await ask(server, "/v1/myna/rollback", {})).status, 409);
    save(page("Kiosk 6."));
    const many = await Promise.all(Array.from({ length: 8 }, () => // each has an outcome
      ask(server, "/v1/myna/reload", {})));
    for (const { status, body } of many) {
      assert.equal(status, 200);
      assert.equal(body.stale, false);
    }
    await says("Kiosk 6.");
    assert.deepEqual(await server.stop(), CLEAN);
    remove();
  });

test("a drain over HTTP is answered when no worker takes calls, also one that begins then",
  async () => {
    const server = await serve(3, SIM);
    const refused = async () => {
      for (let i = 0; i < 6; i++) {
        assert.equal(await RawCaller.refused(server.realtime("model=plain")), 503);
      }
    };

    const done = await ask(server, "/v1/myna/drain", {});
    assert.equal(done.status, 200);
    assert.equal(done.body.draining, true);
    await refused();
    const from = server.output.length;
    process.kill([...pids(server).values()][0], "SIGKILL");
    await server.says(/a worker is ready/, from);
    await refused();
    assert.equal((await ask(server, "/v1/myna/resume", {})).body.draining, false);
    for (let i = 0; i < 6; i++) await (await dial(server)).close();
    assert.deepEqual(await server.stop(), CLEAN);
  });

test("a worker that hangs is found, killed and replaced; the others' calls go on", async () => {
  const server = await serve(2, [...SIM, "--worker-silence", "1s"]);
  const callers = await dialAll(server, 4);
  const victim = callers[0].worker;
  const pid = pids(server).get(victim);
  const from = server.output.length;

  process.kill(pid, "SIGSTOP");
  await server.says(/a worker is ready/, from);
  await gone(pid);
  assert.match(server.output.slice(from), new RegExp(
    `a worker does not answer; killing it worker=${victim} pid=${pid} state=stopped calls=\\d`));
  assert.match(server.output.slice(from), /a worker died; its calls are lost.*signal=9/);
  for (const caller of callers.filter((one) => one.worker !== victim)) {
    assert.match(await caller.ask("Are you there?"), /./);
    await caller.close();
  }
  assert.deepEqual(await server.stop(), CLEAN);
});

test("SIGUSR2 without a master says what to do, and changes nothing", async () => {
  const server = await serve(1, SIM);
  const alone = await (await import("./lib/server.mjs")).myna(["serve", ...SIM, "--port", "0"]);

  alone.child.kill("SIGUSR2");
  await alone.says(/no upgrade: this server has no master.*--workers 1/);
  const caller = await RawCaller.open(alone.realtime("model=plain"));
  assert.match(await caller.ask("Are you there?"), /./);
  await caller.close();
  assert.deepEqual(await alone.stop(), CLEAN);
  assert.deepEqual(await server.stop(), CLEAN);
});

test("the folder of a server that was killed is removed by the next start, a live one's not",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "myna-cluster-"));
    const env = { XDG_RUNTIME_DIR: folder };
    const live = await serve(1, SIM, env);
    const [kept] = readdirSync(folder);
    const server = await serve(2, SIM, env);
    const [dead] = readdirSync(folder).filter((name) => name !== kept);
    const workers = [...pids(server).values()];

    server.child.kill("SIGKILL");
    for (const pid of workers) await gone(pid);
    await server.ended;
    assert.ok(existsSync(join(folder, dead)));
    const next = await serve(1, SIM, env);
    assert.ok(!existsSync(join(folder, dead)));
    assert.ok(existsSync(join(folder, kept)));
    assert.deepEqual(await next.stop(), CLEAN);
    assert.deepEqual(await live.stop(), CLEAN);
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });

test("a restarted worker has its siblings' settings and keys; keys change with a reload alone",
  async () => {
    const { folder, app, save, remove } = writable("Kiosk 1.");
    const keys = join(folder, "keys");
    const config = join(folder, "myna.lua");
    const settle = (calls) => writeFileSync(config,
      `return { max_calls = ${calls}, keys = "${keys}", admin_key = "operator-key" }`);
    const status = () => ask(server, "/v1/myna", undefined, "operator-key");
    const answers = async (key) => { // of every worker, so likely as makes no difference
      const seen = new Set();
      for (let i = 0; i < 12; i++) {
        seen.add((await ask(server, "/v1/models", undefined, key)).status);
      }
      return [...seen];
    };
    const restart = async () => {
      const from = server.output.length;
      process.kill([...pids(server).values()][0], "SIGKILL");
      await server.says(/a worker is ready/, from);
    };

    writeFileSync(keys, "first first-key-1\n");
    settle(40);
    const server = await serve(2, [app, "--upstream", "sim", "--watch", "off"]);
    writeFileSync(keys, "second second-key-2\n");
    settle(50);
    await restart();
    assert.deepEqual(await answers("first-key-1"), [200]);
    assert.deepEqual(await answers("second-key-2"), [401]);
    for (let i = 0; i < 6; i++) assert.equal((await status()).body.max_calls, 40);
    save("this is no Lua"); // then the keys stay, too
    assert.equal((await ask(server, "/v1/myna/reload", {}, "operator-key")).status, 422);
    assert.deepEqual(await answers("second-key-2"), [401]);
    save(page("Kiosk 2."));
    assert.equal((await ask(server, "/v1/myna/reload", {}, "operator-key")).status, 200);
    assert.deepEqual(await answers("second-key-2"), [200]);
    assert.deepEqual(await answers("first-key-1"), [401]);
    writeFileSync(keys, "bad\n");
    const wrong = await ask(server, "/v1/myna/reload", {}, "operator-key");
    assert.equal(wrong.status, 422);
    assert.match(wrong.body.error.message, /keys:1: /);
    await restart();
    assert.deepEqual(await answers("second-key-2"), [200]);
    assert.equal((await ask(server, "/v1/myna/rollback", {}, "operator-key")).status, 200);
    assert.deepEqual(await answers("second-key-2"), [200]); // the apps alone go back
    for (const pid of pids(server).values()) assert.ok(alive(pid));
    assert.deepEqual(await server.stop(), CLEAN);
    remove();
  });

/** What `myna` says with a server to ask. */
const operate = (server, ...args) => run([...args, "--url", server.url]);

test("calls of all workers are one list, in the order they began, whoever is asked", async () => {
  const server = await serve(3, SIM);
  const callers = await dialAll(server, 25);
  const expected = callers.map((caller) => caller.id);

  for (let i = 0; i < 6; i++) {
    const { body } = await ask(server, "/v1/myna/calls?limit=100");
    assert.deepEqual(body.data.map((call) => call.id), expected);
    assert.deepEqual([body.has_more, body.next, body.missing], [false, null, 0]);
  }
  const paged = [];
  for (let after = 0; after !== null;) { // each page of whichever worker
    const { body } = await ask(server, `/v1/myna/calls?limit=7&after=${after}&app=plain`);
    assert.ok(body.data.length <= 7);
    assert.equal(body.has_more, body.next !== null);
    paged.push(...body.data.map((call) => call.id));
    after = body.next;
  }
  assert.deepEqual(paged, expected);
  assert.deepEqual((await ask(server, "/v1/myna/calls?app=no%20such")).body.data, []);
  const { code, output } = await operate(server, "ps", "--json");
  assert.equal(code, 0);
  assert.deepEqual(output.trim().split("\n").map((line) => JSON.parse(line).id), expected);
  for (const caller of callers) await caller.close();
  assert.deepEqual(await server.stop(), CLEAN);
});

test("a worker that hangs makes a list late, and is said to be missing", async () => {
  const server = await serve(2, [...SIM, "--worker-silence", "30s"]);
  const callers = await dialAll(server, 6);
  const victim = callers[0].worker;
  const rest = callers.filter((one) => one.worker !== victim).map((one) => one.id);

  process.kill(pids(server).get(victim), "SIGSTOP");
  for (let asked = 0, found = 0; found === 0 && asked < 10; asked++) {
    const began = Date.now();
    const abort = AbortSignal.timeout(5000); // the hung one may be asked, and does not answer
    const answer = await fetch(`${server.url}/v1/myna/calls`,
      { signal: abort, headers: { connection: "close" } }).then((a) => a.json(), () => null);
    if (answer === null) continue;
    found++;
    assert.ok(Date.now() - began < 4500);
    assert.equal(answer.missing, 1);
    assert.deepEqual(answer.data.map((call) => call.id), rest);
  }
  process.kill(pids(server).get(victim), "SIGCONT");
  for (const caller of callers) await caller.close();
  assert.deepEqual(await server.stop(), CLEAN);
});

/** Waits until a stream has told that, wherever, or is over. */
async function told(stream, text) {
  for (const end = Date.now() + 10_000; !stream.over && !stream.text.includes(text);) {
    if (Date.now() > end) throw new Error(`not told: ${text}\n${stream.text.slice(-2000)}`);
    await sleep(20);
  }
}

test("events of all workers' calls come over one stream, also of one that begins later",
  async () => {
    const server = await serve(3, SIM);
    const streams = await Promise.all(Array.from({ length: 6 }, async () => {
      const one = await Sse.open(`${server.url}/v1/myna/events`,
        { headers: { connection: "close" } });
      one.ended.then(() => (one.over = true));
      return one;
    }));
    await sleep(500);
    const callers = await dialAll(server, 8);
    const heard = async (caller) => {
      caller.say("Are you there?");
      await Promise.all(streams.map((one) => told(one, `"call":"${caller.id}"`)));
    };

    await Promise.all(callers.map(heard));
    const from = server.output.length;
    const victim = [...pids(server).keys()].find((n) => n !== callers[0].worker);
    process.kill(pids(server).get(victim), "SIGKILL");
    await server.says(/a worker is ready/, from);
    await sleep(1000);
    const more = await dialAll(server, 8);
    await Promise.all(more.map(heard));
    for (const caller of more) await caller.close();
    for (const stream of streams) stream.close();
    for (const caller of callers) await caller.close();
    assert.deepEqual(await server.stop(), CLEAN);
  });

test("the log is that of all workers and their master, in order, then as it comes", async () => {
  const server = await serve(3, SIM);
  const callers = await dialAll(server, 8);
  const started = callers.map((caller) => caller.id);
  const calls = (lines) => lines.filter((line) => /call started/.test(line))
    .map((line) => /call=(\S+)/.exec(line)[1]);

  await sleep(50);
  for (let i = 0; i < 4; i++) {
    const { code, output } = await operate(server, "logs", "--tail", "1000");
    const lines = output.trim().split("\n");
    assert.equal(code, 0);
    assert.deepEqual(calls(lines), started);
    const times = lines.map((line) => line.slice(0, 12));
    assert.deepEqual(times, [...times].sort());
    const few = await operate(server, "logs", "--tail", "3");
    assert.equal(few.output.trim().split("\n").length, 3);
    const one = await operate(server, "logs", started[i]);
    assert.deepEqual(calls(one.output.split("\n")), [started[i]]);
  }
  const stream = await Sse.open(`${server.url}/v1/myna/logs?follow=true&tail=0`);
  await sleep(500);
  const more = await dialAll(server, 8);
  for (const { id } of more) await told(stream, `call=${id} call started`);
  assert.equal(stream.text.match(/call started/g).length, more.length); // each once
  await ask(server, "/v1/myna/reload", {});
  await told(stream, "all workers reloaded generation=2");
  for (const caller of [...callers, ...more]) await caller.close();
  for (const { id } of more) await told(stream, `call=${id} call ended`);
  assert.equal(stream.text.match(/all workers reloaded/g).length, 1);
  stream.close();
  assert.deepEqual(await server.stop(), CLEAN);
});

test("myna.calls lists and addresses an app's calls on all workers, no other app's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "myna-cluster-"));
  for (const name of ["desk", "shop"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "agent.lua"), `local myna = require "myna"
return myna.app { name = "${name}", state = { step = 1 },
  agent = myna.agent { name = "Ada", instructions = "Hm." },
  agents = { myna.agent { name = "Bea", instructions = "Hm." } },
  routes = {
    ["GET /${name}/calls"] = function() return { json = myna.calls() } end,
    ["GET /${name}/calls/{id}"] = function(req)
      local call = myna.calls(req.params.id)
      return call and { json = { call = call, state = call:state() } } or { status = 404 }
    end,
    ["POST /${name}/calls/{id}/{word}"] = function(req)
      local call = myna.calls(req.params.id)
      if not call then return { status = 404 } end
      local done, why = call[req.params.word](call, req:json().given)
      return { json = { done = done or false, why = why } }
    end,
  } }
`);
  }
  const server = await serve(3, [join(folder, "desk"), join(folder, "shop"), "--upstream", "sim"]);
  const desk = await dialAll(server, 10, "model=desk");
  const shop = await dialAll(server, 4, "model=shop");
  const answer = async (path, given) => {
    const reply = await fetch(`${server.url}${path}`, { headers: { connection: "close" },
      ...(given !== undefined && { method: "POST", body: JSON.stringify({ given }) }) });
    return reply.status === 200 ? reply.json() : reply.status;
  };

  for (let i = 0; i < 5; i++) {
    const list = await answer("/desk/calls");
    assert.deepEqual(list.map((call) => call.id), desk.map((caller) => caller.id));
  }
  for (const { id } of desk) {
    const { call, state } = await answer(`/desk/calls/${id}`);
    assert.deepEqual([call.id, call.app, state], [id, "desk", { step: 1 }]);
    assert.equal(await answer(`/shop/calls/${id}`), 404);
    assert.equal(await answer(`/shop/calls/${id}/hang_up`, "no"), 404);
  }
  assert.equal(await answer("/desk/calls/sess_1_nobody"), 404);
  assert.equal(await answer("/desk/calls/sess_60_nobody"), 404);
  for (const { id } of desk) {
    assert.deepEqual(await answer(`/desk/calls/${id}/handoff`, "Nobody"),
      { done: false, why: "the app has no agent 'Nobody'" });
    assert.deepEqual(await answer(`/desk/calls/${id}/handoff`, "Bea"), { done: true });
  }
  await Promise.all(desk.map(async ({ id }) => {
    for (let agent = "", tries = 0; agent !== "Bea"; tries++) {
      assert.ok(tries < 100);
      await sleep(50);
      agent = (await answer(`/desk/calls/${id}`)).call.agent;
    }
  }));
  for (const { id } of desk) {
    assert.deepEqual(await answer(`/desk/calls/${id}/hang_up`, "Bye."), { done: true });
  }
  for (const caller of desk) assert.equal((await caller.closed).code, 1000);
  const inside = await fetch(`${server.url}/v1/myna.calls`, { method: "POST", body: "{}" });
  assert.equal(inside.status, 404); // for other workers alone
  for (const caller of shop) await caller.close();
  assert.deepEqual(await server.stop(), CLEAN);
  rmSync(folder, { recursive: true });
});

test("tokens, models and a key's limits are the same on all workers", async () => {
  const { folder, app, remove } = writable("Kiosk 1.");
  const keys = join(folder, "keys");
  writeFileSync(keys, "web web-key-1234 calls=3\n");
  const server = await serve(3, [app, "--upstream", "sim", "--keys", keys]);
  const mint = async (myna) => (await ask(server, "/v1/realtime/client_secrets",
    { session: { type: "realtime", model: "plain" }, myna }, "web-key-1234")).body.value;
  const url = server.realtime("model=plain");
  const bearer = (key) => ({ headers: { authorization: `Bearer ${key}` } });
  const close = (callers) => Promise.all(callers.map((caller) => caller.close()));

  for (let i = 0; i < 6; i++) {
    const { body } = await ask(server, "/v1/models", undefined, "web-key-1234");
    assert.deepEqual(body.data.map((model) => model.id), ["plain"]);
  }
  const token = await mint({});
  for (let i = 0; i < 8; i++) await close([await RawCaller.open(url, [], bearer(token))]);
  for (let i = 0; i < 3; i++) { // one call each, whoever made it and whoever is called
    const once = await mint({ single_use: true });
    await close([await RawCaller.open(url, [], bearer(once))]);
    for (let n = 0; n < 4; n++) assert.equal(await RawCaller.refused(url, [], bearer(once)), 401);
  }
  const callers = [];
  for (let i = 0; i < 3; i++) callers.push(await RawCaller.open(url, [], bearer("web-key-1234")));
  for (let i = 0; i < 6; i++) {
    assert.equal(await RawCaller.refused(url, [], bearer("web-key-1234")), 429);
  }
  await close(callers);
  assert.deepEqual(await server.stop(), CLEAN);
  remove();
});
