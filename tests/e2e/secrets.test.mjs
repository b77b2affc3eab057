// secrets.test.mjs - a server that holds three secrets, between peers who repeat what they are
// sent: none of the three is in a log line, an event or an answer.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const SECRETS = {
  key: "ours-6e0d1f55c3",
  model: "sk-proj-93aa17c2e4",
  tool: "clinic-5b7f0c88d1",
};

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

for (const format of ["text", "json"]) {
  test(`no secret is shown, with the log as ${format}`, async () => {
    const tools = await echo();
    const fake = await upstream();
    const server = await myna(["serve", `${ROOT}tests/e2e/apps/careless`, "--port", "0",
      "--upstream", fake.url, "--key", SECRETS.key, "--log-level", "debug",
      "--log-personal", "on", "--log-format", format],
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
    fake.plan({ refuse: 401, body: `You sent ${SECRETS.model}.` });
    const refused = await RawCaller.open(url, [], { headers });
    await refused.closed;
    await caller.close();
    assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
    shown.push(server.output, JSON.stringify([caller, refused].map(({ events }) => events.all)),
      JSON.stringify(peer.events.all));
    await fake.stop();
    tools.close();
    for (const [whose, secret] of Object.entries(SECRETS)) {
      for (const text of shown) assert.ok(!text.includes(secret), `${whose}: ${text}`);
    }
    assert.match(server.output, /You sent \(secret\)\./);
  });
}
