// keys.test.mjs - a server with a key: who presents it may call, from anywhere; nobody else.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { dental, myna, ROOT, run } from "./lib/server.mjs";

const KEY = "ek_for-this-test-only";
let practice, url;
before(async () => {
  practice = await dental(["--key", KEY]);
  url = practice.server.realtime("model=dental");
});
after(async () => assert.deepEqual(await practice.stop(), { code: 0, signal: null }));

test("without the key a call is refused", async () => {
  assert.equal(await RawCaller.refused(url), 401);
});

test("with another key a call is refused", async () => {
  const headers = { Authorization: "Bearer ek_for-this-test-onlY" };

  assert.equal(await RawCaller.refused(url, [], { headers }), 401);
});

test("with the key in a header a call is taken", async () => {
  const caller = await RawCaller.open(url, [], { headers: { Authorization: `Bearer ${KEY}` } });

  await caller.close();
});

test("with the key as a subprotocol a page of any origin is taken", async () => {
  const offers = ["realtime", `openai-insecure-api-key.${KEY}`];
  const caller = await RawCaller.open(url, offers, { origin: "https://elsewhere.example" });

  assert.equal(caller.socket.protocol, "realtime");
  await caller.close();
});

test("the key is not in the log", async () => {
  assert.ok(!practice.server.output.includes(KEY));
});

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const bearer = (key) => ({ authorization: `Bearer ${key}` });

/** Two apps behind a file of keys, which do() may write anew. */
async function withKeys(lines, args, act) {
  const folder = mkdtempSync(join(tmpdir(), "myna-keys-"));
  const file = join(folder, "keys");
  writeFileSync(file, lines);
  const apps = ["visitors", "plain"].map((name) => `${ROOT}tests/e2e/apps/${name}`);
  const server = await myna(["serve", ...apps, "--port", "0", "--keys", file,
    "--log-fields", "who,key", ...args]);
  try {
    await act(server, (text) => writeFileSync(file, text));
  } finally {
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    rmSync(folder, { recursive: true });
  }
}

const LINES = `web    sha256:${sha256("key-of-the-web")}  apps=visitors user=browser
office in-the-clear
`;

test("each key of the file says who asks, and which apps it may call", async () => {
  await withKeys(LINES, [], async (server) => {
    const get = (path, key) => fetch(server.url + path, { headers: bearer(key) });
    const json = async (path, key) => (await get(path, key)).json();
    const ids = async (key) => (await json("/v1/models", key)).data.map(({ id }) => id);

    assert.deepEqual(await ids("key-of-the-web"), ["visitors"]);
    assert.deepEqual(await ids("in-the-clear"), ["visitors", "plain"]);
    assert.equal((await get("/v1/models/plain", "key-of-the-web")).status, 404);
    assert.equal((await json("/v1/models/plain", "in-the-clear")).id, "plain");
    assert.deepEqual(await json("/who", "key-of-the-web"), { id: "browser", key: "web" });
    const url = (app) => server.realtime(`model=${app}`);
    const options = { headers: bearer("key-of-the-web") };
    assert.equal(await RawCaller.refused(url("plain"), [], options), 404);
    await (await RawCaller.open(url("visitors"), [], options)).close();
    await server.says(/visitor.*who=.*browser/);
    assert.ok(!server.output.includes("key-of-the-web"));
  });
});

test("a reload gives and takes away keys; a file with a mistake changes nothing", async () => {
  await withKeys(LINES, [], async (server, write) => {
    const status = async (key) =>
      (await fetch(`${server.url}/who`, { headers: bearer(key) })).status;
    const reload = async (text, says) => {
      const from = server.output.length;
      write(text);
      server.child.kill("SIGHUP");
      await server.says(says, from);
    };

    await reload("office in-the-clear\nlater key-of-later\n", /reloaded/);
    assert.deepEqual([await status("key-of-the-web"), await status("key-of-later")], [401, 200]);
    await reload("office in-the-clear cals=3\n", /word 'cals' \(did you mean 'calls'/);
    assert.equal(await status("key-of-later"), 200);
    assert.ok(!server.output.includes("in-the-clear"));
  });
});

test("hosts and origins are checked with keys, too, where they are listed", async () => {
  const lists = ["--hosts", "agents.example,127.0.0.1", "--origins", "https://shop.example"];
  await withKeys(LINES, lists, async (server) => {
    const url = server.realtime("model=visitors");
    const open = (host, origin) =>
      RawCaller.open(url, [], { origin, headers: { ...bearer("in-the-clear"), ...host } });
    const refused = (host, origin) =>
      RawCaller.refused(url, [], { origin, headers: { ...bearer("in-the-clear"), ...host } });

    await (await open({ host: "agents.example:8443" }, "https://shop.example")).close();
    await (await open({}, undefined)).close();
    assert.equal(await refused({ host: "elsewhere.example" }), 403);
    assert.equal(await refused({}, "https://evil.example"), 403);
  });
});

test("a file of keys with a mistake keeps the server from starting", async () => {
  const folder = mkdtempSync(join(tmpdir(), "myna-keys-"));
  writeFileSync(join(folder, "keys"), "web short\n");
  const app = `${ROOT}tests/e2e/apps/plain`;
  const { code, output } = await run(["serve", app, "--keys", join(folder, "keys")]);
  rmSync(folder, { recursive: true });
  assert.equal(code, 2);
  assert.match(output, /keys:1: after the name: expected a key of 8 bytes or more/);
});
