// responses.test.mjs - text models for whoever has a key, on the server's account: the official
// client through the server, to the simulator and to an API that answers as the test says.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import OpenAI from "openai";
import { myna, ROOT } from "./lib/server.mjs";

const app = `${ROOT}tests/e2e/apps/plain`;
const MODELS = ["--responses-models", "gpt-5-mini,gpt-4.1"];
const SECRET = "sk-proj-of-the-server";
const LINES = "web key-of-the-web responses=100\noffice key-of-the-office\n";

async function serving(args, env, act) {
  const folder = mkdtempSync(join(tmpdir(), "myna-responses-"));
  writeFileSync(join(folder, "keys"), LINES);
  const keys = ["--keys", join(folder, "keys")];
  const server = await myna(["serve", app, "--port", "0", ...keys, ...args], env);

  try {
    await act(server, (apiKey) =>
      new OpenAI({ apiKey, baseURL: `${server.url}/v1`, maxRetries: 0 }));
  } finally {
    assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
    rmSync(folder, { recursive: true });
    assert.ok(!server.output.includes(SECRET));
  }
}

/** An API whose answer to each request is act's. */
async function api(act) {
  const seen = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const bytes of request) text += bytes;
    seen.push({ url: request.url, headers: request.headers, body: JSON.parse(text) });
    act(response, seen.at(-1));
  });

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { seen, server, args: ["--text-upstream", `http://127.0.0.1:${server.address().port}`] };
}

const ask = { model: "gpt-5-mini", input: "Good morning!" };
const usage = (n) => JSON.stringify({ usage: { total_tokens: n } });
const json = { "content-type": "application/json" };

test("the official client asks a text model of the simulator, whole and as a stream", async () => {
  await serving(MODELS, {}, async (_server, client) => {
    const response = await client("key-of-the-office").responses.create(ask);
    let text = "";

    assert.match(response.output_text, /./);
    for await (const event of await client("key-of-the-office").responses.create(
      { ...ask, stream: true })) {
      if (event.type === "response.output_text.delta") text += event.delta;
    }
    assert.equal(text, response.output_text);
  });
});

test("without a list of models nobody may ask, and without a key never", async () => {
  await serving([], {}, async (_server, client) => {
    await assert.rejects(client("key-of-the-office").responses.create(ask), { status: 404 });
  });
  await serving(MODELS, {}, async (_server, client) => {
    await assert.rejects(client("another").responses.create(ask), { status: 401 });
    const other = { ...ask, model: "o3-pro" };
    await assert.rejects(client("key-of-the-office").responses.create(other),
      { status: 400, code: "model_not_found", param: "model" });
    const { value } = await client("key-of-the-office").realtime.clientSecrets.create(
      { session: { type: "realtime", model: "plain" } });
    await assert.rejects(client(value).responses.create(ask), { status: 403 });
  });
});

test("an answer is passed on as it comes, with the server's key in front", async () => {
  const first = 'data: {"type":"response.output_text.delta","delta":"Good"}\n\n';
  let go;
  const gone = new Promise((resolve) => (go = resolve));
  const fake = await api(async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(first);
    await gone;
    response.end(`data: {"type":"response.completed","response":${usage(40)}}\n\n`);
  });
  const args = [...MODELS, ...fake.args];

  await serving(args, { OPENAI_API_KEY: SECRET }, async (_server, client) => {
    const events = await client("key-of-the-web").responses.create({ ...ask, stream: true });
    const types = [];

    for await (const event of events) {
      types.push(event.type);
      go(); // the first was here before the second was sent
    }
    assert.deepEqual(types, ["response.output_text.delta", "response.completed"]);
  });
  assert.equal(fake.seen[0].headers.authorization, `Bearer ${SECRET}`);
  assert.deepEqual(fake.seen[0].body, { ...ask, stream: true });
  fake.server.close();
});

test("a key has so many tokens a day, and no other key pays for it", async () => {
  const fake = await api((response) => response.writeHead(200, json).end(usage(60)));

  await serving([...MODELS, ...fake.args], {}, async (_server, client) => {
    await client("key-of-the-web").responses.create(ask); // 60 of 100
    await client("key-of-the-web").responses.create(ask); // 120
    await assert.rejects(client("key-of-the-web").responses.create(ask), (error) => {
      assert.equal(error.status, 429);
      assert.equal(error.code, "insufficient_quota");
      assert.ok(Number(error.headers.get("retry-after")) <= 86400);
      return true;
    });
    await client("key-of-the-office").responses.create(ask);
  });
  fake.server.close();
});

test("whoever hangs up pays for what came", async () => {
  const fake = await api((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${"x".repeat(600)}\n\n`);
  });

  await serving([...MODELS, ...fake.args], {}, async (server) => {
    const headers = { ...json, authorization: "Bearer key-of-the-web" };
    const body = JSON.stringify({ ...ask, stream: true });
    const controller = new AbortController();
    const { signal } = controller;
    const url = `${server.url}/v1/responses`;
    const response = await fetch(url, { method: "POST", headers, body, signal });
    await response.body.getReader().read();
    controller.abort();
    const deadline = Date.now() + 10_000;
    let status = 0;
    while (status !== 429 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const again = new AbortController();
      const answer = await fetch(url, { method: "POST", headers, body, signal: again.signal });
      status = answer.status;
      again.abort();
    }
    assert.equal(status, 429);
  });
  fake.server.closeAllConnections();
  fake.server.close();
});

test("what the API says of the server's key is nobody's to read", async () => {
  const fake = await api((response) => response.writeHead(401, json)
    .end(JSON.stringify({ error: { message: `Incorrect API key: ${SECRET}` } })));

  await serving([...MODELS, ...fake.args], { OPENAI_API_KEY: SECRET }, async (server, client) => {
    await assert.rejects(client("key-of-the-office").responses.create(ask), (error) => {
      assert.equal(error.status, 502);
      assert.ok(!error.message.includes(SECRET));
      return true;
    });
    await server.says(/refuses the server's key/);
  });
  fake.server.close();
});

test("an API that is away, or too slow, is said so", async () => {
  const fake = await api(() => {});
  const slow = [...MODELS, ...fake.args, "--responses-timeout", "1s"];

  await serving(slow, {}, async (_server, client) => {
    await assert.rejects(client("key-of-the-office").responses.create(ask), { status: 504 });
  });
  fake.server.closeAllConnections();
  fake.server.close();
  const away = [...MODELS, "--text-upstream", "http://127.0.0.1:9"];
  await serving(away, {}, async (_server, client) => {
    await assert.rejects(client("key-of-the-office").responses.create(ask), { status: 502 });
  });
});
