// secrets.test.mjs - a server that holds secrets, between peers who repeat what they are
// sent: none of them is in a log line, an event or an answer.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const SECRETS = {
  key: "ours-6e0d1f55c3",
  model: "sk-proj-93aa17c2e4",
  tool: "clinic-5b7f0c88d1",
  other: "another-4e1c77a09d", // of the file of keys
  admin: "operators-1b94d2e07f",
};

/** What an operator can ask for while a call is there, and what is written down of it. */
async function operated(server, folder) {
  const headers = { authorization: `Bearer ${SECRETS.admin}` };
  const ask = async (path) => {
    const answer = await fetch(server.url + path, { headers });
    assert.equal(answer.status, 200, path);
    return answer.text();
  };
  const calls = await ask("/v1/myna/calls");
  const [{ id }] = JSON.parse(calls).data;
  const shown = [calls];
  const paths = ["/metrics", "/readyz", "/v1/myna/openapi.json", "/v1/myna/records",
    `/v1/myna/calls/${id}`, `/v1/myna/calls/${id}/history`, `/v1/myna/records/${id}`];

  await new Promise((resolve) => setTimeout(resolve, 1000)); // records are written by the second
  for (const path of paths) shown.push(await ask(path));
  for (const file of readdirSync(folder).filter((name) => name.startsWith("records")))
    shown.push(readFileSync(join(folder, file), "latin1"));
  return shown;
}

/** Repeats every header it is sent, as an error. */
async function echo() {
  const server = createServer((request, response) => {
    response.writeHead(500);
    response.end(JSON.stringify(request.headers));
  });

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** A token, asked for with a key. */
async function token(server, key) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const body = JSON.stringify({ session: { type: "realtime", model: "careless" } });
  const path = `${server.url}/v1/realtime/client_secrets`;

  return (await (await fetch(path, { method: "POST", headers, body })).json()).value;
}

for (const format of ["text", "json"]) {
  test(`no secret is shown, with the log as ${format}`, async () => {
    const tools = await echo();
    const fake = await upstream();
    const folder = mkdtempSync(join(tmpdir(), "myna-secrets-"));
    const keys = join(folder, "keys");
    writeFileSync(keys, `office ${SECRETS.other}\n`);
    const server = await myna(["serve", `${ROOT}tests/e2e/apps/careless`, "--port", "0",
      "--upstream", fake.url, "--key", SECRETS.key, "--keys", keys, "--log-level", "debug",
      "--log-personal", "on", "--log-format", format, "--admin-key", SECRETS.admin,
      "--records", join(folder, "records.db")],
    { OPENAI_API_KEY: SECRETS.model, SLOW_KEY: SECRETS.tool,
      SLOW_URL: `http://127.0.0.1:${tools.address().port}` });
    const url = server.realtime("model=careless&events=myna");
    const headers = { authorization: `Bearer ${SECRETS.key}` };
    const shown = [];

    for (const path of ["/healthz", "/v1/models", "/", "/v1/none"]) {
      shown.push(await (await fetch(server.url + path, { headers })).text());
    }
    const wrong = { authorization: "Bearer no" };
    assert.equal(await RawCaller.refused(url, [], { headers: wrong }), 401);
    const offers = ["realtime", `openai-insecure-api-key.${SECRETS.key}`];
    const caller = await RawCaller.open(url, offers);
    const peer = await fake.peer();
    assert.equal(peer.request.headers.authorization, `Bearer ${SECRETS.model}`);
    caller.say("call repeats");
    await caller.events.next("response.output_audio_transcript.done");
    const seen = await operated(server, folder);
    fake.plan({ refuse: 401, body: `You sent ${SECRETS.model}.` });
    const refused = await RawCaller.open(url, [], { headers });
    await refused.closed;
    await caller.close();
    const secret = await token(server, SECRETS.other);
    const visitor = await RawCaller.open(url, ["realtime", `openai-insecure-api-key.${secret}`]);
    await visitor.close();
    const again = { headers: { authorization: `Bearer ${secret.slice(0, -4)}AAAA` } };
    assert.equal(await RawCaller.refused(url, [], again), 401);
    writeFileSync(keys, `office ${SECRETS.other} cals=1\n`);
    server.child.kill("SIGHUP");
    await server.says(/reload failed/);
    assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
    const events = [caller, refused, visitor].map((one) => one.events.all);
    shown.push(server.output, JSON.stringify(events),
      JSON.stringify(peer.events.all));
    rmSync(folder, { recursive: true });
    await fake.stop();
    tools.close();
    for (const [whose, held] of Object.entries(SECRETS)) {
      for (const text of shown) assert.ok(!text.includes(held), `${whose}: ${text}`);
    }
    for (const text of seen)
      for (const held of Object.values(SECRETS)) assert.ok(!text.includes(held), text);
    for (const text of shown) assert.ok(!text.includes(secret), `token: ${text}`);
    const prompt = JSON.stringify(peer.events.all).match(/PROMPT-[0-9a-f]+/)[0];
    const told = [...seen, server.output, JSON.stringify(events)];
    for (const text of told) assert.ok(!text.includes(prompt), `prompt: ${text}`);
    assert.match(server.output, /You sent \(secret\)\./);
  });
}
