// routes.test.mjs - what apps answer over HTTP on the server's port, in front of real calls.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna, run } from "./lib/server.mjs";

const PICTURE = Buffer.from([0x89, 0x50, 0, 0x0d, 0x0a]);
const KEY = "ek_for-this-test-only";

const page = (version) => `local myna = require "myna"
local records = myna.http.client { base_url = myna.env("RECORDS") }
local asked = 0
return myna.app { name = "shop", greeting = "Shop.",
  agent = myna.agent { name = "Sam", instructions = "You keep a shop." },
  routes = {
    ["GET /version"] = { public = true,
      act = function() return { json = { version = ${version} } } end },
    ["GET /things/{id}"] = function(req)
      return { json = { id = req.params.id, size = req.query.size,
        agent = req.headers["User-Agent"],
        key = req.headers.authorization ~= nil } }
    end,
    ["POST /things"] = function(req)
      local thing = req:json()
      return { status = 201, json = { name = thing.name }, headers = { ["X-Kind"] = "thing" } }
    end,
    ["POST /hook"] = { public = true, headers = "X-Signature", act = function(req)
      return { text = req.headers["x-signature"] .. " " .. #req.body }
    end },
    ["GET /count"] = { public = true, act = function()
      asked = asked + 1
      return { text = tostring(asked) }
    end },
    ["GET /logo.png"] = { public = true,
      act = function() return { file = "public/logo.png" } end },
    ["GET /passed"] = { public = true,
      act = function() return { res = records:get "/passed" } end },
    ["GET /slow"] = { public = true, act = function() myna.sleep "60s" end },
    ["GET /loop"] = { public = true, act = function() while true do end end },
    ["GET /fails"] = { public = true, act = function() local nothing return nothing.x end },
  } }
`;

let root, folder, server, records;
const auth = { authorization: `Bearer ${KEY}` };

before(async () => {
  records = createServer((request, response) => {
    if (request.url !== "/passed") return;
    response.writeHead(418, { "content-type": "text/x-tea" }).end("short and stout");
  });
  await new Promise((resolve) => records.listen(0, "127.0.0.1", resolve));
  root = mkdtempSync(join(tmpdir(), "myna-routes-"));
  folder = join(root, "shop");
  mkdirSync(join(folder, "public"), { recursive: true });
  writeFileSync(join(folder, "agent.lua"), page(1));
  writeFileSync(join(folder, "public", "logo.png"), PICTURE);
  server = await myna(["serve", folder, "--port", "0", "--key", KEY, "--route-timeout", "500ms",
    "--route-requests", "4"], { RECORDS: `http://127.0.0.1:${records.address().port}` });
});
after(async () => {
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  records.closeAllConnections();
  records.close();
  rmSync(root, { recursive: true });
});

const ask = (path, options) => fetch(`${server.url}${path}`, options);

test("a route is given its request, and asks for the caller's key", async () => {
  assert.equal((await ask("/things/7")).status, 401);
  const other = { authorization: "Bearer other" };
  assert.equal((await ask("/things/7", { headers: other })).status, 401);
  const headers = { ...auth, "user-agent": "e2e" };
  const answer = await ask("/things/a%20b?size=x%26l&size=2", { headers });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.deepEqual(await answer.json(), { id: "a b", size: "x&l", agent: "e2e", key: false });
});

test("a page of another origin asks beforehand, and reads what its key opens", async () => {
  const origin = "https://shop.example";
  const before = await ask("/things/7", { method: "OPTIONS", headers: { origin,
    "access-control-request-method": "GET",
    "access-control-request-headers": "authorization" } });
  const allowed = (name) => before.headers.get(`access-control-allow-${name}`);
  assert.equal(before.status, 204);
  assert.deepEqual([allowed("origin"), allowed("headers")], [origin, "authorization"]);
  assert.match(allowed("methods"), /GET/);
  const shared = async (headers) => {
    const answer = await ask("/things/7", { headers });
    return [answer.status, answer.headers.get("access-control-allow-origin")];
  };
  assert.deepEqual(await shared({ ...auth, origin }), [200, origin]);
  assert.deepEqual(await shared({ origin }), [401, origin]);
  assert.deepEqual(await shared(auth), [200, null]);
  assert.equal((await ask("/things/7", { method: "OPTIONS" })).status, 405); // no preflight
});

