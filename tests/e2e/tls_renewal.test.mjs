// tls_renewal.test.mjs - a certificate that is renewed while calls run, and what TLS is refused.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import { certificate } from "./lib/cert.mjs";
import { RawCaller } from "./lib/raw.mjs";
import { myna, ROOT, run } from "./lib/server.mjs";

const PLAIN = `${ROOT}tests/e2e/apps/plain`;

/** The fingerprint of the certificate that is served, dialled by that name. */
async function presented(server, options = {}) {
  const port = Number(new URL(server.url).port);
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });

  try {
    await once(socket, "secureConnect");
    return socket.getPeerCertificate().fingerprint256;
  } finally {
    socket.destroy();
  }
}

const inFile = (tls) => new X509Certificate(readFileSync(tls.cert)).fingerprint256;

for (const workers of [[], ["--workers", "2"]]) {
  describe(`a certificate, with ${workers[1] ?? "no"} workers`, { concurrency: false }, () => {
    const tls = certificate({ days: 90 });
    let server;

    const reloaded = workers.length ? /all workers reloaded/ : / reloaded /;
    before(async () => {
      server = await myna(["serve", PLAIN, "--port", "0", "--upstream", "sim", ...tls.flags,
        ...workers]);
    });
    after(async () => {
      assert.deepEqual(await server.stop(), { code: 0, signal: null });
      tls.drop();
    });

    test("the log says until when it is good", () =>
      assert.match(server.output, /TLS certificate expires=\d{4}-\d\d-\d\dT\S+Z days=(89|90)/));

    test("a renewed one is served at a reload, and no call is dropped", async () => {
      const calls = [];
      for (let i = 0; i < 5; i++) {
        calls.push(await RawCaller.open(server.realtime("model=plain"), [], {
          ca: readFileSync(tls.cert),
        }));
      }
      const before = inFile(tls);
      assert.equal(await presented(server), before);

      for (const kind of ["rsa", "ec"]) { // another kind of key, and back
        tls.renew({ days: 5, kind });
        assert.notEqual(await presented(server), inFile(tls), "nobody asked for a reload yet");
        const from = server.output.length;
        server.child.kill("SIGHUP");
        await server.says(reloaded, from);
        for (let i = 0; i < 6; i++) {
          assert.equal(await presented(server), inFile(tls));
          assert.equal(await presented(server, { servername: "localhost" }), inFile(tls));
          assert.equal(await presented(server, { maxVersion: "TLSv1.2" }), inFile(tls));
        }
        assert.match(server.output.slice(from),
          /warn +the TLS certificate expires soon expires=\S+ days=[45] hint=/);
      }
      const answers = await Promise.all(calls.map((call) => call.ask("Are you there?")));
      for (const answer of answers) assert.match(answer, /./);
      for (const call of calls) await call.close();
    });

    test("files that do not belong together change nothing, and the log says why", async () => {
      const served = inFile(tls);
      const key = readFileSync(tls.key);
      let from;

      for (const kind of ["ec", "rsa"]) {
        tls.renew({ kind });
        writeFileSync(tls.key, key); // the new certificate with the old key
        from = server.output.length;
        server.child.kill("SIGHUP");
        await server.says(/reload failed; the apps stay as they were.*--tls-key.*mismatch/s, from);
        assert.equal(await presented(server), served);
      }
      assert.doesNotMatch(server.output, /PRIVATE KEY/);
      from = server.output.length;
      tls.renew();
      server.child.kill("SIGHUP");
      await server.says(reloaded, from);
      assert.equal(await presented(server), inFile(tls));
    });

    test("TLS 1.1, and ciphers that keep nothing secret later, are refused", async () => {
      const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
      await assert.rejects(presented(server, old));
      await assert.rejects(presented(server, { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" }));
      await assert.rejects(
        presented(server, { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA" }));
      await presented(server, { minVersion: "TLSv1.3" });
    });
  });
}

test("a key that is no key keeps the server from starting", async () => {
  const tls = certificate();
  writeFileSync(tls.key, "nothing");
  const { code, output } = await run(["serve", PLAIN, "--port", "0", ...tls.flags]);

  assert.equal(code, 2);
  assert.match(output, /--tls-key/);
  tls.drop();
});
