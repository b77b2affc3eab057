// direct.test.mjs - calls whose audio the model has itself (R80 to R83): offers, the sideband, what
// is done with a call, telephones; against the simulator, whose far end the test speaks for, and an
// API that is watched.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { myna, run } from "./lib/server.mjs";

const KEY = "sk-test-0123456789abcdef";
const OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
  + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
const SECRET = `whsec_${Buffer.from("a secret of some length").toString("base64")}`;
const CLEAN = { code: 0, signal: null };

const page = `local myna = require "myna"
local stock = myna.agent { name = "Stock", handoff_description = "Counts lamps in the stock.",
  instructions = "You count." , tools = { myna.tool { name = "count_lamps",
    description = "Count the lamps in the stock",
    execute = function() return "There are 7 lamps." end } } }
local slow = myna.tool { name = "look_up_order", description = "Look up the order of a customer",
  execute = function(_, ctx)
    return "Order of " .. tostring(ctx.user and ctx.user.name or ctx.call.from or "somebody")
  end }
local rude = myna.guardrail { name = "rude", check = function(text)
  if text:find "banana" then return myna.block { say = "I must not say that." } end
end }
return myna.app { name = "shop", webrtc = "direct", greeting = "Hello from the shop.",
  agent = myna.agent { name = "Desk", instructions = "You are the desk.", tools = { slow },
    handoffs = { stock }, output_guardrails = { rude } },
  on = { call_start = function(_, ctx)
    if ctx.call.from and ctx.call.from:find "spam" then return false end
  end },
  routes = { ["POST /connect"] = { public = true, act = function(req)
    local answer, err = myna.connect(req:json().sdp, { user = { name = "Ada" } })
    if not answer then return { status = err.status, json = { detail = err.message } } end
    return { json = answer }
  end } } }
`;

let folder, sim, server;
const serve = (url, ...args) =>
  myna(["serve", join(folder, "shop"), join(folder, "plain"), "--port", "0", "--upstream", url,
    "--log-level", "debug", "--log-personal", "on", ...args], { OPENAI_API_KEY: KEY });

before(async () => {
  const { mkdirSync } = await import("node:fs");
  folder = mkdtempSync(join(tmpdir(), "myna-direct-"));
  for (const app of ["shop", "plain"]) mkdirSync(join(folder, app));
  writeFileSync(join(folder, "shop", "agent.lua"), page);
  writeFileSync(join(folder, "plain", "agent.lua"),
    `local myna = require "myna"\nreturn myna.app { agent = myna.agent { name = "Plain" } }\n`);
  sim = await myna(["sim", "--port", "0"]);
  server = await serve(sim.realtime("").replace(/\?$/, ""), "--webhook-secret", SECRET);
});
after(async () => {
  assert.deepEqual(await server.stop("SIGINT"), CLEAN);
  assert.deepEqual(await sim.stop("SIGINT"), CLEAN);
  assert.ok(!server.output.includes(KEY), "the key is in the log");
  rmSync(folder, { recursive: true });
});

function post(path, body, type = "application/sdp", more = {}, to = server) {
  const headers = { "content-type": type, ...more };
  return fetch(`${to.url}${path}`, { method: "POST", body, headers });
}