test("a body is JSON, or the client is told", async () => {
  const post = (body) => ask("/things", { method: "POST", body, headers: auth });
  const made = await post("{\"name\":\"hammer\"}");
  assert.equal(made.status, 201);
  assert.equal(made.headers.get("x-kind"), "thing");
  assert.deepEqual(await made.json(), { name: "hammer" });
  const wrong = await post("{");
  assert.equal(wrong.status, 400);
  assert.equal((await wrong.json()).error.code, "invalid_json");
});

test("a public route takes a webhook with a header of its own", async () => {
  const post = (body) =>
    ask("/hook", { method: "POST", body, headers: { "x-signature": "s1" } });
  assert.equal(await (await post("0123456789")).text(), "s1 10");
  assert.equal(await (await post("x".repeat(1 << 20))).text(), `s1 ${1 << 20}`);
  assert.equal((await post("x".repeat((1 << 20) + 1))).status, 413);
});

test("a file, another's answer, HEAD, and a method that is not known", async () => {
  const logo = await ask("/logo.png");
  assert.equal(logo.headers.get("content-type"), "image/png");
  assert.deepEqual(Buffer.from(await logo.arrayBuffer()), PICTURE);
  const passed = await ask("/passed");
  assert.deepEqual([passed.status, passed.headers.get("content-type"), await passed.text()],
    [418, "text/x-tea", "short and stout"]);
  const head = await ask("/version", { method: "HEAD" });
  assert.deepEqual([head.status, head.headers.get("content-length")], [200, "13"]);
  assert.equal(await head.text(), "");
  const put = await ask("/version", { method: "PUT", body: "" });
  assert.deepEqual([put.status, put.headers.get("allow")], [405, "GET, HEAD"]);
  assert.equal((await ask("/nothing")).status, 404);
});

test("a route that errs is safe words, and the log has the line", async () => {
  const answer = await ask("/fails");
  assert.equal(answer.status, 500);
  assert.ok(!(await answer.text()).includes("nothing"));
  await server.says(/route 'GET \/fails' failed.*agent\.lua:31: attempt to index a nil value/);
});

test("a route that takes too long is 504, one too many is 503, and a crowd ends", async () => {
  const crowd = await Promise.all(Array.from({ length: 5 }, () => ask("/slow")));
  assert.deepEqual(crowd.map((answer) => answer.status).sort(), [503, 504, 504, 504, 504]);
  assert.equal((await ask("/version")).status, 200);
});

test("a client that goes away ends its route", async () => {
  const gone = new AbortController();
  const waiting = ask("/slow", { signal: gone.signal }).catch((error) => error.name);
  setTimeout(() => gone.abort(), 50);
  assert.equal(await waiting, "AbortError");
  assert.equal((await ask("/count")).status, 200);
});

test("a loop in a route does not hold up a call", async () => {
  const caller = await RawCaller.open(server.realtime("model=shop"), [], { headers: auth });
  await caller.events.next("response.done");
  const loops = Promise.all(Array.from({ length: 4 }, () => ask("/loop")));
  const began = Date.now();
  assert.match(await caller.ask("Are you there?"), /./);
  assert.ok(Date.now() - began < 8000);
  assert.deepEqual((await loops).map((answer) => answer.status), [500, 500, 500, 500]);
  await caller.close();
});

test("new routes answer once an app is read again, old ones what they have begun", async () => {
  const first = Number(await (await ask("/count")).text());
  assert.equal(Number(await (await ask("/count")).text()), first + 1);
  const slow = ask("/slow");
  writeFileSync(join(folder, "agent.lua"), page(2));
  const from = server.output.length;
  server.child.kill("SIGHUP");
  await server.says(/reloaded/, from);
  assert.deepEqual(await (await ask("/version")).json(), { version: 2 });
  assert.equal(await (await ask("/count")).text(), "1");
  assert.equal((await slow).status, 504);
});

test("two apps may not claim one route", async () => {
  const other = join(root, "other");
  mkdirSync(other);
  writeFileSync(join(other, "agent.lua"), page(1).replace("\"shop\"", "\"other\"")
    .replace("/things/{id}", "/things/{name}"));
  const { code, output } = await run(["serve", folder, other, "--port", "0"],
    { RECORDS: "http://127.0.0.1:1" });
  assert.equal(code, 2);
  assert.match(output, /'other': the route 'GET \/things\/\{name\}' is claimed by app 'shop'/);
});
