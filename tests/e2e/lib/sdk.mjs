// sdk.mjs - the official JavaScript Agents SDK, pointed at an address of ours.
import { OpenAIRealtimeWebSocket, RealtimeSession } from "@openai/agents-realtime";
import { Events } from "./events.mjs";

/** A connected session: .session the SDK's, .wire the events it received, .heard what it told. */
export async function connect(agent, url, options = {}) {
  const transport = new OpenAIRealtimeWebSocket({ url });
  const model = new URL(url).searchParams.get("model"); // else the SDK asks for another one
  const session = new RealtimeSession(agent, { transport, model, ...options });
  const wire = new Events();
  const heard = new Events();

  session.on("transport_event", (event) => wire.push(event));
  session.on("audio", (event) => heard.push({ type: "audio", bytes: event.data.byteLength }));
  session.on("agent_tool_end", (_context, who, tool, result) =>
    heard.push({ type: "agent_tool_end", agent: who.name, tool: tool.name, result }));
  session.on("agent_handoff", (_context, from, to) =>
    heard.push({ type: "agent_handoff", from: from.name, to: to.name }));
  session.on("error", (event) => heard.push({ type: "error", error: event.error }));
  await session.connect({ apiKey: "none-is-asked-for", url });
  return { session, wire, heard };
}

export function errors(events) {
  return events.all.filter((event) => event.type === "error");
}
