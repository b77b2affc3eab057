// workers.test.mjs - several processes on one port: one that dies takes its own calls only.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { ROOT, run } from "./lib/server.mjs";
import { alive, dial, dialAll, gone, pids, serve, workerOf } from "./lib/workers.mjs";

const PLAIN = `${ROOT}tests/e2e/apps/plain`;
const CLEAN = { code: 0, signal: null };
const SIM = [PLAIN, "--upstream", "sim"];

async function listen(caller) {
  assert.match(await caller.ask("Are you there?"), /./);
}

test("calls are spread over workers, and one address is told when all listen", async () => {
  const server = await serve(3, SIM);

  assert.equal(server.output.match(/listening on/g).length, 1);
  assert.equal(pids(server).size, 3);
  const callers = await dialAll(server, 6);
  await Promise.all(callers.map(listen));
  for (const caller of callers) await caller.close();
  assert.deepEqual(await server.stop("SIGTERM"), CLEAN);
  for (const pid of pids(server).values()) assert.ok(!alive(pid));
});

test("a worker that is killed takes its own calls only, and is replaced in a second", async (t) => {
  const server = await serve(2, SIM);
  const callers = await dialAll(server, 6);
  const victim = callers[0].worker;
  const from = server.output.length;
  const killed = Date.now();

  process.kill(pids(server).get(victim), "SIGKILL");
  await server.says(/a worker is ready/, from);
  t.diagnostic(`replaced after ${Date.now() - killed} ms`);
  assert.ok(Date.now() - killed < 1000);
  assert.match(server.output.slice(from), /a worker died; its calls are lost.*signal=9.*calls=\d/);
  for (const caller of callers) {
    if (caller.worker === victim) assert.equal((await caller.closed).code, 1006);
  }
  const rest = callers.filter((caller) => caller.worker !== victim);
  await Promise.all(rest.map(listen));
  for (let i = 0; i < 20; i++) { // its port is served again
    const caller = await dial(server);
    await caller.close();
  }
  for (const caller of rest) await caller.close();
  assert.deepEqual(await server.stop(), CLEAN);
});

test("workers die with their master, however it dies", async () => {
  const server = await serve(2, SIM);
  const workers = [...pids(server).values()];

  server.child.kill("SIGKILL");
  for (const pid of workers) await gone(pid);
  await server.ended;
});

test("a drain reaches all workers, and waits for the calls of each", async () => {
  const server = await serve(2, SIM);
  const callers = await dialAll(server, 4);

  server.child.kill("SIGTERM");
  await server.says(/(draining, then leaving calls=[\s\S]*){2}/);
  assert.equal(await RawCaller.refused(server.realtime("model=plain")), 503);
  await Promise.all(callers.map(listen));
  for (const caller of callers) await caller.close();
  assert.deepEqual(await server.ended, CLEAN);
});

test("Ctrl-C ends all at once with 1001", async () => {
  const server = await serve(2, SIM);
  const callers = await dialAll(server, 4);

  assert.deepEqual(await server.stop("SIGINT"), CLEAN);
  for (const caller of callers) assert.equal((await caller.closed).code, 1001);
});

test("max-calls counts the calls of all workers", async () => {
  const server = await serve(2, [...SIM, "--max-calls", "5"]);
  const callers = [];

  for (let i = 0; i < 5; i++) callers.push(await dial(server));
  for (let i = 0; i < 10; i++) {
    assert.equal(await RawCaller.refused(server.realtime("model=plain")), 503);
  }
  await callers.pop().close();
  await server.says(/call ended/);
  callers.push(await dial(server));
  for (const caller of callers) await caller.close();
  assert.deepEqual(await server.stop(), CLEAN);
});

test("R60 a reload is all workers' or nobody's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "myna-workers-"));
  const page = (greeting) => `local myna = require "myna"
return myna.app { name = "plain", greeting = "${greeting}",
  agent = myna.agent { name = "Kim", instructions = myna.file "kim.md" } }
`;
  const save = (name, text) => writeFileSync(join(folder, name), text);
  const greetings = async () => {
    const callers = await dialAll(server, 6);
    const said = await Promise.all(callers.map(async (caller) =>
      (await caller.events.next("response.output_audio_transcript.done")).transcript));
    for (const caller of callers) await caller.close();
    return said;
  };
  const reload = async (pattern) => {
    const from = server.output.length;
    server.child.kill("SIGHUP");
    await server.says(pattern, from);
  };

  save("kim.md", "You keep a kiosk.");
  save("agent.lua", page("Kiosk one."));
  const server = await serve(2, [folder, "--upstream", "sim", "--watch", "off"]);
  for (const said of await greetings()) assert.match(said, /Kiosk one/);
  save("agent.lua", page("Kiosk two."));
  await reload(/all workers reloaded generation=2/);
  for (const said of await greetings()) assert.match(said, /Kiosk two/);
  save("agent.lua", "this is no Lua");
  await reload(/reload failed/);
  for (const said of await greetings()) assert.match(said, /Kiosk two/);
  const from = server.output.length; // one that begins now has what the others have
  process.kill([...pids(server).values()][0], "SIGKILL");
  await server.says(/a worker is ready/, from);
  for (const said of await greetings()) assert.match(said, /Kiosk two/);
  assert.deepEqual(await server.stop(), CLEAN);
  rmSync(folder, { recursive: true });
});

