// relay.mjs - the plainest relay in Node, to stand beside Myna in the same run: each caller gets a
// connection to the model, and every message passes as it came. No agents, tools, checks, history.
import { createRequire } from "node:module";

// ws is installed there
const e2e = createRequire(new URL("../../e2e/package.json", import.meta.url));
const { WebSocket, WebSocketServer } = e2e("ws");

const [port, model] = process.argv.slice(2);
const server = new WebSocketServer({ port: Number(port), host: "127.0.0.1" }, () =>
  console.log("listening"));

server.on("connection", (caller) => {
  const upstream = new WebSocket(`ws://127.0.0.1:${model}/v1/realtime?model=bench`);
  upstream.on("open", () => upstream.send('{"type":"session.update","session":{}}'));
  upstream.on("message", (data) => caller.send(data, { binary: false }));
  caller.on("message", (data) => {
    if (upstream.readyState === WebSocket.OPEN) upstream.send(data, { binary: false });
  });
  upstream.on("close", () => caller.close());
  caller.on("close", () => upstream.close());
  upstream.on("error", () => caller.terminate());
  caller.on("error", () => upstream.terminate());
});
