// upgrade.test.mjs - SIGUSR2: another master, from the binary on disk, and nobody is refused.
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RawCaller } from "./lib/raw.mjs";
import { MYNA, ROOT, Server } from "./lib/server.mjs";
import { alive, dial, dialAll, gone, pids } from "./lib/workers.mjs";

const PLAIN = `${ROOT}tests/e2e/apps/plain`;

/** A server of a copy of the binary, which can be replaced. */
async function serve(...more) {
  const folder = mkdtempSync(join(tmpdir(), "myna-upgrade-"));
  const binary = join(folder, "myna");
  copyFileSync(MYNA, binary);
  const server = await new Server(binary, ["serve", PLAIN, "--port", "0", "--upstream", "sim",
    "--workers", "2", ...more], {}).ready();
  server.masters = () => [...server.output.matchAll(/all workers are ready workers=\d+ pid=(\d+)/g)]
    .map((found) => Number(found[1]));
  server.replace = (write) => {
    write(`${binary}.new`);
    chmodSync(`${binary}.new`, 0o755);
    renameSync(`${binary}.new`, binary);
  };
  server.end = async () => {
    const master = server.masters().at(-1);
    if (alive(master)) process.kill(master, "SIGINT");
    await gone(master, 10_000);
    await server.ended;
    rmSync(folder, { recursive: true });
  };
  return server;
}

/** Asks over one new connection. Returns what went wrong, or "". */
function ask(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "", wrong = "";
    socket.setTimeout(20_000, () => { wrong = "no answer"; socket.destroy(); });
    socket.on("connect", () =>
      socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    socket.on("data", (bytes) => (answer += bytes));
    socket.on("error", (error) => (wrong = error.code));
    socket.on("close", () =>
      resolve(wrong || (answer.startsWith("HTTP/1.1 200") ? "" : `answered '${answer}'`)));
  });
}

/** Connects all the time, so many at once, until it is told to stop. */
function load(port, together) {
  const seen = { asked: 0, wrong: new Map(), on: true };
  const one = async () => {
    while (seen.on) {
      const wrong = await ask(port);
      seen.asked++;
      if (wrong !== "") seen.wrong.set(wrong, (seen.wrong.get(wrong) ?? 0) + 1);
    }
  };
  seen.ended = Promise.all(Array.from({ length: together }, one));
  return seen;
}

async function upgrade(server) {
  const before = server.masters().length;
  process.kill(server.masters().at(-1), "SIGUSR2");
  for (const end = Date.now() + 15_000; server.masters().length === before; await sleep(10)) {
    if (Date.now() > end) throw new Error(`no upgrade:\n${server.output}`);
  }
}

test("of thousands of connects during upgrades none is refused or reset", async (t) => {
  const server = await serve();
  const port = Number(new URL(server.url).port);
  const seen = load(port, 20);

  for (let i = 0; i < 3; i++) {
    await sleep(400);
    await upgrade(server);
  }
  while (seen.asked < 3000) await sleep(50);
  seen.on = false;
  await seen.ended;
  t.diagnostic(`${seen.asked} connects, 3 upgrades: ${JSON.stringify([...seen.wrong])}`);
  assert.deepEqual([...seen.wrong], []);
  for (const old of server.masters().slice(0, -1)) await gone(old, 10_000);
  await server.end();
});

test("a call goes on through an upgrade, and its lost caller comes back to it", async () => {
  const server = await serve();
  const caller = await dial(server, "model=plain&events=myna");
  const { session_id: id, resume } = await caller.events.next("myna.session.resumable");
  const old = server.masters()[0];

  await upgrade(server);
  await server.says(/another master has taken over/);
  assert.match(await caller.ask("Are you there?"), /./);
  assert.ok(alive(old)); // for this call
  caller.socket.terminate();
  const again = await RawCaller.open(
    server.realtime(`session_id=${id}&resume=${resume}&events=myna`));
  assert.match(await again.ask("And now?"), /./);
  const fresh = await dialAll(server, 4);
  for (const one of fresh) assert.notEqual(one.worker, caller.worker);
  for (const one of fresh) await one.close();
  await again.close();
  await gone(old, 10_000);
  await server.end();
});

test("R63 who was lost before an upgrade comes back after it, on whichever worker", async () => {
  const server = await serve();
  const lost = [];

  for (let i = 0; i < 8; i++) {
    const caller = await dial(server, "model=plain&events=myna");
    const { session_id: id, resume } = await caller.events.next("myna.session.resumable");
    caller.socket.terminate();
    lost.push({ id, resume });
  }
  await upgrade(server);
  await server.says(/another master has taken over/);
  const from = server.output.length;
  const back = [];
  for (const { id, resume } of lost) {
    const again = await RawCaller.open(
      server.realtime(`session_id=${id}&resume=${resume}&events=myna`));
    back.push(again);
  }
  // Nobody of the old listens any more, so all of them came to another.
  assert.equal(server.output.slice(from).match(/is relayed/g).length, lost.length);
  await Promise.all(back.map(async (again) => assert.match(await again.ask("And now?"), /./)));
  for (const again of back) await again.close();
  await gone(server.masters()[0], 10_000);
  await server.end();
});

test("a binary that does not start changes nothing", async () => {
  const server = await serve();

  server.replace((path) => writeFileSync(path, "#!/bin/sh\necho this is no server >&2\nexit 3\n"));
  server.child.kill("SIGUSR2");
  await server.says(/the upgrade failed; this server goes on status=3/);
  const caller = await dial(server);
  assert.match(await caller.ask("Are you there?"), /./);
  await caller.close();
  server.replace((path) => copyFileSync(MYNA, path));
  await upgrade(server); // and one that does is taken after
  await gone(server.child.pid, 10_000);
  await server.end();
});

test("SIGTERM of the new master ends the calls of the old one too", async () => {
  const server = await serve("--drain", "200ms", "--drain-grace", "200ms");
  const caller = await dial(server);

  await upgrade(server);
  await server.says(/another master has taken over/);
  process.kill(server.masters().at(-1), "SIGTERM");
  assert.equal((await caller.closed).code, 1001);
  await gone(server.child.pid, 10_000);
  await server.end();
});

test("workers of the new master have numbers of their own", async () => {
  const server = await serve();
  const before = [...pids(server).keys()];

  await upgrade(server);
  assert.equal(pids(server).size, 4);
  for (const number of before) assert.ok(pids(server).has(number));
  await server.end();
});
