// workers.mjs - a server of several workers, seen from outside: who they are, and callers on each.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { RawCaller } from "./raw.mjs";
import { myna } from "./server.mjs";

/** As myna(), with what a test asks of its workers. */
export async function serve(n, args, env) {
  const server = await myna(["serve", ...args, "--port", "0", "--workers", `${n}`], env);
  server.stops = "SIGINT";
  return server;
}

/** The process of each worker that was started last, by number. */
export function pids(server, from = 0) {
  const found = new Map();
  for (const [, worker, pid] of server.output.slice(from)
    .matchAll(/a worker is ready worker=(\d+) pid=(\d+)/g)) found.set(Number(worker), Number(pid));
  return found;
}

/** The worker that has a call, as its id says. */
export const workerOf = (id) => Number(/^sess_(\d+)_/.exec(id)[1]);

/** A caller, and which worker took it. */
export async function dial(server, query = "model=plain") {
  const caller = new RawCaller(server.realtime(query));
  const { session } = await caller.events.next("session.created");
  caller.worker = workerOf(session.id);
  caller.id = session.id;
  return caller;
}

/** So many callers that at least two workers have some. */
export async function dialAll(server, n, query) {
  const callers = [];
  while (callers.length < n || new Set(callers.map((c) => c.worker)).size < 2) {
    if (callers.length > 20 * n) throw new Error("the kernel gives all callers to one worker");
    callers.push(await dial(server, query));
  }
  return callers;
}

export function alive(pid) {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

export async function gone(pid, ms = 5000) {
  for (const end = Date.now() + ms; alive(pid); await sleep(10)) {
    if (Date.now() > end) throw new Error(`${pid} is still there`);
  }
}
