// bad_input.test.mjs - what a caller should not send: refused in words, and the next call goes on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { dental } from "./lib/server.mjs";

let practice, url, bystander;
before(async () => {
  practice = await dental();
  url = practice.server.realtime("model=dental");
  bystander = await RawCaller.open(url); // a call that has nothing to do with any of this
  await bystander.events.next("response.done");
});
after(async () => {
  assert.ok((await bystander.ask("Are you still there?")).length > 0);
  await bystander.close();
  assert.deepEqual(await practice.stop(), { code: 0, signal: null });
});

const nested = (depth) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const REFUSED = [
  { name: "not JSON", frame: "hello", code: "invalid_json" },
  { name: "half of JSON", frame: '{"type":"response.create"', code: "invalid_json" },
  { name: "JSON that is not an object", frame: "[1,2]" },
  { name: "no type", frame: "{}" },
  { name: "a type that is none", frame: { type: "no.such.event", event_id: "e1" }, id: "e1" },
  {
    name: "a field of the wrong type",
    frame: { type: "input_audio_buffer.append", audio: 7, event_id: "e2" },
    param: "audio",
    id: "e2",
  },
  {
    name: "a field that is missing",
    frame: { type: "conversation.item.truncate", item_id: "x", content_index: 0, event_id: "e3" },
    param: "audio_end_ms",
    id: "e3",
  },
  { name: "audio that is not base64", frame: { type: "input_audio_buffer.append", audio: "%%%%" } },
  { name: "too deep", frame: `{"type":"session.update","session":${nested(1000)}}` },
  {
    name: "a function's output (R75)",
    frame: {
      type: "conversation.item.create",
      item: { type: "function_call_output", call_id: "c", output: "{}" },
      event_id: "e4",
    },
    id: "e4",
  },
];

for (const { name, frame, code, param, id } of REFUSED) {
  test(`R72 ${name} is answered with an error, and the call goes on`, async () => {
    const caller = await RawCaller.open(url);

    await caller.events.next("response.done"); // the greeting's
    caller.send(frame);
    const { error } = await caller.events.next("error");
    assert.equal(error.type, "invalid_request_error");
    assert.ok(error.message.length > 10, error.message);
    if (code) assert.equal(error.code, code);
    if (param) assert.equal(error.param, param);
    if (id) assert.equal(error.event_id, id);
    assert.ok((await caller.ask("And now?")).length > 0);
    await caller.close();
  });
}

test("a binary frame is refused", async () => {
  const caller = await RawCaller.open(url);

  caller.socket.send(Buffer.from([1, 2, 3]));
  const end = await Promise.race([caller.closed, caller.events.next("error")]);
  assert.ok(end.code === 1003 || end.type === "error", JSON.stringify(end));
  caller.socket.terminate();
});

test("a frame past the limit closes the call with 1009", async () => {
  const caller = await RawCaller.open(url);

  caller.send(`{"type":"input_audio_buffer.append","audio":"${"A".repeat(24 * 1024 * 1024)}"}`);
  assert.equal((await caller.closed).code, 1009);
});

test("text that is not UTF-8 closes the call with 1007", async () => {
  const caller = await RawCaller.open(url);

  caller.socket.send(Buffer.from('{"type":"\xff"}', "latin1"), { binary: false });
  const end = await Promise.race([caller.closed, caller.events.next("error")]);
  assert.ok(end.code === 1007 || end.type === "error", JSON.stringify(end));
  caller.socket.terminate();
});

test("a page of a foreign origin may not dial a keyless server", async () => {
  const status = await RawCaller.refused(url, [], { origin: "https://elsewhere.example" });

  assert.equal(status, 403);
});

test("a page of the server's own origin may", async () => {
  const caller = await RawCaller.open(url, [], { origin: practice.server.url });

  await caller.close();
});

test("subprotocols that are all unknown get an HTTP answer", async () => {
  const status = await RawCaller.refused(url, ["chess.v1"]);

  assert.equal(status, 400);
});

test("the subprotocols a browser's SDK offers are answered with realtime", async () => {
  const caller = await RawCaller.open(url, ["realtime", "openai-insecure-api-key.ek_x"]);

  assert.equal(caller.socket.protocol, "realtime");
  await caller.close();
});

test("an app that is not served is refused by name", async () => {
  const status = await RawCaller.refused(practice.server.realtime("model=nobody"));

  assert.equal(status, 404);
});
