// legs.test.mjs - connections that break under a call: the model's is dialled again and told what
// was said, the caller's may be taken up by whoever holds the token.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

let fake, server;
before(async () => {
  fake = await upstream();
  server = await myna(["serve", `${ROOT}tests/e2e/apps/plain`, "--port", "0",
    "--upstream", fake.url, "--reconnect-pause", "20ms"], { OPENAI_API_KEY: "sk-test" });
});
after(async () => {
  assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
  await fake.stop();
});

/** A caller who asks for myna.* events, and their model's end. */
async function call() {
  const caller = await RawCaller.open(server.realtime("model=plain&events=myna"));
  const { session_id: id, resume } = await caller.events.next("myna.session.resumable");
  const peer = await fake.peer();

  await caller.ask("Before?");
  await caller.events.next("response.done");
  return { caller, peer, id, resume };
}

test("R62 a call whose model hangs up goes on elsewhere, with its history", async () => {
  const { caller, peer } = await call();

  peer.socket.terminate();
  await caller.events.next("myna.session.reconnecting");
  await caller.events.next("myna.session.resumed");
  const { events } = await fake.peer();
  const { item } = await events.since(0, "conversation.item.create");
  assert.equal(item.content[0].text, "Before?");
  assert.equal(await caller.ask("After?"), "After?");
  assert.deepEqual(caller.events.all.filter(({ type }) => type === "error"), []);
  await caller.close();
});

test("R62 a model that is busy for a while is dialled until it is not", async () => {
  const { caller, peer } = await call();

  fake.plan({ refuse: 503 });
  fake.plan({ refuse: 429 });
  peer.socket.terminate();
  await caller.events.next("myna.session.resumed");
  await fake.peer();
  assert.equal(await caller.ask("After?"), "After?");
  await caller.close();
});

test("R63 a caller whose socket breaks takes the call up with the token, once", async () => {
  const { caller, id, resume } = await call();
  const again = (token) => server.realtime(`session_id=${id}&resume=${token}`);

  caller.socket.terminate();
  await caller.closed;
  assert.equal(await RawCaller.refused(again("0".repeat(resume.length))), 404);
  const back = await RawCaller.open(again(resume));
  assert.equal((await back.events.next("myna.session.resumable")).session_id, id);
  assert.equal(await back.ask("Still there?"), "Still there?");
  assert.equal(await RawCaller.refused(again(resume)), 404);
  await back.close();
});

test("R63 a caller who is back before the old socket is missed takes the call over", async () => {
  const { caller, id, resume } = await call();
  const back = await RawCaller.open(server.realtime(`session_id=${id}&resume=${resume}`));

  assert.equal((await caller.closed).code, 1000);
  assert.equal(await back.ask("Still there?"), "Still there?");
  await back.close();
});

test("R63 a caller who hung up cannot take the call up", async () => {
  const { caller, id, resume } = await call();

  await caller.close();
  await server.says(/call ended/);
  assert.equal(await RawCaller.refused(server.realtime(`session_id=${id}&resume=${resume}`)), 404);
});