async function calls(n, of = server) {
  for (let i = 0; ; i++) {
    const now = (await (await fetch(`${of.url}/healthz`)).json()).calls;
    if (now === n) return;
    assert.ok(i < 200, `${now} calls, not ${n}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The far end of a call: what a browser's data channel would see. */
async function farEnd(id) {
  const far = await RawCaller.open(sim.realtime(`call_id=${id}`));
  await far.events.next("session.updated", (e) => /desk/.test(e.session.instructions));
  return far;
}

/** Until the agent has greeted and been heard, so that nothing is in the way. */
async function quiet(far) {
  await far.events.next("output_audio_buffer.stopped");
}

async function offered(path = "/v1/realtime/calls?model=shop", body = OFFER, type) {
  const answer = await post(path, body, type);
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get("content-type"), "application/sdp");
  assert.match(await answer.text(), /^v=0/);
  const [, id] = /^\/v1\/realtime\/calls\/(rtc_\w+)$/.exec(answer.headers.get("location"));
  return id;
}

const spoken = (e) => e.item.type === "function_call_output";

describe("against the simulator", { concurrency: false }, () => {
  test("an offer is answered by the model, and the agent greets by a response", async () => {
    const id = await offered();
    const far = await farEnd(id);
    await quiet(far);
    await server.says(/agent_end .*Hello from the shop\./);
    await calls(1);
    assert.ok(!far.events.all.some((e) => e.type === "response.output_audio.delta"));
    assert.equal((await post(`/v1/realtime/calls/${id}/hangup`, "")).status, 200);
    assert.equal((await far.closed).code, 1000);
    await calls(0);
    assert.equal(await RawCaller.refused(sim.realtime(`call_id=${id}`)), 404);
    assert.equal((await post(`/v1/realtime/calls/${id}/hangup`, "")).status, 404);
  });

  test("tools run here and handoffs are made here while audio goes there", async () => {
    const far = await farEnd(await offered());
    await quiet(far);
    far.say("Look up the order of the customer, please.");
    const { item } = await far.events.next("conversation.item.added", spoken);
    assert.match(item.output, /Order of somebody/);
    await far.events.next("output_audio_buffer.stopped");
    far.say("Transfer me to someone who counts lamps in the stock.");
    await far.events.next("session.updated", (e) => e.session.instructions === "You count.");
    assert.match((await far.events.next("conversation.item.added", spoken)).item.output, /Stock/);
    await far.close();
    await server.says(/agent_handoff .*Stock/);
  });

  test("who hangs up at the far end has left, and nothing of the call stays", async () => {
    await calls(1); // of the test before: a listener who goes is not the call's end
    const from = server.output.length;
    const id = /calls\/(rtc_\w+)\/hangup/.exec(server.output)?.[1];
    const far = await offered().then(farEnd);
    const theirs = new URL(far.socket.url).searchParams.get("call_id");
    assert.notEqual(theirs, id);
    await post(`/v1/realtime/calls/${theirs}/hangup`, "", "application/json", {}, sim);
    assert.equal((await far.closed).code, 1000);
    await calls(1);
    await server.says(/call ended reason="the caller left"/, from);
  });

  test("a form may bring a session; what the app decides it does not decide", async () => {
    const form = new FormData();
    form.set("sdp", new Blob([OFFER], { type: "application/sdp" }));
    form.set("session", new Blob([JSON.stringify({ type: "realtime", model: "shop",
      instructions: "You are a pirate.", audio: { input: { turn_detection: null } } })],
    { type: "application/json" }));
    const answer = await fetch(`${server.url}/v1/realtime/calls`, { method: "POST", body: form });
    assert.equal(answer.status, 201);
    const id = answer.headers.get("location").split("/").pop();
    const far = await RawCaller.open(sim.realtime(`call_id=${id}`));
    const { session } = await far.events.next("session.updated",
      (e) => /desk/.test(e.session.instructions));
    assert.equal(session.audio.input.turn_detection, null);
    await post(`/v1/realtime/calls/${id}/hangup`, "");
    await far.closed;
  });

  test("an answer that trips a guardrail is cut off where it plays", async () => {
    const id = await offered();
    const far = await farEnd(id);
    await quiet(far);
    far.say("We have one banana and many other words to say about it, and more.");
    await far.events.next("output_audio_buffer.cleared");
    await far.events.next("conversation.item.truncated");
    await server.says(/guardrail_tripped.*rude/);
    await post(`/v1/realtime/calls/${id}/hangup`, "");
    await far.closed;
  });

  test("a caller who is turned away is hung up at the model", async () => {
    const hook = ring("rtc_spam", "spam <sip:1@x>", "wh_spam");
    assert.equal((await hook).status, 200);
    await server.says(/call ended reason="turned_away"|turned_away/);
    const far = sim.realtime("call_id=rtc_spam");
    for (let i = 0; (await RawCaller.refused(far).catch(() => 0)) !== 404; i++) {
      assert.ok(i < 100, "the call goes on");
    }
  });

  test("by a route of the app's own, with what the app knows of its user", async () => {
    const answer = await post("/connect", JSON.stringify({ sdp: OFFER }), "application/json");
    const { sdp, call_id, detail } = await answer.json();
    assert.equal(answer.status, 200, detail);
    assert.match(sdp, /^v=0/);
    const far = await farEnd(call_id);
    await quiet(far);
    far.say("Look up the order of the customer, please.");
    assert.match((await far.events.next("conversation.item.added", spoken)).item.output,
      /Order of Ada/);
    await post(`/v1/realtime/calls/${call_id}/hangup`, "");
    await far.closed;
    const refused = await post("/connect", JSON.stringify({ sdp: "no" }), "application/json");
    assert.equal(refused.status, 400);
  });

  test("what cannot be is refused in the API's words", async () => {
    const cases = [
      ["/v1/realtime/calls?model=plain", OFFER, "application/sdp", 400, "webrtc_not_offered"],
      ["/v1/realtime/calls?model=none", OFFER, "application/sdp", 404, "model_not_found"],
      ["/v1/realtime/calls?model=shop", "hello", "application/sdp", 400, "invalid_offer"],
      ["/v1/realtime/calls?model=shop", OFFER, "text/plain", 400, "unsupported_content_type"],
      ["/v1/realtime/calls?model=shop", OFFER + "a=x\r\n".repeat(20000), "application/sdp", 413,
        "offer_too_large"],
      ["/v1/realtime/calls/rtc_none/dance", "", "application/json", 404, "unknown_url"],
      ["/v1/realtime/calls/rtc_none/refer", JSON.stringify({ target_uri: "tel:+1" }),
        "application/json", 404, "call_id_not_found"],
      ["/v1/realtime/calls/rtc_1%2F..%2Fx/hangup", "", "application/json", 404, null],
    ];
    for (const [path, body, type, status, code] of cases) {
      const answer = await post(path, body, type);
      assert.equal(answer.status, status, path);
      const { error } = await answer.json();
      if (code) assert.equal(error.code, code);
    }
  });

  /** A telephone rings: the webhook, signed as its sender does. */
  function ring(call, from, id, { at = Date.now() / 1000, secret = SECRET, query = "" } = {}) {
    const body = JSON.stringify({ id: "evt_1", object: "event", type: "realtime.call.incoming",
      data: { call_id: call, sip_headers: [{ name: "From", value: from }] } });
    const stamp = String(Math.floor(at));
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    const signature = createHmac("sha256", key).update(`${id}.${stamp}.${body}`).digest("base64");
    return post(`/webhooks/realtime${query}`, body, "application/json", { "webhook-id": id,
      "webhook-timestamp": stamp, "webhook-signature": `v1,AAAA v1,${signature}` });
  }

  test("a telephone that rings is accepted once, and only for who signs", async () => {
    assert.equal((await ring("rtc_a", "x", "wh_1", { secret: "whsec_AAAA" })).status, 401);
    assert.equal((await ring("rtc_a", "x", "wh_1", { at: Date.now() / 1000 - 400 })).status, 400);
    assert.equal((await ring("rtc_a", "x", "wh_1", { query: "?model=plain" })).status, 400);
    assert.equal((await ring("rtc_tel", "tel:+4930", "wh_2")).status, 200);
    assert.equal((await ring("rtc_tel", "tel:+4930", "wh_2")).status, 409);
    const far = await farEnd("rtc_tel");
    await quiet(far);
    far.say("Look up the order of the customer, please.");
    assert.match((await far.events.next("conversation.item.added", spoken)).item.output,
      /Order of tel:\+4930/);
    const refer = await post("/v1/realtime/calls/rtc_tel/refer",
      JSON.stringify({ target_uri: "tel:+1555" }), "application/json");
    assert.equal(refer.status, 200);
    const wrong = await post("/v1/realtime/calls/rtc_tel/refer", "{}", "application/json");
    assert.equal(wrong.status, 400);
    assert.equal((await wrong.json()).error.code, "missing_required_parameter");
    await post("/v1/realtime/calls/rtc_tel/hangup", "");
    assert.equal((await far.closed).code, 1000);
  });

  test("a telephone may be accepted or rejected by hand", async () => {
    assert.equal((await post("/v1/realtime/calls/rtc_hand/accept?model=shop", "")).status, 200);
    const far = await farEnd("rtc_hand");
    await post("/v1/realtime/calls/rtc_hand/hangup", "");
    await far.closed;
    const gone = await post("/v1/realtime/calls/rtc_never/reject", "{}", "application/json");
    assert.equal(gone.status, 404);
  });
});

test("an API that refuses, fails, is late or talks rubbish leaves no call behind", async () => {
  let answer, seen;
  const api = createServer(async (request, response) => {
    seen = { url: request.url, auth: request.headers.authorization,
      body: Buffer.concat(await request.toArray()).toString() };
    answer?.(response);
  });
  await new Promise((resolve) => api.listen(0, "127.0.0.1", resolve));
  const one = await serve(`ws://127.0.0.1:${api.address().port}/v1/realtime`, "--direct-timeout",
    "300ms");
  const sdp = { "content-type": "application/sdp" };
  const error = JSON.stringify({ error: { message: `Bad key ${KEY}`, code: "bad_offer" } });
  const cases = [
    [(r) => r.writeHead(401).end(error), 502, "upstream_refused"],
    [(r) => r.writeHead(400).end('{"error":{"message":"No ICE.","code":"bad_offer"}}'), 400,
      "bad_offer"],
    [(r) => r.writeHead(429).end("slow down"), 429, "upstream_refused"],
    [(r) => r.writeHead(500).end(error), 502, "upstream_failed"],
    [(r) => r.writeHead(201, sdp).end("hello"), 502, "upstream_answer_invalid"],
    [(r) => r.writeHead(201, sdp).end("v=0"), 502, "upstream_answer_invalid"],
    [(r) => r.writeHead(201, { ...sdp, location: "/v1/x/../%20" }).end("v=0"), 502,
      "upstream_answer_invalid"],
    [(r) => r.writeHead(201, sdp).end("v=0" + "x".repeat(70000)), 502, "upstream_answer_too_large"],
    [(r) => r.socket.destroy(), 502, "upstream_unavailable"],
    [undefined, 504, "upstream_unavailable"],
  ];
  try {
    for (const [part, status, code] of cases) {
      answer = part;
      const got = await post("/v1/realtime/calls?model=shop", OFFER, undefined, {}, one);
      const text = await got.text();
      assert.equal(got.status, status, code);
      assert.equal(JSON.parse(text).error.code, code);
      assert.ok(!text.includes(KEY), "the key was told");
      await calls(0, one);
    }
    assert.equal(seen.url, "/v1/realtime/calls");
    assert.equal(seen.auth, `Bearer ${KEY}`);
    assert.match(seen.body, /"create_response":false/);
    assert.ok(!/You are the desk/.test(seen.body));
  } finally {
    assert.deepEqual(await one.stop("SIGINT"), CLEAN);
    api.closeAllConnections();
    api.close();
  }
});

test("check lists what does not hold, and refuses what cannot be", async () => {
  const bad = mkdtempSync(join(tmpdir(), "myna-direct-bad-"));
  writeFileSync(join(bad, "agent.lua"), page
    .replace('name = "rude",', 'name = "rude", hold = true,')
    .replace('webrtc = "direct",', 'webrtc = "direct", dtmf = "tell",'));
  const listed = await run(["check", join(folder, "shop")]);
  assert.equal(listed.code, 0);
  assert.match(listed.output, /direct: R75 does not hold/);
  const refused = await run(["check", bad]);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /guardrail 'rude': hold: nothing can be held back/);
  assert.match(refused.output, /dtmf: no keys come/);
  rmSync(bad, { recursive: true });
});
