// start.test.mjs - what keeps a server from starting: said in one sentence, with status 2.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { ROOT, run } from "./lib/server.mjs";

const APP = `${ROOT}tests/e2e/apps/plain`;

/** Refused at once: status 2, a line that says that, and nothing listens. */
async function refused(args, said, env) {
  const { code, output } = await run(args, env);

  assert.equal(code, 2, output);
  assert.match(output, said);
  assert.ok(!/listening|Sanitizer/.test(output), output);
}

const REFUSED = [
  ["an unknown command, with the nearest", ["serv"], /unknown command 'serv'.*'serve'/],
  ["an unknown option, with the nearest", ["serve", APP, "--prot", "1"], /'--prot'.*'--port'/],
  ["a value that is no number", ["serve", APP, "--port", "x"], /--port: expected 0\.\.65535/],
  ["a value out of its bounds", ["serve", APP, "--max-calls", "0"], /expected 1\.\.100000/],
  ["an option without its value", ["serve", APP, "--port"], /--port: needs a value/],
  ["any host without a key", ["serve", APP, "--host", "0.0.0.0"], /--host 0\.0\.0\.0: .*--key/],
  ["an empty key", ["serve", APP, "--host", "0.0.0.0", "--key", ""], /--key is empty/],
  ["a host that is none", ["serve", APP, "--host", "nobody.invalid", "--key", "k1"], /nobody/],
  ["a certificate without its key", ["serve", APP, "--tls-cert", "a.pem"], /needs --tls-key/],
  ["a key without its certificate", ["serve", APP, "--tls-key", "a.pem"], /needs --tls-cert/],
  ["a certificate that is not there",
    ["serve", APP, "--port", "0", "--tls-cert", "/none.pem", "--tls-key", "/none.pem"],
    /none\.pem: cannot be used/],
  ["a model that is no address", ["serve", APP, "--upstream", "http://x/"], /--upstream: expected/],
  ["a model misspelt", ["serve", APP, "--upstream", "simm"], /--upstream: expected sim, openai/],
  ["authorities of mails that are not there", ["serve", APP, "--mail-ca", "/none.pem"],
    /--mail-ca \/none\.pem: No such file/],
  ["a folder that is no app", ["serve", ROOT], /: there is no agent.lua in it; 'myna new DIR'/],
  ["a letter for an option", ["serve", APP, "-p", "80"], /unknown option '-p'/],
  ["an origin that no browser sends", ["serve", APP, "--origins", "https://a.example/"],
    /--origins: expected .*without a slash at the end, got 'https:\/\/a.example\/'/],
  ["a list with a blank in it", ["serve", APP, "--origins", "https://a.example, https://b.example"],
    /--origins: expected .* got ' https:\/\/b.example'/],
  ["a host with its scheme", ["serve", APP, "--hosts", "https://a.example"], /--hosts: expected/],
];

for (const [name, args, said] of REFUSED) {
  test(`refused: ${name}`, () => refused(args, said));
}

test("refused: an empty key in the environment", () =>
  refused(["serve", APP, "--host", "0.0.0.0"], /--key is empty/, { MYNA_KEY: "" }));

for (const command of [["serve", APP], ["sim"]]) {
  test(`refused: a port in use, by ${command[0]}`, async () => {
    const other = createServer();

    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address();
    await refused([...command, "--port", `${port}`], new RegExp(`port ${port} .*in use.*--port 0`));
    other.close();
  });
}
