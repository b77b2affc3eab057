// watch.test.mjs - apps are read again when a file of theirs is saved (R60).
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna } from "./lib/server.mjs";

const RELOADS = Number(process.env.RELOADS ?? 60);
const CALLS = 8;

const page = (greeting) => `local myna = require "myna"
return myna.app { name = "kiosk", greeting = ${JSON.stringify(greeting)},
  agent = myna.agent { name = "Kim", instructions = myna.file "prompts/kim.md" } }
`;

let root, folder, server, url;
function save(name, text) {
  writeFileSync(join(folder, name), text);
}

/** As editors do: beside it, then in its place. */
function replace(name, text) {
  writeFileSync(join(folder, `${name}.new`), text);
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

async function health() {
  const { generation, stale } = await (await fetch(`${server.url}/healthz`)).json();
  return { generation, stale };
}

async function says(pattern, act) {
  const from = server.output.length;
  act();
  await server.says(pattern, from);
  return server.output.slice(from);
}

async function greeting() {
  const caller = await RawCaller.open(url);
  const { transcript } = await caller.events.next("response.output_audio_transcript.done");
  return { caller, transcript };
}

function memoryKb() {
  const status = readFileSync(`/proc/${server.child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
}

before(async () => {
  root = mkdtempSync(join(tmpdir(), "myna-watch-"));
  folder = join(root, "kiosk");
  mkdirSync(join(folder, "prompts"), { recursive: true });
  save("prompts/kim.md", "You keep a kiosk.\n");
  save("agent.lua", page("Kiosk one."));
  // A sanitizer keeps what was freed for a while; here it must not look like something kept.
  const env = { ASAN_OPTIONS: "quarantine_size_mb=1" };
  server = await myna(["serve", folder, "--port", "0"], env);
  url = server.realtime("model=kiosk");
});
after(async () => {
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  rmSync(root, { recursive: true });
});

test("R60 what is saved is served, and a live call goes on", async () => {
  assert.deepEqual(await health(), { generation: 1, stale: false });
  const first = await greeting();
  await says(/reloaded.*generation=2/, () => replace("agent.lua", page("Kiosk two.")));
  const second = await greeting();
  assert.match(second.transcript, /Kiosk two/);
  assert.match(await first.caller.ask("Are you there?"), /./);
  await first.caller.close();
  await second.caller.close();
});

test("R60 a broken save changes nothing, is told once, and served once repaired", async () => {
  const broken = page("Kiosk three.").replace("name = \"Kim\"", "nam = \"Kim\"");
  const from = server.output.length;
  await says(/reload failed.*agent\.lua:3.*unknown field 'nam'/, () => save("agent.lua", broken));
  assert.deepEqual(await health(), { generation: 2, stale: true });
  const { caller, transcript } = await greeting();
  assert.match(transcript, /Kiosk two/);
  await caller.close();
  await new Promise((resolve) => setTimeout(resolve, 1200)); // past the look that needs no event
  assert.equal(server.output.slice(from).match(/reload failed/g).length, 1);
  await says(/reloaded.*generation=3/, () => save("agent.lua", page("Kiosk three.")));
  assert.deepEqual(await health(), { generation: 3, stale: false });
});

test("R60 files the app does not read are no new generation, and a lib that comes is", async () => {
  await says(/again as they are served.*generation=3/, () => {
    save("agent.lua", "return nonsense");
    setTimeout(() => save("agent.lua", page("Kiosk three.")), 200);
  });
  save("notes.txt", "something else");
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(await health(), { generation: 3, stale: false });
  const wanting = `local words = require "words"\n${page("WORDS").replace("\"WORDS\"", "words")}`;
  await says(/reload failed.*words/, () => save("agent.lua", wanting));
  await says(/reloaded.*generation=4/, () => {
    mkdirSync(join(root, "lib"));
    writeFileSync(join(root, "lib", "words.lua"), "return \"Kiosk of the lib.\"\n");
  });
  const { caller, transcript } = await greeting();
  assert.match(transcript, /Kiosk of the lib/);
  await caller.close();
});

test(`R60 ${RELOADS} reloads drop no call and keep nothing`, async () => {
  const callers = [];
  for (let i = 0; i < CALLS; i++) callers.push((await greeting()).caller);
  const again = async (n) => {
    for (let i = 0; i < n; i++) {
      save("prompts/kim.md", `You keep kiosk number ${i} of ${n}.\n`);
      await says(/reloaded/, () => server.child.kill("SIGHUP"));
      if (i % 25 === 0) assert.match(await callers[i % CALLS].ask("Are you there?"), /./);
    }
  };
  await again(RELOADS / 4);
  const before = memoryKb();
  await again(RELOADS);
  const grown = memoryKb() - before;
  for (const caller of callers) {
    assert.match(await caller.ask("Are you still there?"), /./);
    await caller.close();
  }
  // A generation of this app is over 300 KB; what histories grow is less than ten of them.
  assert.ok(grown < 3000, `${grown} KB more after ${RELOADS} reloads`);
});

test("--watch off reads nothing again, and a key means off unless it is asked for", async () => {
  for (const [args, watched] of [[["--watch", "off"], false], [["--key", "secret"], false],
    [["--key", "secret", "--watch", "on"], true], [[], true]]) {
    const other = await myna(["serve", folder, "--port", "0", ...args]);
    assert.equal(/what you save is served/.test(other.output), watched, args.join(" "));
    await other.stop();
  }
});
