// tls.test.mjs - wss:// with a certificate made for the occasion.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { certificate } from "./lib/cert.mjs";
import { RawCaller } from "./lib/raw.mjs";
import { dental } from "./lib/server.mjs";

const { cert, flags, drop } = certificate();
let practice;

before(async () => (practice = await dental(flags)));
after(async () => {
  assert.deepEqual(await practice.stop(), { code: 0, signal: null });
  drop();
});

test("a call over TLS is answered", async () => {
  const caller = await RawCaller.open(practice.server.realtime("model=dental"), [], {
    ca: readFileSync(cert),
  });

  await caller.events.next("response.done");
  assert.ok((await caller.ask("Hello?")).length > 0);
  await caller.close();
});

test("a client that does not know the certificate refuses it", async () => {
  const caller = new RawCaller(practice.server.realtime("model=dental"));

  assert.equal((await caller.closed).code, 1006);
});
