// text.test.mjs - a text agent against a server of its own: TLS with a CA of one's own, and words
// that come while the rest is still being written.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import https from "node:https";
import { test } from "node:test";
import { certificate } from "./lib/cert.mjs";
import { RawCaller } from "./lib/raw.mjs";
import { ROOT, myna } from "./lib/server.mjs";

const APP = `${ROOT}tests/e2e/apps/writer`;

function event(response, data) {
  response.write(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Sends one word, and the other only when `go` resolves. */
async function model(pem, go) {
  const keys = { cert: readFileSync(pem.cert), key: readFileSync(pem.key) };
  const server = https.createServer(keys, async (request, response) => {
    request.resume();
    await once(request, "end");
    response.writeHead(200, { "content-type": "text/event-stream" });
    event(response, { type: "response.output_text.delta", delta: "Dear" });
    await go;
    event(response, { type: "response.output_text.delta", delta: " team." });
    const content = [{ type: "output_text", text: "Dear team." }];
    event(response, { type: "response.completed", response: { status: "completed",
      output: [{ type: "message", content }] } });
    response.end();
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function serve(t, server, args = []) {
  const url = `https://127.0.0.1:${server.address().port}/v1`;
  const serving = await myna(["serve", APP, "--port", "0", "--upstream", "sim",
    "--text-upstream", url, ...args]);
  t.after(async () => {
    await serving.stop("SIGKILL");
    server.closeAllConnections();
    server.close();
  });
  return serving;
}

test("words are told while the rest is written, by a server of --upstream-ca", async (t) => {
  const pem = certificate();
  t.after(pem.drop);
  let write;
  const server = await model(pem, new Promise((resolve) => (write = resolve)));
  const serving = await serve(t, server, ["--upstream-ca", pem.cert]);
  const caller = await RawCaller.open(serving.realtime("model=writer"));
  caller.say('call draft {"about":"a refund"}');
  assert.equal((await caller.events.next("draft")).words, "Dear");
  write();
  assert.equal((await caller.events.next("draft")).words, " team.");
  await caller.events.next("response.output_audio_transcript.done");
  await caller.close();
});

test("a server whose CA nobody knows is not asked", async (t) => {
  const pem = certificate();
  t.after(pem.drop);
  const serving = await serve(t, await model(pem));
  const caller = await RawCaller.open(serving.realtime("model=writer&events=myna"));
  caller.say('call draft {"about":"a refund"}');
  const note = await caller.events.next("myna.note", (it) => it.note === "agent_tool_end");
  assert.match(note.result, /tls/);
  await caller.close();
});

test("a CA that cannot be read is said at the start", async () => {
  await assert.rejects(myna(["serve", APP, "--port", "0", "--upstream-ca", "/no/such.pem"]),
    /--upstream-ca \/no\/such\.pem: No such file/);
});
