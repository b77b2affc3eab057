// caller.mjs - type to a served agent through the official SDK, and see both sides.
//
//   npm install @openai/agents-realtime
//   node caller.mjs ws://127.0.0.1:8080/v1/realtime?model=hello
import { createInterface } from "node:readline";
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from "@openai/agents-realtime";

const url = process.argv[2] ?? "ws://127.0.0.1:8080/v1/realtime?model=hello";
const transport = new OpenAIRealtimeWebSocket({ url });
// The agent lives in the server: what a caller's SDK says of instructions and tools is not applied.
const session = new RealtimeSession(new RealtimeAgent({ name: "caller" }), { transport });

session.on("audio", ({ data }) => (session.heard = (session.heard ?? 0) + data.byteLength));
session.on("error", ({ error }) => console.error("error:", error?.message ?? error));
transport.on("*", (event) => {
  if (event.type === "response.output_audio_transcript.done") {
    const seconds = ((session.heard ?? 0) / 48000).toFixed(1); // PCM16, 24 kHz
    console.log(`agent: ${event.transcript} (${seconds} s of sound)`);
    session.heard = 0;
  }
});

await session.connect({ apiKey: process.env.MYNA_KEY ?? "none" });
const lines = createInterface({ input: process.stdin });
for await (const line of lines) session.sendMessage(line);
setTimeout(() => session.close(), 3000); // the last answer may still come
