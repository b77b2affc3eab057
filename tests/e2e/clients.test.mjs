// clients.test.mjs - a clean machine's curl and the official openai client, over TLS with a
// certificate they were given, do what README and docs/operating.md say.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { certificate } from "./lib/cert.mjs";
import { MYNA, myna, ROOT } from "./lib/server.mjs";

const run = promisify(execFile);
const KEY = "a-callers-key";
const ADMIN = "an-operators-key";
const tls = certificate({ days: 30 });
let server;

before(async () => {
  server = await myna(["serve", `${ROOT}tests/e2e/apps/plain`, "--port", "0", "--upstream", "sim",
    "--responses-models", "gpt-5-mini", ...tls.flags], { MYNA_KEY: KEY, MYNA_ADMIN_KEY: ADMIN });
});
after(async () => {
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  assert.ok(!server.output.includes(KEY) && !server.output.includes(ADMIN), "a key in the log");
  tls.drop();
});

/** curl's own view: { status, type, headers, body }. */
async function curl(path, ...args) {
  const { stdout } = await run("curl", ["-sS", "-i", "--max-time", "20", "--cacert", tls.cert,
    ...args, `${server.url}${path}`]);
  const [head, ...rest] = stdout.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n");

  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    head,
    body,
    json: () => JSON.parse(body),
  };
}

const bearer = (key) => ["-H", `Authorization: Bearer ${key}`];
const JSON_BODY = ["-H", "Content-Type: application/json"];

test("curl does not trust a certificate it was not given", async () => {
  await assert.rejects(run("curl", ["-sS", `${server.url}/healthz`]), /certificate/i);
});

test("curl: the page, and whether the server is up", async () => {
  const page = await curl("/");
  assert.equal(page.status, 200);
  assert.match(page.head, /Content-Type: text\/html/);
  assert.match(page.head, /Content-Security-Policy: .*frame-ancestors 'none'/);
  assert.equal((await curl("/readyz")).status, 200);
  const { json, head } = await curl("/healthz");
  assert.equal(json().calls, 0);
  assert.match(head, /X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer/);
  assert.doesNotMatch(head, /^Server:/m);
});

test("curl: the apps, for whoever has the key", async () => {
  assert.equal((await curl("/v1/models")).status, 401);
  assert.equal((await curl("/v1/models", ...bearer("wrong"))).status, 401);
  const { data } = (await curl("/v1/models", ...bearer(KEY))).json();
  assert.deepEqual(data.map(({ id }) => id), ["plain"]);
  assert.equal((await curl("/v1/models/plain", ...bearer(KEY))).json().id, "plain");
  assert.equal((await curl("/v1/models/nobody", ...bearer(KEY))).status, 404);
});

test("curl: a token for a browser, as the documents ask for it", async () => {
  const answer = await curl("/v1/realtime/client_secrets", ...bearer(KEY), "-d", JSON.stringify({
    expires_after: { anchor: "created_at", seconds: 60 },
    session: { type: "realtime", model: "plain" },
    myna: { user: "ann", claims: { plan: "gold" }, single_use: true },
  }));
  const { value, expires_at: expires } = answer.json();

  assert.match(value, /^ek_.{43}$/);
  assert.ok(Math.abs(expires - Date.now() / 1000 - 60) < 10);
  assert.match(answer.head, /Cache-Control: no-store/);
  const again = await curl("/v1/realtime/client_secrets", ...bearer(value), "-d",
    '{"session":{"type":"realtime","model":"plain"}}');
  assert.ok(again.status === 401 || again.status === 403, "a token asks for no other tokens");
  const beta = await curl("/v1/realtime/sessions", ...bearer(KEY), ...JSON_BODY, "-d",
    '{"model":"plain"}');
  assert.match(beta.json().client_secret.value, /^ek_/);
});

test("curl: a WebSocket is shaken hands with, a subprotocol unknown here is told", async () => {
  const shake = ["--http1.1", "-N", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket",
    "-H", "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  const chess = await curl("/v1/realtime?model=plain", ...bearer(KEY), ...shake,
    "-H", "Sec-WebSocket-Protocol: chess");
  assert.equal(chess.status, 400);
  assert.equal(chess.json().error.code, "unknown_subprotocol");
  assert.equal((await curl("/v1/realtime?model=plain", ...shake)).status, 401);
  assert.equal((await curl("/v1/realtime?model=plain", ...bearer(KEY))).status, 426);
});

test("curl: a text model, whole and streamed; one that is not listed is not asked", async () => {
  const ask = (body) => curl("/v1/responses", ...bearer(KEY), ...JSON_BODY, "-d",
    JSON.stringify({ input: "Good morning!", ...body }));
  const whole = await ask({ model: "gpt-5-mini" });
  assert.equal(whole.status, 200, whole.body);
  assert.equal(whole.json().status, "completed");
  const streamed = await ask({ model: "gpt-5-mini", stream: true });
  assert.match(streamed.body, /event: response\.completed/);
  assert.ok((await ask({ model: "gpt-9" })).status >= 400);
});

test("curl: operators see and steer the server with their own key", async () => {
  for (const path of ["/metrics", "/v1/myna", "/v1/myna/calls", "/v1/myna/openapi.json"]) {
    const { status, body } = await curl(path, ...bearer(ADMIN));
    assert.equal(status, 200, path);
    assert.ok(!body.includes(KEY) && !body.includes(ADMIN), `a key at ${path}`);
    assert.equal((await curl(path, ...bearer(KEY))).status, 401, path);
    assert.equal((await curl(path)).status, 401, path);
  }
  assert.match((await curl("/metrics", ...bearer(ADMIN))).body, /^myna_connections \d/m);
  assert.ok((await curl("/v1/myna/drain", ...bearer(ADMIN), "-d", "{}")).status < 300);
  const full = await curl("/readyz");
  assert.equal(full.status, 503);
  assert.match(full.head, /Retry-After: \d/);
  assert.ok((await curl("/v1/myna/resume", ...bearer(ADMIN), "-d", "{}")).status < 300);
  assert.equal((await curl("/readyz")).status, 200);
  tls.renew({ days: 30 });
  assert.ok((await curl("/v1/myna/reload", "-k", ...bearer(ADMIN), "-d", "{}")).status < 300);
  assert.equal((await curl("/readyz")).status, 200, "with the renewed certificate");
});

test("the official client lists, calls, makes a browser's key, and asks a text model", async () => {
  const script = fileURLToPath(new URL("lib/official.mjs", import.meta.url));
  const { stdout } = await run(process.execPath, [script, server.url, KEY, "plain"], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: tls.cert },
    timeout: 60_000,
  });
  const came = JSON.parse(stdout);

  assert.deepEqual(came.models, ["plain"]);
  assert.match(came.said, /./);
  assert.equal(came.secret, "ek_");
  assert.match(came.saidToBrowser, /./);
  assert.match(came.text, /./);
  assert.equal(came.streamed, came.text);
  assert.equal(came.refused, 401);
  assert.equal(came.missing, 404);
});

test("the commands for operators trust it, too, when they are told to (--ca)", async () => {
  const env = { ...process.env, MYNA_URL: server.url, MYNA_ADMIN_KEY: ADMIN };
  const { stdout } = await run(MYNA, ["ps", "--ca", tls.cert], { env });

  assert.match(stdout, /./);
  await assert.rejects(run(MYNA, ["ps"], { env }));
});
