// scripts.test.mjs - tools that throw, loop, hoard and wait, in live calls: the model hears safe
// words, the log has the author's line, and nobody else notices.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT, run } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const SECRET = "slow-key-0123456789";
const AUTHOR = "apps/careless/agent.lua";

/** Answers /echo with the bearer it was given, and nothing else ever. */
async function records() {
  const server = createServer((request, response) => {
    if (request.url !== "/echo") return;
    response.writeHead(500, { "content-type": "text/plain" });
    response.end(`no such key: ${request.headers.authorization}`);
  });

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("tools that misbehave", { concurrency: false }, () => {
  let slow, fake, server, url;
  before(async () => {
    slow = await records();
    fake = await upstream();
    server = await myna(["serve", `${ROOT}tests/e2e/apps/careless`, "--port", "0",
      "--upstream", fake.url, "--log-level", "debug",
      "--log-personal", "on"], { SLOW_URL: slow.url, SLOW_KEY: SECRET });
    url = server.realtime("model=careless");
  });
  after(async () => {
    assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
    await fake.stop();
    slow.stop();
    assert.ok(!server.output.includes(SECRET), "the secret is in the log");
  });

  async function dial() {
    const caller = await RawCaller.open(url);
    caller.peer = await fake.peer();
    return caller;
  }

  /** Lets the model call that tool. Returns what it is given as the tool's output. */
  async function tried(caller, name) {
    const { events } = caller.peer;
    const from = events.all.length;

    caller.say(`call ${name}`);
    const { item } = await events.since(from, "conversation.item.create",
      (event) => event.item.type === "function_call_output");
    return item.output;
  }

  function safe(name, words, logged) {
    test(`${name}: safe words to the model, the author's line in the log`, async () => {
      const caller = await dial();
      const from = server.output.length;

      const output = await tried(caller, name);
      assert.match(output, words);
      assert.ok(!/agent\.lua|stack|traceback|0x/.test(output), output);
      await server.says(logged, from);
      await caller.events.next("response.output_audio_transcript.done"); // the output, said
      assert.equal(await caller.ask("And now?"), "And now?");
      await caller.close();
    });
  }

  const line = (n) => new RegExp(`call=sess_\\w+ .*${AUTHOR.replaceAll("/", "\\/")}:${n}`);
  safe("throws", /./, line(19));
  safe("loops", /./, /agent\.lua:20: stopped: over 10 ms .*script-slice/);
  safe("hoards", /./, /call=sess_\w+ .*script-memory/);
  safe("returns_code", /./, /rows\[1\]\.when: a function/);
  safe("waits", /./, /call=sess_\w+ .*(time|waits)/);
  safe("repeats", /./, /call=sess_\w+ .*500/);
  safe("matches", /./, /agent\.lua:\d+: stopped: over 10 ms .*script-slice/);

  /** A caller hears three seconds of talk while another's tool is tried ten times. Gives how late
   * its frames came. */
  async function besides(name) {
    const listener = await dial();
    const looper = await dial();
    const heard = [];

    listener.socket.on("message", (bytes) => {
      if (bytes.includes('"response.output_audio.delta"')) heard.push(performance.now());
    });
    listener.say("talk 3000");
    await listener.events.next("response.output_audio.delta");
    for (let i = 0; i < 10; i++) {
      await tried(looper, name);
      await looper.events.next("response.done");
    }
    await listener.events.next("response.done");
    await looper.close();
    await listener.close();
    assert.equal(heard.length, 150);
    return lateness(heard);
  }

  let quiet; // what the machine does to frames by itself
  test("a tool that works, for comparison", async (t) => {
    quiet = await besides("works");
    t.diagnostic(quiet.words);
  });

  for (const name of ["loops", "matches", "sorts", "replaces", "spreads"])
    test(`a tool that ${name} for ever leaves another call's audio within 20 ms`, async (t) => {
      const late = await besides(name);
      t.diagnostic(late.words);
      assert.ok(late.p95 <= quiet.p95 + 20, `held up: ${late.words}; quiet: ${quiet.words}`);
    });

  test("the errors of tools reach no caller", async () => {
    const caller = await dial();

    await tried(caller, "throws");
    await caller.events.next("response.output_audio_transcript.done");
    assert.ok(!JSON.stringify(caller.events.all).includes("drawer"));
    await caller.close();
  });
});

/** How much later than its beat each frame came, past the 400 ms that are sent ahead. */
function lateness(heard) {
  const off = heard.map((at, i) => at - i * 20).slice(21);
  const beat = percentile(off, 10);
  const late = (p) => percentile(off.map((at) => at - beat), p);

  return { p95: late(95), words: "frames late by " +
    `p50 ${late(50)} ms, p95 ${late(95)} ms, p99 ${late(99)} ms, worst ${late(100)} ms` };
}

function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p / 100))]);
}

describe("apps that cannot be served", () => {
  const folder = mkdtempSync(join(tmpdir(), "myna-apps-"));
  after(() => rmSync(folder, { recursive: true }));

  function app(name, files) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true });
      writeFileSync(join(folder, name, path), text);
    }
    return join(folder, name);
  }

  /** serve must refuse to start, with status 2, and say all of that. */
  async function refused(path, ...said) {
    const end = await run(["serve", path, "--port", "0"]);

    assert.equal(end.code, 2, end.output);
    for (const words of said) assert.match(end.output, words);
    assert.ok(!/listening/.test(end.output), end.output);
  }

  test("a syntax error is told with file and line", () =>
    refused(app("syntax", { "agent.lua": "local x = = 1\n" }), /agent\.lua:1: .*'='/));

  test("a missing file is told with file and line", () =>
    refused(app("missing", {
      "agent.lua": 'local myna = require "myna"\nreturn myna.agent { name = "A",\n' +
        '  instructions = myna.file "prompts/none.md" }\n',
    }), /agent\.lua:3: .*prompts\/none\.md/));

  test("a missing variable is told by name", () =>
    refused(app("env", {
      "agent.lua": 'local myna = require "myna"\nlocal url = myna.env "NO_SUCH_VARIABLE"\n' +
        'return myna.agent { name = "A", instructions = url }\n',
    }), /agent\.lua:2: .*NO_SUCH_VARIABLE/));

  test("all mistakes are told at once", () =>
    refused(app("several", {
      "agent.lua": 'local myna = require "myna"\nlocal a = myna.env "NO_SUCH_VARIABLE"\n' +
        'return myna.agent { name = "A", instructons = a,\n' +
        '  tools = { require "tools.broken" } }\n',
      "tools/broken.lua": "return )\n",
    }), /NO_SUCH_VARIABLE/, /instructons.*instructions/, /tools\/broken\.lua:1:/));

  test("a loop at load is stopped", () =>
    refused(app("loop", { "agent.lua": "while true do end\n" }), /agent\.lua:1/));

  test("an app that is not there", () => refused(join(folder, "none"), /No such file/));
});