test("R63 a lost caller comes back to their call on whichever worker they land", async () => {
  const server = await serve(2, SIM);
  let relayed = 0;

  for (let i = 0; i < 12; i++) {
    const caller = await dial(server, "model=plain&events=myna");
    const { session_id: id, resume } = await caller.events.next("myna.session.resumable");
    const from = server.output.length;
    caller.socket.terminate();
    const again = await RawCaller.open(
      server.realtime(`session_id=${id}&resume=${resume}&events=myna`));
    if (/is relayed/.test(server.output.slice(from))) {
      if (relayed++ === 0) await listen(again);
      again.socket.send(Buffer.from([1, 2, 3])); // and what is no event is answered as ever
      assert.equal((await again.events.next("error")).error.type, "invalid_request_error");
    }
    await again.close();
  }
  assert.ok(relayed > 0);
  assert.deepEqual(await server.stop(), CLEAN);
});

test("R63 a call whose worker died is told to be gone", async () => {
  const server = await serve(2, SIM);
  const caller = await dial(server, "model=plain&events=myna");
  const { session_id: id, resume } = await caller.events.next("myna.session.resumable");
  const from = server.output.length;

  process.kill(pids(server).get(workerOf(id)), "SIGKILL");
  await server.says(/a worker is ready/, from);
  for (let i = 0; i < 8; i++) {
    const again = new RawCaller(server.realtime(`session_id=${id}&resume=${resume}`));
    const refused = new Promise((resolve) =>
      again.socket.once("unexpected-response", (_r, response) => resolve(response.statusCode)));
    const told = await Promise.race([refused, again.closed]);
    if (typeof told === "number") assert.equal(told, 404);
    else assert.deepEqual(told, { code: 1011, reason: "the session has ended" });
  }
  assert.deepEqual(await server.stop(), CLEAN);
});

test("workers that cannot begin are told of once, and the server ends", async () => {
  const { code, output } = await run(["serve", PLAIN, "--port", "0", "--workers", "2",
    "--records", "/none/calls.db"]);

  assert.equal(code, 2, output);
  assert.match(output, /none\/calls\.db/);
  assert.match(output, /a worker ended before it could serve/);
  assert.ok(!/listening on/.test(output));
});

test("a worker that dies again and again is started ever more slowly", async () => {
  const server = await serve(2, SIM);
  const [number] = pids(server).keys();

  for (let i = 0; i < 3; i++) {
    const from = server.output.length;
    process.kill(pids(server).get(number), "SIGKILL");
    await server.says(/a worker is ready/, from);
  }
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  assert.deepEqual(await server.stop(), CLEAN);
});

for (const [name, value] of [["none", "0"], ["too many", "33"], ["no number", "two"]]) {
  test(`refused: ${name} workers`, async () => {
    const { code, output } = await run(["serve", PLAIN, "--port", "0", "--workers", value]);

    assert.equal(code, 2);
    assert.match(output, /--workers: expected 1\.\.32 or auto/);
  });
}

test("an operator reaches a call through whichever worker they land on", async () => {
  const server = await serve(2, SIM);
  const caller = await dial(server);

  for (let i = 0; i < 8; i++) {
    const response = await fetch(`${server.url}/v1/myna/calls/${caller.id}`,
      { headers: { connection: "close" } });
    assert.equal(response.status, 200);
    assert.equal((await response.json()).id, caller.id);
  }
  const gone = await fetch(`${server.url}/v1/myna/calls/sess_1_nobody`);
  assert.equal(gone.status, 404);
  const said = await fetch(`${server.url}/v1/myna/calls/${caller.id}/hang_up`,
    { method: "POST", body: "{\"now\":true}" });
  assert.ok(said.ok);
  await caller.closed;
  assert.deepEqual(await server.stop(), CLEAN);
});
