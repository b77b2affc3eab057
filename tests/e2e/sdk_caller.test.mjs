// sdk_caller.test.mjs - the official SDK calls myna serve, as any browser page or server would.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RealtimeAgent } from "@openai/agents-realtime";
import { connect, errors } from "./lib/sdk.mjs";
import { dental } from "./lib/server.mjs";

let practice;
before(async () => (practice = await dental()));
after(async () => assert.deepEqual(await practice.stop(), { code: 0, signal: null }));

function call() {
  const caller = new RealtimeAgent({ name: "caller", instructions: "Not applied: the app's are." });
  return connect(caller, practice.server.realtime("model=dental"));
}

async function answer(wire) {
  const { transcript } = await wire.next("response.output_audio_transcript.done");
  await wire.next("response.done", (event) => event.response.status === "completed");
  return transcript;
}

test("the greeting is heard: transcript and audio", async () => {
  const { session, wire, heard } = await call();

  assert.match(await answer(wire), /this is Lexi/);
  assert.ok((await heard.next("audio")).bytes > 0);
  session.close();
});

test("a text turn is answered", async () => {
  const { session, wire, heard } = await call();

  await answer(wire);
  const before = heard.all.length;
  session.sendMessage("Hello, are you there?");
  assert.ok((await answer(wire)).length > 0);
  assert.ok(heard.all.slice(before).some((event) => event.type === "audio"));
  assert.deepEqual(errors(heard), []);
  session.close();
});

test("a turn with a look-up is answered with what the records say", async () => {
  const { session, wire, heard } = await call();

  await answer(wire);
  session.sendMessage("Please find the patient Sam Latif, born 1980-05-01.");
  await wire.next("response.output_audio_transcript.done", (event) => /Sam/.test(event.transcript));
  assert.deepEqual(errors(heard), []);
  session.close();
});

test("R76 the caller sees neither the call, its arguments nor its output", async () => {
  const { session, wire } = await call();

  await answer(wire);
  session.sendMessage("Please find the patient Sam Latif, born 1980-05-01.");
  await wire.next("response.output_audio_transcript.done", (event) => /Sam/.test(event.transcript));
  for (const event of wire.all) {
    assert.ok(!event.type.startsWith("response.function_call"), event.type);
    assert.ok(!JSON.stringify(event).includes("function_call"), JSON.stringify(event));
  }
  session.close();
});

test("R71 the session shown holds no instructions and no tools of the app", async () => {
  const { session, wire } = await call();
  const { session: shown } = await wire.next("session.created");

  assert.ok(!JSON.stringify(shown).includes("find_patient"));
  assert.ok(!JSON.stringify(shown).includes("Barton Dental"));
  session.close();
});
