// mail.test.mjs - myna.mail against a mail server: TLS, refusals, bounds, what survives what.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { certificate } from "./lib/cert.mjs";
import { ROOT, myna, run } from "./lib/server.mjs";
import { MailServer } from "./lib/smtp.mjs";

const APP = `${ROOT}tests/e2e/apps/post`;
const FROM = ["--mail-from", "Shop <shop@shop.test>"];
const MAIL = { to: "sam@home.test", subject: "Zoë called", text: "Call her.\n.\nBye" };

function serve(args, env = {}) {
  return myna(["serve", APP, "--port", "0", "--log-format", "json", ...args], env);
}

async function send(server, mail, path = "/mail") {
  const body = typeof mail === "string" ? mail : JSON.stringify(mail);
  const answer = await fetch(`${server.url}${path}`, { method: "POST", body });
  return answer.json();
}

/** A mail server and Myna beside it; both end with the test. */
async function pair(t, options = {}, args = []) {
  const post = await new MailServer(options).open();
  const server = await serve(["--mail", post.url, ...FROM, ...args]);
  t.after(async () => {
    await server.stop("SIGKILL");
    await post.close();
  });
  return { post, server };
}

test("a mail arrives as it was written", async (t) => {
  const { post, server } = await pair(t);
  const mail = { ...MAIL, to: ["Sam Hill <sam@home.test>", "b@home.test"], cc: "c@home.test" };
  assert.deepEqual(await send(server, mail), { ok: true });
  const [got] = await post.has(1);
  assert.match(got.from, /^<shop@shop\.test>/);
  assert.deepEqual(got.to, ["<sam@home.test>", "<b@home.test>", "<c@home.test>"]);
  assert.match(got.text, /^From: "Shop"\r\n <shop@shop\.test>\r$/m);
  assert.match(got.text, /^Subject: =\?UTF-8\?B\?Wm\/DqyBjYWxsZWQ=\?=\r$/m);
  assert.match(got.text, /^Message-ID: <mail_[0-9a-z]{20}@shop\.test>\r$/m);
  const date = /^Date: (.*)\r$/m.exec(got.text)[1];
  assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000, date);
  assert.ok(got.text.endsWith("\r\n\r\nCall her.\r\n=2E\r\nBye"), got.text);
  await server.says(/a mail was sent/);
  for (const secret of ["home.test", "Zoë", "Call her"]) {
    assert.ok(!server.output.includes(secret), secret);
  }
});

test("who waits is told once the server has it", async (t) => {
  const { post, server } = await pair(t);
  assert.deepEqual(await send(server, { ...MAIL, wait: true }), { ok: true });
  assert.equal(post.mails.length, 1);
});

test("a refusal for now is tried again, with a pause", async (t) => {
  const { post, server } = await pair(t, { answers: { RCPT: ["450 busy", "451 busy"] } },
    ["--mail-pause", "50ms"]);
  assert.deepEqual(await send(server, { ...MAIL, wait: true }), { ok: true });
  assert.equal(post.mails.length, 1);
  assert.equal(post.connections, 3);
  assert.match(server.output, /a mail waits for another try.*RCPT failed: 450/);
});

test("a refusal for good is not tried again", async (t) => {
  const { post, server } = await pair(t, { answers: { RCPT: ["550 <sam@home.test> unknown"] } },
    ["--mail-pause", "50ms"]);
  const { ok, why } = await send(server, { ...MAIL, wait: true });
  assert.equal(ok, false);
  assert.match(why, /RCPT failed: 550/);
  assert.equal(post.connections, 1);
  await server.says(/"level":"error".*a mail was given up/);
  assert.ok(!server.output.includes("sam@home.test"));
});

test("the message itself may be refused, too", async (t) => {
  const { post, server } = await pair(t, { answers: { END: ["451 greylisted", "554 spam"] } },
    ["--mail-pause", "50ms"]);
  const { ok, why } = await send(server, { ...MAIL, wait: true });
  assert.equal(ok, false);
  assert.match(why, /554/);
  assert.equal(post.connections, 2);
});

