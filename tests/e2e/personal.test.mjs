// personal.test.mjs - what a log holds of those who call: nothing, unless the operator wants it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { MYNA, myna, ROOT, Server } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const NAME = "Wilhelmina";
const PHONE = "4915112345678";
const WORDS = "rosebud";
const ARGS = JSON.stringify({ name: NAME, phone: PHONE });

/** A call in which a name, a number and words are said, typed, looked up, thrown and returned.
 * Gives all that the server wrote. */
async function logOfACall(args, { start = myna, key } = {}) {
  const fake = await upstream();
  const server = await start(["serve", `${ROOT}tests/e2e/apps/clerk`, "--port", "0",
    "--upstream", fake.url, "--log-level", "debug", ...args]);
  const caller = await RawCaller.open(server.realtime("model=clerk&events=myna"), [],
    key ? { headers: { authorization: `Bearer ${key}` } } : {});

  await caller.ask(`My name is ${NAME}, ${WORDS}, at ${PHONE}.`);
  for (const tool of ["find", "throws", "gives_up", "errs", "misuses"]) {
    caller.say(`call ${tool} ${ARGS}`);
    await caller.events.next("myna.note", (event) => event.note === "agent_tool_end");
    await caller.events.next("response.output_audio_transcript.done");
  }
  caller.say(`call find {"name":"${NAME}","phone":7}`);
  await caller.events.next("response.output_audio_transcript.done");
  caller.send({ type: "conversation.item.create", item: { type: NAME } });
  await caller.events.next("error");
  const peer = await fake.peer();
  peer.send({ type: "error", event_id: "e", error: { type: "invalid_request_error",
    code: "invalid_value", message: `Invalid value: '${NAME}'.`, event_id: "unknown" } });
  await caller.events.next("myna.note", (event) => event.note === "error");
  await caller.close();
  await server.says(/gone/);
  await server.stop();
  await fake.stop();
  return server.output;
}

for (const format of ["text", "json"]) {
  test(`no caller is in a log as ${format}`, async () => {
    const log = await logOfACall(["--log-format", format]);

    for (const personal of [NAME, PHONE, WORDS, "127.0.0.1:"]) {
      const lines = log.split("\n").filter((line) => line.includes(personal) &&
        !/listening on|the model is/.test(line));
      assert.deepEqual(lines, [], personal);
    }
    assert.match(log, /agent\.lua:\d+: \(personal\)/); // where it was is known all the same
    assert.match(log, /attempt to index a nil value \(field 'first'\)/);
    assert.match(log, /agent\.lua:\d+: ctx:say: expected words, got a number/); // ours, not theirs
    assert.match(log, /\(personal\)/);
    assert.ok(!/A-1/.test(log), log);
  });
}

test("the operator names the fields that are not personal", async () => {
  const log = await logOfACall(["--log-fields", "slot,order"]);

  assert.match(log, /looked up .*number=\(personal\) order=A-1 who=\(personal\)/);
  assert.ok(!log.includes(NAME), log);
});

test("with --log-personal the log has it", async () => {
  const log = await logOfACall(["--log-personal", "on"]);

  assert.match(log, new RegExp(`looked up .*number=${PHONE} order=A-1 who=${NAME}`));
  assert.match(log, new RegExp(`agent\\.lua:\\d+: nobody is called ${NAME}`));
});

/* Runs a command whose standard error is a terminal, and passes on what it writes there. */
const TERMINAL = `
import os, pty, signal, subprocess, sys
ours, theirs = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stderr=theirs)
os.close(theirs)
signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGINT))
while True:
    try:
        data = os.read(ours, 65536)
    except OSError:  # the child has ended
        break
    os.write(2, data)
sys.exit(child.wait())
`;
const atATerminal = (args) => new Server("python3", ["-c", TERMINAL, MYNA, ...args], {}).ready();

test("whoever writes an app at a terminal sees what it says", async () => {
  const log = await logOfACall([], { start: atATerminal });

  assert.match(log, /the log shows what callers say/);
  assert.match(log, new RegExp(`agent\\.lua:\\d+: nobody is called ${NAME}`));
});

test("at a terminal too it is hidden once others may call, or others read it", async () => {
  const key = "key-of-a-caller-0123456789";
  for (const args of [["--key", key], ["--log-format", "json"], ["--log-personal", "off"],
    ["--admin-key", "admin-key-0123456789"]]) {
    const log = await logOfACall(args, { start: atATerminal, key });

    assert.match(log, /agent\.lua:\d+: \(personal\)/);
    for (const personal of [NAME, PHONE]) assert.ok(!log.includes(personal), args[0]);
  }
});
