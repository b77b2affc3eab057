// chat.test.mjs - what an author types to `myna chat` that is not for the agent.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { MYNA, run } from "./lib/server.mjs";

let folder, shop;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "myna-chat-"));
  shop = join(folder, "shop");
  assert.equal((await run(["new", shop])).code, 0);
});
after(() => rmSync(folder, { recursive: true }));

/** Types the lines into a chat and gives all it said. */
function chat(lines, ...options) {
  return new Promise((resolve) => {
    const env = { ...process.env, OPENAI_API_KEY: "" };
    const child = spawn(MYNA, ["chat", shop, ...options], { env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => (output += text));
    }
    child.on("close", (code) => resolve({ code, output }));
    child.stdin.end(`${lines.join("\n")}\n`);
  });
}

test("the call is looked into", async () => {
  const { code, output } = await chat([
    "Are you open on Saturday?", ":tools", ":state", ":eval ctx.state.asked_hours, 1 + 1",
    ":eval 1 +", ":history", ":sate",
  ]);
  assert.equal(code, 0, output);
  assert.match(output, /tool opening_hours\ntool transfer_to_Clerk/);
  assert.match(output, /state \{"asked_hours":true\}/);
  assert.match(output, /= true, 2/);
  assert.match(output, /error line:1: unexpected symbol/);
  assert.match(output, /item \{.*"text":"Are you open on Saturday\?"/);
  assert.match(output, /there is no :sate \(did you mean :state\?\)/);
});

test("lines of the log are shown when they are asked for", async () => {
  const lines = [':eval print "a line of the author\'s"'];

  assert.doesNotMatch((await chat(lines)).output, /info .*a line of the author's/);
  assert.match((await chat(lines, "--log-level", "info")).output, /info .*a line of the author's/);
});

test("it is moved: words are put in the agent's mouth, lines are taken back, it is cut in on",
  async () => {
    const { output } = await chat([
      ":say Goodbye then.", "I am Sam.", ":rewind 1", ":history", ":reload", ":barge 5",
      "Tell me more.",
    ]);
    assert.match(output, /Robin: Goodbye then\./);
    assert.match(output, /rewound:/);
    assert.doesNotMatch(output.slice(output.indexOf("rewound:")), /item .*I am Sam/);
    assert.match(output, /reloaded:/);
    assert.doesNotMatch(output.slice(output.indexOf("Tell me more.")), /simulator of the/);
  });

test("a conversation becomes a scenario that passes", async () => {
  const file = join(shop, "scenarios/talk.lua");
  await chat(["Are you open on Saturday?", ":say Just a moment.", "I would like to order.",
    `:save ${file}`]);
  const played = await run(["test", file]);
  assert.equal(played.code, 0, played.output);
  assert.match(played.output, /1 passed/);
});
