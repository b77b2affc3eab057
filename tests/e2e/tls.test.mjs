// tls.test.mjs - wss:// with a certificate made for the occasion.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { dental } from "./lib/server.mjs";

const folder = mkdtempSync(join(tmpdir(), "myna-tls-"));
const cert = join(folder, "cert.pem");
const key = join(folder, "key.pem");
let practice;

before(async () => {
  execFileSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-keyout", key, "-out", cert],
  ], { stdio: "ignore" });
  practice = await dental(["--tls-cert", cert, "--tls-key", key]);
});
after(async () => {
  assert.deepEqual(await practice.stop(), { code: 0, signal: null });
  rmSync(folder, { recursive: true });
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
