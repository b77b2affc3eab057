// cert.mjs - a certificate for 127.0.0.1, made for the occasion.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KINDS = {
  ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
  rsa: ["-newkey", "rsa:2048"],
};

/** Files { cert, key } and the flags that serve them; call drop() at the end. renew() puts another
 * certificate into the same files. */
export function certificate(first = {}) {
  const folder = mkdtempSync(join(tmpdir(), "myna-tls-"));
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  const renew = ({ days = 1, kind = "ec" } = {}) => execFileSync("openssl", [
    ...["req", "-x509", ...KINDS[kind], "-nodes", "-days", String(days)],
    ...["-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", cert],
  ], { stdio: "ignore" });

  renew(first);
  return {
    cert,
    key,
    renew,
    flags: ["--tls-cert", cert, "--tls-key", key],
    drop: () => rmSync(folder, { recursive: true }),
  };
}
