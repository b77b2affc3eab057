// server.mjs - start the binary or the backend, learn its address, and be sure that it ends.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const MYNA = process.env.MYNA ?? `${ROOT}build/dev/myna`;
const READY = /listening on (https?:\/\/[^\s]+)/;
const READY_MS = 10_000;
const END_MS = 10_000;

/** A process that says "listening on URL" on its standard output. */
export class Server {
  constructor(command, args, env) {
    this.output = "";
    this.stops = command === MYNA ? "SIGINT" : "SIGTERM"; // at once: SIGTERM drains
    this.child = spawn(command, args, {
      env: { ...process.env, OPENAI_API_KEY: "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.ended = once(this.child, "close").then(([code, signal]) => ({ code, signal }));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => (this.output += text));
    }
  }

  async ready() {
    const deadline = Date.now() + READY_MS;
    while (Date.now() < deadline && this.child.exitCode === null) {
      const match = READY.exec(this.output);
      if (match) {
        this.url = match[1].replace(/\/$/, "");
        return this;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.stop("SIGKILL");
    throw new Error(`${this.child.spawnargs.join(" ")}: not ready:\n${this.output}`);
  }

  /** The address of a Realtime session, as ws://host:port/v1/realtime?... */
  realtime(query) {
    return `${this.url.replace(/^http/, "ws")}/v1/realtime?${query}`;
  }

  /** Waits until its output past that place matches: a log line may come after what it tells of. */
  async says(pattern, from = 0) {
    const deadline = Date.now() + READY_MS;
    while (!pattern.test(this.output.slice(from))) {
      if (Date.now() > deadline) {
        throw new Error(`not said: ${pattern}\n${this.output.slice(from)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Sends the signal and returns how the process ended: { code, signal }. */
  async stop(signal = this.stops) {
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill("SIGKILL"), END_MS);
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }
}

export function myna(args, env = {}) {
  return new Server(MYNA, args, env).ready();
}

/** Runs a command that ends by itself: its exit code and all it said. */
export async function run(args, env = {}) {
  const server = new Server(MYNA, args, env);
  const timer = setTimeout(() => server.child.kill("SIGKILL"), READY_MS);
  const { code } = await server.ended;

  clearTimeout(timer);
  return { code, output: server.output };
}

export function backend(args = []) {
  const script = `${ROOT}agents/dental/backend.py`;
  return new Server("python3", [script, "--port", "0", ...args], {}).ready();
}

/** agents/dental served, with its records behind it. */
export async function dental(args = []) {
  const records = await backend();
  const server = await myna(["serve", `${ROOT}agents/dental`, "--port", "0", ...args], {
    CLINIC_URL: records.url,
  }).catch(async (error) => {
    await records.stop();
    throw error;
  });
  return {
    server,
    async stop() {
      const end = await server.stop("SIGINT");
      await records.stop();
      return end;
    },
  };
}