test("after its last try a mail is given up", async (t) => {
  const busy = Array.from({ length: 9 }, () => "421 busy");
  const { post, server } = await pair(t, { answers: { CONNECT: busy } },
    ["--mail-pause", "20ms", "--mail-tries", "3"]);
  assert.equal((await send(server, { ...MAIL, wait: true })).ok, false);
  assert.equal(post.connections, 3);
});

test("a server that is away is found when it comes back", async (t) => {
  const first = await new MailServer().open();
  const { port, url } = first;
  await first.close();
  const server = await serve(["--mail", url, ...FROM, "--mail-pause", "100ms"]);
  t.after(() => server.stop("SIGKILL"));
  assert.deepEqual(await send(server, MAIL), { ok: true });
  await server.says(/a mail waits for another try/);
  const post = await new MailServer().open(port);
  t.after(() => post.close());
  await post.has(1);
});

test("STARTTLS and a password", async (t) => {
  const pem = certificate();
  t.after(pem.drop);
  const keys = { cert: readFileSync(pem.cert), key: readFileSync(pem.key) };
  const { post, server } = await pair(t, { ...keys, starttls: true, users: { shop: "pa55word" } },
    ["--mail-tls", "on", "--mail-ca", pem.cert, "--mail-user", "shop",
      "--mail-password", "pa55word"]);
  assert.deepEqual(await send(server, { ...MAIL, wait: true }), { ok: true });
  assert.equal(post.mails[0].secure, true);
  assert.equal(post.mails[0].user, "shop");
  assert.ok(!server.output.includes("pa55word"));
});

test("smtps, and a certificate nobody knows", async (t) => {
  const pem = certificate();
  t.after(pem.drop);
  const keys = { cert: readFileSync(pem.cert), key: readFileSync(pem.key), implicit: true };
  const good = await pair(t, keys, ["--mail-ca", pem.cert]);
  assert.deepEqual(await send(good.server, { ...MAIL, wait: true }), { ok: true });
  const strict = await pair(t, keys, ["--mail-tries", "1"]);
  const { ok, why } = await send(strict.server, { ...MAIL, wait: true });
  assert.equal(ok, false);
  assert.match(why, /certificate/i);
  assert.equal(strict.post.mails.length, 0);
});

test("where TLS must be, nothing goes without", async (t) => {
  const { post, server } = await pair(t, {}, ["--mail-tls", "on", "--mail-tries", "1"]);
  const { ok, why } = await send(server, { ...MAIL, wait: true });
  assert.equal(ok, false);
  assert.match(why, /STARTTLS/);
  assert.ok(!post.verbs.includes("MAIL"));
});

test("without a server the log has a line, and nothing of the mail", async (t) => {
  const server = await serve([]);
  t.after(() => server.stop("SIGKILL"));
  assert.deepEqual(await send(server, { ...MAIL, wait: true }), { ok: true });
  await server.says(/a mail was not sent: no server is set/);
  assert.match(server.output, /"addresses":1,"subject_characters":10/);
  for (const secret of ["home.test", "Zoë", "Call her"]) {
    assert.ok(!server.output.includes(secret), secret);
  }
});

test("a log that may have it shows it, secrets by their names", async (t) => {
  const server = await serve(["--log-personal", "on"], { OWNER_MAIL: "boss@shop.test" });
  t.after(() => server.stop("SIGKILL"));
  assert.deepEqual(await send(server, "Call her.", "/owner"), { ok: true });
  await server.says(/Call her\./);
  assert.match(server.output, /secret:OWNER_MAIL/);
  assert.ok(!server.output.includes("boss@shop.test"));
});

test("a secret opens in a mail", async (t) => {
  const post = await new MailServer().open();
  const server = await serve(["--mail", post.url, ...FROM], { OWNER_MAIL: "boss@shop.test" });
  t.after(() => server.stop("SIGKILL").then(() => post.close()));
  assert.deepEqual(await send(server, "Call her.", "/owner"), { ok: true });
  assert.deepEqual((await post.has(1))[0].to, ["<boss@shop.test>"]);
});

