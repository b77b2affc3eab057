// reloads.test.mjs - reloads while twenty callers talk: no call is dropped, nothing leaks, and what
// is served is the last (R60). RELOADS=1000 in bench.reloads.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna } from "./lib/server.mjs";

const CALLS = 20;
const RELOADS = Number(process.env.RELOADS ?? 250);
const SETTLED = RELOADS * 0.4; // after these the allocator has what it needs
const GROWTH_KB = 1024; // a generation that stayed is over 20 KB each time
const ANSWER_KB = 16; // and an answer of a conversation is kept, here and in the simulator
const WARM = 4 * CALLS; // answers before anything is measured: queues and histories have filled
const TOOLS = 8;

const page = `local myna = require "myna"
local served = 0
return myna.app { name = "shop", greeting = "Shop.",
  agent = myna.agent { name = "Sam", instructions = myna.file "sam.md",
    tools = { ${Array.from({ length: TOOLS }, (_, i) => `require "tools.t${i}"`).join(", ")} } },
  on = { reload = function(event) served = event.generation end },
  routes = { ["GET /served"] = function() return { json = served } end } }
`;

let folder, server;
const save = (name, text) => writeFileSync(join(folder, name), text);
const prompt = (n) => `You keep shop number ${n}. ${"Be kind to everybody. ".repeat(40)}\n`;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "myna-reloads-"));
  mkdirSync(join(folder, "tools"));
  for (let i = 0; i < TOOLS; i++) {
    save(`tools/t${i}.lua`, `local myna = require "myna"
return myna.tool { name = "tool_${i}", description = "Number ${i}.",
  parameters = { name = myna.schema.string "A name" }, execute = function() end }
`);
  }
  save("agent.lua", page);
  save("sam.md", prompt(0));
  // What is freed is given back at once, or it could not be told from a leak.
  server = await myna(["serve", folder, "--port", "0", "--watch", "off"],
    { ASAN_OPTIONS: "quarantine_size_mb=0:thread_local_quarantine_size_kb=0" });
});
after(async () => {
  if (server.child.exitCode === null) await server.stop("SIGKILL");
  rmSync(folder, { recursive: true });
});

function memoryKb() {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, "utf8"))[1]);
}

/** Talks until told to stop: gives how many answers there were. */
async function talk(caller, state) {
  let answers = 0;

  while (!state.over) {
    await caller.ask(`What about number ${answers}?`);
    caller.events.forget(); // or this process would grow
    answers++;
    state.answers++;
  }
  return answers;
}

async function reload(n) {
  const from = server.output.length;

  save("sam.md", prompt(n));
  server.child.kill("SIGHUP");
  await server.says(new RegExp(`reloaded.*generation=${n + 1}\\b`), from);
  return Number(/ ms=(\d+)/.exec(server.output.slice(from))[1]);
}

test("R60 reloads drop no call and leak nothing", async (t) => {
  const callers = await Promise.all(Array.from({ length: CALLS },
    () => RawCaller.open(server.realtime("model=shop"))));
  const state = { over: false, answers: 0 };
  const talking = callers.map((caller) => talk(caller, state));
  while (state.answers < WARM) await new Promise((resolve) => setTimeout(resolve, 50));
  const began = performance.now();
  let settledKb = 0, before = 0, ms = 0;

  for (let n = 1; n <= RELOADS; n++) {
    ms += await reload(n);
    if (n === SETTLED) [settledKb, before] = [memoryKb(), state.answers];
  }
  const grownKb = memoryKb() - settledKb;
  const allowedKb = GROWTH_KB + ANSWER_KB * (state.answers - before);
  const seconds = (performance.now() - began) / 1000;
  state.over = true;
  const answers = await Promise.all(talking);

  t.diagnostic(`${RELOADS} reloads in ${seconds.toFixed(1)} s, ${(ms / RELOADS).toFixed(1)} ms `
    + `each of the loop; ${state.answers} answers; ${grownKb} KB more since `
    + `number ${SETTLED}, of ${settledKb} KB`);
  assert.ok(Math.min(...answers) > 0, `a call was not answered: ${answers}`);
  assert.ok(grownKb < allowedKb, `${grownKb} KB more after ${RELOADS - SETTLED} reloads`);
  assert.equal(await (await fetch(`${server.url}/served`)).json(), RELOADS + 1);
  for (const caller of callers) await caller.close();
  assert.doesNotMatch(server.output, / (warn|error) /);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});
