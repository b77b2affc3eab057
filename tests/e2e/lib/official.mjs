// official.mjs - what README and docs/operating.md say the official openai client may do with a
// served agent. It runs alone, since node takes further authorities (NODE_EXTRA_CA_CERTS) only when
// it starts: node official.mjs URL KEY APP. Prints what came of it as JSON.
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";

const [url, apiKey, app] = process.argv.slice(2);
const client = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 });

/** Types a line into a call and returns what the agent said to it. */
function converse(of, line) {
  const realtime = new OpenAIRealtimeWS({ model: app }, of);
  const item = { type: "message", role: "user", content: [{ type: "input_text", text: line }] };

  return new Promise((resolve, reject) => {
    realtime.on("error", reject);
    realtime.on("session.created", () => {
      realtime.send({ type: "conversation.item.create", item });
      realtime.send({ type: "response.create" });
    });
    realtime.on("response.output_audio_transcript.done", ({ transcript }) => {
      realtime.close();
      resolve(transcript);
    });
  });
}

const models = [];
for await (const model of client.models.list()) models.push(model.id);
const said = await converse(client, "Good morning!");
const secret = await client.realtime.clientSecrets.create({
  session: { type: "realtime", model: app },
});
const browser = new OpenAI({ apiKey: secret.value, baseURL: `${url}/v1`, maxRetries: 0 });
const saidToBrowser = await converse(browser, "Good morning!");
const ask = { model: "gpt-5-mini", input: "Good morning!" };
const text = (await client.responses.create(ask)).output_text;
let streamed = "";
for await (const event of await client.responses.create({ ...ask, stream: true })) {
  if (event.type === "response.output_text.delta") streamed += event.delta;
}
const stranger = new OpenAI({ apiKey: "wrong", baseURL: `${url}/v1`, maxRetries: 0 });
const refused = await stranger.models.retrieve(app).then(() => 200, ({ status }) => status);
const missing = await client.models.retrieve("nobody").then(() => 200, ({ status }) => status);

console.log(JSON.stringify({
  models, said, secret: secret.value.slice(0, 3), saidToBrowser, text, streamed, refused, missing,
}));
