// commands.test.mjs - myna new and myna check, as somebody meets them on their first day.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT, run } from "./lib/server.mjs";

let folder;
before(() => (folder = mkdtempSync(join(tmpdir(), "myna-commands-"))));
after(() => rmSync(folder, { recursive: true }));

test("a new app is whole: it checks, its scenarios pass, an editor knows its words", async () => {
  const shop = join(folder, "shop");
  const made = await run(["new", shop]);

  assert.equal(made.code, 0, made.output);
  assert.match(made.output, /myna chat/);
  assert.deepEqual((await run(["check", shop])).code, 0);
  const played = await run(["test", shop]);
  assert.equal(played.code, 0, played.output);
  assert.match(played.output, /2 passed, 0 failed/);
  assert.match(readFileSync(join(shop, ".myna/myna.lua"), "utf8"), /@class myna.AppSpec/);
  JSON.parse(readFileSync(join(shop, ".luarc.json"), "utf8"));
});

test("a folder that has an app already is left alone", async () => {
  const mine = "-- mine";
  writeFileSync(join(folder, "agent.lua"), mine);
  const { code, output } = await run(["new", folder]);

  assert.equal(code, 2);
  assert.match(output, /agent\.lua: .*exists/);
  assert.equal(readFileSync(join(folder, "agent.lua"), "utf8"), mine);
});

test("an app is shown as a graph of its handoffs", async () => {
  const { code, output } = await run(["check", "--format", "dot", `${ROOT}agents/dental`]);

  assert.equal(code, 0);
  assert.match(output, /^digraph "dental" \{/);
  assert.match(output, /"Lexi" -> "Billing";/);
});

test("tools read an app, and what is wrong with one, as JSON", async () => {
  const good = await run(["check", "--format", "json", `${ROOT}agents/dental`]);
  const dental = JSON.parse(good.output);
  assert.deepEqual(dental.agents.map((agent) => agent.name), ["Lexi", "Billing"]);
  assert.deepEqual(dental.errors, []);

  const page = join(folder, "bad.lua");
  writeFileSync(page, 'local myna = require "myna"\nreturn myna.agent { nam = "A" }\n');
  const bad = await run(["check", "--format", "json", page]);
  assert.equal(bad.code, 1);
  const [mistake] = JSON.parse(bad.output).errors;
  assert.equal(mistake.line, 2);
  assert.match(mistake.file, /bad\.lua$/);
  assert.match(mistake.message, /unknown field 'nam' \(did you mean 'name'\?\)/);
});
