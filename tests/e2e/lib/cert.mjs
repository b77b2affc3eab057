// cert.mjs - a certificate for 127.0.0.1, made for the occasion.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files { cert, key } and the flags that serve them; call drop() at the end. */
export function certificate() {
  const folder = mkdtempSync(join(tmpdir(), "myna-tls-"));
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  execFileSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-keyout", key, "-out", cert],
  ], { stdio: "ignore" });
  return {
    cert,
    key,
    flags: ["--tls-cert", cert, "--tls-key", key],
    drop: () => rmSync(folder, { recursive: true }),
  };
}
