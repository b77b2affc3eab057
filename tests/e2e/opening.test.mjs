// opening.test.mjs - how a call opens on a real server: who answers, who is turned away, and that a
// slow look-up costs a caller its time and no more.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna } from "./lib/server.mjs";
import { upstream } from "./lib/upstream.mjs";

const APP = `
local myna = require "myna"
local directory = myna.http.client { base_url = myna.env "DIRECTORY_URL" }

return myna.app {
  agent = myna.agent { name = "Nia", instructions = "You are Nia." },
  agents = { myna.agent { name = "Theo", instructions = "You are Theo." } },
  on = { call_start = function()
    local res = directory:get "/who"
    if res.status == 404 then return false, "a private reason" end
    if res:data().wait then myna.sleep(res:data().wait) end
    return res:data().agent
  end },
}
`;

/** Answers /who as the test planned it. */
async function directory() {
  const plans = [];
  const server = createServer((_request, response) => {
    const plan = plans.shift();
    response.writeHead(plan ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(plan ?? {}));
  });

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    plan: (who) => plans.push(who),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("on.call_start", { concurrency: false }, () => {
  let folder, who, fake, server, url;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "myna-opening-"));
    mkdirSync(join(folder, "desk"));
    writeFileSync(join(folder, "desk", "agent.lua"), APP);
    who = await directory();
    fake = await upstream();
    server = await myna(["serve", join(folder, "desk"), "--port", "0", "--upstream", fake.url,
      "--call-start", "400ms"], { DIRECTORY_URL: who.url });
    url = server.realtime("model=desk");
  });
  after(async () => {
    assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
    await fake.stop();
    who.stop();
    rmSync(folder, { recursive: true });
  });

  async function instructions() {
    const peer = await fake.peer();
    return (await peer.events.next("session.update")).session.instructions;
  }

  test("R68 the agent it names answers", async () => {
    who.plan({ agent: "Theo" });
    const caller = await RawCaller.open(url);
    assert.equal(await instructions(), "You are Theo.");
    assert.equal(await caller.ask("Hello?"), "Hello?");
    await caller.close();
  });

  test("R68 a caller is turned away in words, and the model is told nothing", async () => {
    fake.plan((peer) => peer.send({ type: "session.created", session: { type: "realtime" } }));
    const caller = await RawCaller.open(url);
    const { error } = await caller.events.next("error");
    assert.equal(error.code, "turned_away");
    assert.equal(error.message, "This call cannot be taken.");
    assert.deepEqual(await caller.closed, { code: 1008, reason: "turned_away" });
    const peer = await fake.peer();
    await peer.closed;
    assert.deepEqual(peer.events.all, []);
    assert.match(server.output, /the caller is turned away .*a private reason/);
  });

  test("R68 past its time (--call-start) the first agent answers", async () => {
    who.plan({ wait: "5s", agent: "Theo" });
    const began = Date.now();
    const caller = await RawCaller.open(url);
    assert.equal(await instructions(), "You are Nia.");
    assert.ok(Date.now() - began >= 380, "it had its time");
    assert.match(server.output, /on.call_start took too long/);
    await caller.close();
  });
});
