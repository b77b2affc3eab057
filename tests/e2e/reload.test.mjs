// reload.test.mjs - apps read again by SIGHUP while calls run (R60).
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna } from "./lib/server.mjs";

const page = (greeting) => `local myna = require "myna"
return myna.app { name = "kiosk", greeting = ${JSON.stringify(greeting)},
  agent = myna.agent { name = "Kim", instructions = myna.file "kim.md" } }
`;

let folder, server, url;
function save(name, text) {
  writeFileSync(join(folder, name), text);
}

/** Reads the apps again and waits until the log says how that went. */
async function reload(pattern) {
  const from = server.output.length;
  server.child.kill("SIGHUP");
  await server.says(pattern, from);
}

async function greeting() {
  const caller = await RawCaller.open(url);
  const { transcript } = await caller.events.next("response.output_audio_transcript.done");
  return { caller, transcript };
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "myna-reload-"));
  save("kim.md", "You keep a kiosk.\n");
  save("agent.lua", page("Kiosk one."));
  server = await myna(["serve", folder, "--port", "0", "--watch", "off"]);
  url = server.realtime("model=kiosk");
});
after(async () => {
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  rmSync(folder, { recursive: true });
});

test("R60 new calls get the new app, and a live one goes on", async () => {
  const first = await greeting();
  assert.match(first.transcript, /Kiosk one/);
  save("agent.lua", page("Kiosk two."));
  save("kim.md", "You keep another kiosk.\n");
  await reload(/reloaded.*generation=2/);
  const second = await greeting();
  assert.match(second.transcript, /Kiosk two/);
  assert.match(await first.caller.ask("Are you there?"), /./);
  await first.caller.close();
  await second.caller.close();
});

test("R60 an app that does not load changes nothing, and the log says where", async () => {
  save("agent.lua", page("Kiosk three.").replace("name = \"Kim\"", "nam = \"Kim\""));
  await reload(/reload failed.*agent\.lua:3.*unknown field 'nam'/);
  const { caller, transcript } = await greeting();
  assert.match(transcript, /Kiosk two/);
  await caller.close();
});

test("R60 a call keeps its prompts when its tools are no longer the app's", async () => {
  const { caller } = await greeting();
  save("agent.lua", page("Kiosk four.").replace("instructions =",
    "tools = { myna.tools.hang_up }, instructions ="));
  await reload(/keeps the prompts it has.*has a new tool/);
  assert.match(await caller.ask("Are you there?"), /./);
  await caller.close();
});