test("what waits is bounded", async (t) => {
  const { server } = await pair(t, { mute: true }, ["--mail-queue", "4k"]);
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await send(server, { ...MAIL, text: "x".repeat(300) }));
  const taken = answers.filter(({ ok }) => ok).length;
  assert.equal(taken, 2); // each counts its message, some 650 bytes, and 1,024
  assert.match(answers[3].why, /too many mails wait to be sent \(mail-queue\)/);
});

test("size and addresses are bounded, to the edge", async (t) => {
  const { post, server } = await pair(t, {}, ["--mail-size", "1k", "--mail-addresses", "2"]);
  const of = (bytes) => ({ to: "a@b.test", subject: "1234", text: "x".repeat(bytes - 4) });
  assert.equal((await send(server, of(1024))).ok, true);
  assert.match((await send(server, of(1025))).why, /over 1024 bytes together \(mail-size\)/);
  const to = (n) => ({ ...MAIL, to: Array.from({ length: n }, (_, i) => `a${i}@b.test`) });
  assert.equal((await send(server, to(2))).ok, true);
  assert.match((await send(server, to(3))).why, /over 2 addresses in one mail \(mail-addresses\)/);
  assert.match((await send(server, to(500))).why, /over 2 addresses in one mail/);
  await post.has(2);
  await server.says(/(a mail was sent[^]*){2}/);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(metrics, /myna_mails_total\{outcome="sent"\} 2/);
  assert.match(metrics, /myna_mails_total\{outcome="refused"\} 3/);
});

test("a try takes no longer than it may", async (t) => {
  const once = ["--mail-timeout", "200ms", "--mail-tries", "1"];
  const { server } = await pair(t, { mute: true }, once);
  const { ok, why } = await send(server, { ...MAIL, wait: true });
  assert.equal(ok, false);
  assert.match(why, /time/i);
});

test("a stop waits for mails", async (t) => {
  const { post, server } = await pair(t, { answers: { CONNECT: ["421 busy"] } });
  assert.equal((await send(server, MAIL)).ok, true);
  await server.says(/a mail waits for another try/);
  assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
  assert.equal(post.mails.length, 1);
});

test("but not for long, and says what was lost", async (t) => {
  const { server } = await pair(t, { mute: true }, ["--mail-drain", "100ms"]);
  assert.equal((await send(server, MAIL)).ok, true);
  assert.equal((await send(server, MAIL)).ok, true);
  const before = Date.now();
  assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
  assert.ok(Date.now() - before < 5000);
  assert.match(server.output, /mails were not sent before the stop.*"mails":2/);
});

test("a server that never says goodbye holds nobody up", async (t) => {
  const { post, server } = await pair(t, { slowQuit: true }, ["--mail-timeout", "2s"]);
  assert.equal((await send(server, MAIL)).ok, true);
  await post.has(1);
  const before = Date.now();
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  assert.ok(Date.now() - before < 1000);
});

test("what cannot be meant is refused at the start", async () => {
  const refused = async (...args) => {
    const { code, output } = await run(["serve", APP, "--port", "0", ...args]);
    assert.notEqual(code, 0);
    return output;
  };
  assert.match(await refused("--mail", "http://x"), /--mail: expected smtp\(s\):\/\/host/);
  assert.match(await refused("--mail", "smtp://u:p@x"), /--mail: expected smtp\(s\):\/\/host/);
  assert.match(await refused("--mail", "smtp://x"), /--mail needs --mail-from/);
  assert.match(await refused("--mail-from", "shop"), /--mail-from: expected an address/);
  assert.match(await refused("--mail-user", "shop"), /--mail-user needs --mail-password/);
});

test("mistakes have their line", async (t) => {
  const server = await serve(["--log-personal", "on"]);
  t.after(() => server.stop("SIGKILL"));
  await send(server, { ...MAIL, subjct: "x" }).catch(() => {});
  await server.says(/agent\.lua:7: myna\.mail: unknown field 'subjct' \(did you mean 'subject/);
});

