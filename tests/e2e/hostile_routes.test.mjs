// hostile_routes.test.mjs - routes that loop, hoard, sort and match, asked by a crowd while
// a caller listens: each is ended by itself, and the caller's audio stays in step with that of a
// server nobody bothers, which shows what the machine does by itself.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const CROWD = 8; // clients at a time, each asking again as soon as it is answered
const FRAMES = 150; // of 20 ms, in the three seconds that are listened to
const LATE_MS = 20; // more than without the crowd
const BUSY_MS = 10; // when frames are this late without, the machine is too busy to judge by

const page = `local myna = require "myna"
local function list()
  local out = {}
  for i = 1, 5000 do out[i] = (i * 7919) % 5000 end
  return out
end
local nested = {}
for i = 1, 200 do nested[i] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" end
return myna.app { name = "shop", agent = myna.agent { name = "Sam" }, routes = {
  ["GET /works"] = function() return "fine" end,
  ["GET /loop"] = function() while true do end end,
  ["GET /caught"] = function() while true do pcall(function() while true do end end) end end,
  ["GET /inner"] = function()
    local inner = coroutine.wrap(function() while true do end end)
    return inner()
  end,
  ["GET /sort"] = function()
    local t = list()
    table.sort(t, function() myna.sleep(0) return true end)
  end,
  ["GET /order"] = function()
    table.sort(list(), function() local n = 0 for i = 1, 1e6 do n = n + i end return n > 0 end)
  end,
  ["GET /match"] = function()
    return tostring(("a"):rep(5000):match(("a*"):rep(30) .. "b"))
  end,
  ["GET /meta"] = function()
    local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end })
    while true do pcall(function() return t[1] end) end
  end,
  ["GET /hoard"] = function()
    local all = {}
    while true do all[#all + 1] = ("x"):rep(100000) .. #all end
  end,
  ["GET /huge"] = function() return ("x"):rep(3 << 20) end,
  ["GET /json"] = function() return { json = { nested, nested, nested, nested } } end,
  ["GET /throw"] = function() error(("x"):rep(100000)) end,
  ["WS /dial"] = function() while true do end end,
} }
`;

/** What a client gets; huge is over what a route may answer here (1 MiB). */
const ROUTES = { works: 200, loop: 500, caught: 500, inner: 500, sort: 500, order: 500, match: 500,
  meta: 500, hoard: 500, huge: 500, json: 200, throw: 500 };

let folder, fake, server, quiet;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "myna-hostile-"));
  writeFileSync(join(folder, "agent.lua"), page);
  fake = await upstream();
  const serve = () => myna(["serve", folder, "--port", "0", "--upstream", fake.url,
    "--route-reply", "1m", "--route-timeout", "5s", "--log-level", "error"]);
  [server, quiet] = [await serve(), await serve()];
});
after(async () => {
  for (const each of [server, quiet]) {
    assert.deepEqual(await each.stop(), { code: 0, signal: null });
  }
  await fake.stop();
  rmSync(folder, { recursive: true });
});

function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p / 100))];
}

/** Three seconds of talk: how late the frames are in 95 of 100. */
async function listen(to) {
  const caller = await RawCaller.open(to.realtime("model=shop"));
  const heard = [];

  caller.socket.on("message", (bytes) => {
    if (bytes.includes('"response.output_audio.delta"')) heard.push(performance.now());
  });
  caller.say("talk 3000");
  await caller.events.next("response.done");
  await caller.close();
  assert.equal(heard.length, FRAMES);
  const off = heard.map((at, i) => at - i * 20).slice(21); // the first were let ahead
  return percentile(off, 95) - percentile(off, 10);
}

/** Has a crowd do that while both servers talk, and holds the one against the other. */
async function inStep(t, ask) {
  let over = false, asked = 0;
  const crowd = Array.from({ length: CROWD }, async () => {
    for (; !over; asked++) await ask();
  });
  const [late, without] = await Promise.all([listen(server), listen(quiet)]);

  over = true;
  await Promise.all(crowd);
  t.diagnostic(`${late.toFixed(1)} ms late, ${without.toFixed(1)} without; ${asked} asked`);
  assert.ok(late < without + LATE_MS || without > BUSY_MS, `${late} ms late, ${without} without`);
}

const get = async (path, status) => {
  const answer = await fetch(server.url + path);
  await answer.arrayBuffer();
  assert.equal(answer.status, status);
};

for (const [name, status] of Object.entries(ROUTES)) {
  test(`a crowd at /${name}: ${status}, and audio in step`, async (t) => {
    await inStep(t, () => get(`/${name}`, status));
    await get("/works", 200);
  });
}

test("a crowd that dials a route that loops is turned away, and audio in step", async (t) => {
  await inStep(t, async () => {
    const caller = new RawCaller(server.url.replace(/^http/, "ws") + "/dial");
    assert.equal((await caller.closed).code, 4500);
  });
});
