// operator.test.mjs - myna ps, logs, say, hang-up, reload, rollback and drain against a server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { MYNA, myna, run } from "./lib/server.mjs";

const KEY = "caller-key-0123456789";
const ADMIN = "admin-key-0123456789";

const page = (agent) => `local myna = require "myna"
return myna.app { name = "desk", agent = myna.agent { name = "${agent}", instructions = "Hm." } }
`;

let folder, server, env;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "myna-operator-"));
  writeFileSync(join(folder, "agent.lua"), page("Ada"));
  server = await myna(["serve", folder, "--port", "0"], { MYNA_KEY: KEY, MYNA_ADMIN_KEY: ADMIN });
  env = { MYNA_URL: server.url, MYNA_ADMIN_KEY: ADMIN };
});
after(async () => {
  assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
  rmSync(folder, { recursive: true });
});

const call = () => RawCaller.open(server.realtime("model=desk"), [],
  { headers: { authorization: `Bearer ${KEY}` } });

async function good(...args) {
  const { code, output } = await run(args, env);
  assert.equal(code, 0, output);
  return output;
}

async function idOfLast() {
  const lines = (await good("ps", "--json")).trim().split("\n");
  return JSON.parse(lines.at(-1)).id;
}

test("calls are listed, spoken in and ended", async () => {
  assert.match(await good("ps"), /^CALL +APP +AGENT +STATUS +TIME +FROM\n$/);
  const caller = await call();
  const id = await idOfLast();
  const row = new RegExp(`^${id} +desk +Ada +open +0:0\\d  127\\.0\\.0\\.1$`, "m");
  assert.match(await good("ps"), row);
  assert.equal(await good("say", id, "We", "close", "at six."), `${id}: say\n`);
  const said = await caller.events.next("response.output_audio_transcript.done");
  assert.match(said.transcript, /We close at six\./);
  assert.equal(await good("hang-up", id, "so long"), `${id}: hang_up\n`);
  assert.equal((await caller.closed).code, 1000);
});

test("more calls than a page are listed", async () => {
  const callers = await Promise.all(Array.from({ length: 105 }, call));
  const lines = (await good("ps", "--json")).trim().split("\n").map((line) => JSON.parse(line).id);
  assert.equal(new Set(lines).size, 105);
  await Promise.all(callers.map((caller) => caller.close()));
});

test("the log is read and followed", async () => {
  const before = await good("logs", "--tail", "3");
  assert.equal(before.trim().split("\n").length, 3);
  const child = spawn(MYNA, ["logs", "-f", "--tail", "0"], { env: { ...process.env, ...env } });
  let text = "";
  child.stdout.on("data", (bytes) => (text += bytes));
  const until = async (pattern) => {
    const deadline = Date.now() + 10_000;
    while (!pattern.test(text)) {
      assert.ok(Date.now() < deadline, `not logged: ${pattern}\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  for (let i = 0; i < 50 && !text; i++) { // it may follow only after the first
    await (await call()).close();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const caller = await call();
  const id = await idOfLast();
  await until(new RegExp(`call=${id} call started`));
  await caller.close();
  await until(new RegExp(`call=${id} call ended`));
  const own = await good("logs", id);
  assert.ok(own.trim().split("\n").every((line) => line.includes(id)), own);
  child.kill();
});

test("apps are read again, rolled back, and what is wrong is said", async () => {
  writeFileSync(join(folder, "agent.lua"), page("Bea"));
  assert.equal(await good("reload"), "generation 2 serves: desk\n");
  writeFileSync(join(folder, "agent.lua"), page("Cleo").replace("instructions", "instructs"));
  const wrong = await run(["reload"], env);
  assert.equal(wrong.code, 1);
  assert.match(wrong.output, /^myna: .*agent\.lua:2: agent 'Cleo': unknown field 'instructs'/m);
  assert.equal(await good("rollback"), "generation 3 serves: desk\n");
  const caller = await call();
  assert.match(await good("ps"), / Ada /);
  await caller.close();
  const nothing = await run(["rollback"], env);
  assert.equal(nothing.code, 1);
  assert.match(nothing.output, /no generation before/);
});

test("a drain is ordered and taken back", async () => {
  assert.match(await good("drain"), /no new calls are taken; calls: 0/);
  assert.equal((await fetch(`${server.url}/readyz`)).status, 503);
  assert.match(await good("drain", "--off"), /^calls are taken/);
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
});

test("what cannot be asked is said, with what to do", async () => {
  const keyless = { MYNA_URL: server.url };
  const cases = [
    [["ps", "--url", "http://127.0.0.1:1"], env, 2, /nothing listens at .*:1: .*--url/],
    [["ps"], keyless, 1, /admin key[^]*MYNA_ADMIN_KEY/],
    [["logs"], keyless, 1, /Incorrect or missing admin key[^]*MYNA_ADMIN_KEY/],
    [["logs", "-f"], keyless, 1, /Incorrect or missing admin key[^]*MYNA_ADMIN_KEY/],
    [["ps", "--admin-key", "wrong-0123456789"], keyless, 1, /not the server's admin/],
    [["ps"], { MYNA_URL: server.url, MYNA_ADMIN_KEY: KEY }, 1, /a caller's key is not one/],
    [["ps", "--url", "nonsense"], env, 2, /--url: 'nonsense'/],
    [["say", "sess_none", "Hello"], env, 1, /There is no such call/],
    [["say", "../x", "Hello"], env, 2, /is no call's id/],
    [["say", "sess_none"], env, 2, /'myna say' takes <call> <words/],
    [["logs", "a b"], env, 2, /is no call's id/],
    [["drain", "--of"], env, 2, /--off/],
  ];
  for (const [args, variables, status, pattern] of cases) {
    const { code, output } = await run(args, variables);
    assert.equal(code, status, output);
    assert.match(output, pattern);
    assert.ok(!output.includes(ADMIN));
  }
});
