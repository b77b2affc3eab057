// examples.test.mjs - what lies in examples/, as somebody would try it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Browser, noBrowser } from "./lib/browser.mjs";
import { MYNA, myna, ROOT } from "./lib/server.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PYTHON = process.env.PYTHON_WITH_OPENAI ?? "";

let server;
before(async () => {
  const apps = [`${ROOT}examples/hello`, `${ROOT}examples/browser`];
  server = await myna(["serve", ...apps, "--port", "0", "--upstream", "sim", "--watch", "off"]);
});
after(async () => assert.deepEqual(await server.stop(), { code: 0, signal: null }));

/** Types a line to a program, waits until it shows that, and gives what it showed in all. */
async function typed(command, args, line, shows) {
  const child = spawn(command, args, { cwd: HERE, stdio: ["pipe", "pipe", "pipe"] });
  let shown = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (shown += text));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const asking = setInterval(() => child.stdin.write(`${line}\n`), 2000); // once it is connected
  const end = Date.now() + 45_000;
  while (!shows.test(shown) && Date.now() < end && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 50));
  clearInterval(asking);
  child.stdin.end();
  assert.match(shown, shows);
  assert.equal(await ended, 0, shown);
}

test("an app in twelve lines", () => {
  const lines = readFileSync(`${ROOT}examples/hello/agent.lua`, "utf8").trimEnd().split("\n");
  assert.ok(lines.length <= 12, `${lines.length} lines`);
});

test("each client has less than sixty", () => {
  for (const file of ["browser/talk.html", "node/caller.mjs", "python/caller.py"]) {
    const lines = readFileSync(`${ROOT}examples/${file}`, "utf8").trimEnd().split("\n");
    assert.ok(lines.length < 60, `${file}: ${lines.length} lines`);
  }
});

test("a caller in Node", async () => {
  const copy = `${HERE}examples-caller.mjs`; // beside node_modules, as npm install would have it
  copyFileSync(`${ROOT}examples/node/caller.mjs`, copy);
  try {
    const args = [copy, server.realtime("model=hello")];
    await typed(process.execPath, args, "What is the price of tulips?", /9 pounds.*s of sound/);
  } finally {
    rmSync(copy);
  }
});

test("a caller in Python", { skip: !existsSync(PYTHON) && "no openai package" }, async () => {
  const address = `${server.url.replace("http", "ws")}/v1`;
  const args = [`${ROOT}examples/python/caller.py`, address, "hello"];
  await typed(PYTHON, args, "What is the price of roses?", /18 pounds.*s of sound/);
});

test("a page", { skip: noBrowser }, async () => {
  const browser = await Browser.start();
  try {
    const page = await browser.own.newPage();
    await page.route("https://unpkg.com/**", (route) => {
      const { pathname } = new URL(route.request().url());
      const file = `${HERE}node_modules${pathname.replace(/@[\d.]+\//, "/")}`;
      route.fulfill({ body: readFileSync(file), contentType: "text/javascript",
        headers: { "access-control-allow-origin": "*" } });
    });
    await page.goto(`${server.url}/talk`);
    await page.click("#call");
    await page.locator("#log", { hasText: "Mira: Hello" }).waitFor(); // the microphone cuts in
    await page.fill("#line", "Good day!");
    await page.keyboard.press("Enter");
    await page.locator("#log", { hasText: "stand-in" }).waitFor();
  } finally {
    await browser.stop();
  }
});

test("the workflow's words for the binary are words it takes", () => {
  const workflow = readFileSync(`${ROOT}examples/github/test-agents.yml`, "utf8");
  const [, args] = /release\/myna (test .*)$/m.exec(workflow);
  const run = spawnSync(MYNA, args.split(" "), { cwd: ROOT });
  assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
});
