// upstream_routes.test.mjs - routes that pass requests on to the model's API with the server's key:
// to the simulator as docs/authoring.md shows, and to an API that is watched.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT, myna } from "./lib/server.mjs";

const KEY = "sk-test-0123456789abcdef";

const page = `local myna = require "myna"
local function ask(req)
  return myna.upstream:post(req.query.path or "/v1/responses", { json = { a = 1 },
    query = { b = "2 3" }, headers = { ["X-Own"] = "yes", Authorization = req.query.auth } })
end
return myna.app { name = "proxy", agent = myna.agent { name = "P" }, routes = {
  ["POST /ask"] = function(req) return { res = ask(req) } end,
  ["GET /stream"] = function()
    local res, got = myna.upstream:get("/v1/stream", { stream = true }), {}
    for chunk in res:chunks() do got[#got + 1] = #chunk end
    return { json = { chunks = #got > 1, status = res.status } }
  end,
  ["GET /sealed"] = function(req)
    return { res = myna.upstream:get("/v1/sealed", { stream = req.query.stream ~= nil }) }
  end,
  ["POST /sdp"] = function(req)
    local res = myna.upstream:post("/v1/realtime/calls", { body = req.body,
      headers = { ["Content-Type"] = "application/sdp" } })
    return { res = res, headers = { Location = res.headers.location } }
  end,
  ["GET /slow"] = function()
    local res = myna.upstream:get("/v1/slow", { timeout = "100ms" })
    return { text = res.err.code }
  end,
} }
`;

let folder, api, seen, server, shown;
before(async () => {
  api = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    seen = { method: request.method, url: request.url, headers: request.headers, body };
    if (request.url === "/v1/stream") {
      response.write("one");
      setTimeout(() => response.end("and two"), 50);
    } else if (request.url === "/v1/sealed") {
      const error = { message: `Incorrect API key provided: ${KEY.slice(0, 12)}****` };
      response.writeHead(401, { "content-type": "application/json" });
      response.end(JSON.stringify({ error }));
    } else if (request.url === "/v1/realtime/calls") {
      response.writeHead(201, { "content-type": "application/sdp", location: "/v1/calls/rtc_1" });
      response.end("v=0 answer");
    } else if (request.url !== "/v1/slow") {
      response.writeHead(418, { "content-type": "text/x-tea" }).end("short and stout");
    }
  });
  await new Promise((resolve) => api.listen(0, "127.0.0.1", resolve));
  folder = mkdtempSync(join(tmpdir(), "myna-upstream-routes-"));
  writeFileSync(join(folder, "agent.lua"), page);
  server = await myna(["serve", folder, "--port", "0", "--log-personal", "on", "--text-upstream",
    `http://127.0.0.1:${api.address().port}`], { OPENAI_API_KEY: KEY });
  shown = await myna(["serve", `${ROOT}tests/scenarios/counter`, "--port", "0", "--store",
    join(folder, "clients.db")]);
});
after(async () => {
  for (const each of [server, shown]) {
    assert.deepEqual(await each.stop(), { code: 0, signal: null });
    assert.ok(!each.output.includes(KEY), "the key is in the log");
  }
  api.closeAllConnections();
  api.close();
  rmSync(folder, { recursive: true });
});

const ask = (path, options) => fetch(server.url + path, options);

test("a request goes to the API with the server's key, and its answer comes back", async () => {
  const answer = await ask("/ask", { method: "POST" });
  assert.deepEqual([answer.status, answer.headers.get("content-type"), await answer.text()],
    [418, "text/x-tea", "short and stout"]);
  assert.deepEqual([seen.method, seen.url, seen.body],
    ["POST", "/v1/responses?b=2%203", "{\"a\":1}"]);
  assert.equal(seen.headers.authorization, `Bearer ${KEY}`);
  assert.equal(seen.headers["x-own"], "yes");
});

test("an offer of SDP goes on as it is, and Location comes back", async () => {
  const answer = await ask("/sdp", { method: "POST", body: "v=0\r\no=- offer\r\n" });
  assert.deepEqual([answer.status, answer.headers.get("location"), await answer.text()],
    [201, "/v1/calls/rtc_1", "v=0 answer"]);
  assert.deepEqual([seen.headers["content-type"], seen.body],
    ["application/sdp", "v=0\r\no=- offer\r\n"]);
});

test("an answer is read as it comes, and one that does not come is a time-out", async () => {
  assert.deepEqual(await (await ask("/stream")).json(), { chunks: true, status: 200 });
  assert.equal(await (await ask("/slow")).text(), "timeout");
});

for (const stream of ["", "?stream=1"]) {
  test(`nobody reads what the API says of the server's key ${stream}`, async () => {
    const from = server.output.length;
    const answer = await ask(`/sealed${stream}`);
    const text = await answer.text();
    assert.equal(answer.status, 401);
    assert.equal(JSON.parse(text).error.code, "upstream_refused");
    assert.ok(!text.includes("sk-"));
    await server.says(/the model's API refuses the server's key.*OPENAI_API_KEY/, from);
  });
}

const ELSEWHERE = ["/responses", "http://127.0.0.1:1/v1/x", "/v1/../admin", "/v1/%2e%2e/admin",
  "/v1/./x", "/v1//x", "/v1/a%2f..%2fx", "/v1/x%23y", "/v1/"];
for (const path of ELSEWHERE.filter((path) => path !== "/v1/x%23y")) {
  test(`a path is one of the API's: ${path} is none`, async () => {
    const from = server.output.length;
    seen = null;
    const answer = await ask(`/ask?path=${encodeURIComponent(path)}`, { method: "POST" });
    assert.equal(answer.status, 500);
    assert.equal(seen, null);
    await server.says(/agent\.lua:\d+: .*expected a path of the API such as \/v1\/responses/, from);
  });
}

test("the key is not for a route to say", async () => {
  const from = server.output.length;
  assert.equal((await ask("/ask?auth=Bearer%20other", { method: "POST" })).status, 500);
  await server.says(/Authorization is the server's to say/, from);
});

test("the routes of docs/authoring.md are answered by the simulator", async () => {
  const post = (path, body) => fetch(shown.url + path, { method: "POST", body });
  const made = await post("/session", "v=0\r\n");
  assert.equal(made.status, 201);
  assert.match(made.headers.get("location"), /^\/v1\/realtime\/calls\/rtc_/);
  assert.equal(made.headers.get("content-type"), "application/sdp");
  assert.match(await made.text(), /^v=0/);
  assert.equal((await post("/session", "nonsense")).status, 400);
  const said = await post("/responses", JSON.stringify({ model: "gpt-5-mini", input: "Hello?" }));
  assert.equal(said.status, 200);
  assert.equal((await said.json()).object, "response");
});
