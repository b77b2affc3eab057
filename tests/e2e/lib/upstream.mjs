// upstream.mjs - a model that does what a test says: well-behaved, or not at all.
import { createServer } from "node:http";
import { once } from "node:events";
import { WebSocketServer } from "ws";
import { Events } from "./events.mjs";

const MS_BYTES = 48; // of PCM16 at 24 kHz

/** One connection of a call, seen from the model's end. */
export class Peer {
  events = new Events();
  #ids = 0;

  constructor(socket, request) {
    this.socket = socket;
    this.request = request;
    socket.on("error", () => {});
    socket.on("message", (bytes) => this.events.push(JSON.parse(bytes.toString())));
    this.closed = once(socket, "close");
  }

  send(event) {
    this.socket.send(typeof event === "string" ? event : JSON.stringify(event));
  }

  id(kind) {
    return `${kind}_${++this.#ids}`;
  }

  /** Says what a session begins with and confirms its set-up. Returns the update. */
  async begin() {
    this.send({ type: "session.created", event_id: this.id("e"), session: { type: "realtime" } });
    const update = await this.events.next("session.update");
    this.confirm(update);
    return update;
  }

  confirm(update) {
    this.send({ type: "session.updated", event_id: this.id("e"), session: update.session });
  }

  /** Begins a response with one item and returns how to go on with it. */
  respond(item) {
    const response = this.id("resp");
    const at = { response_id: response, output_index: 0 };
    const whole = { object: "realtime.item", id: this.id("item"), ...item };
    const told = { object: "realtime.response", id: response, conversation_id: "conv_1" };
    const tell = (type, more) => this.send({ type, event_id: this.id("e"), ...more });

    tell("response.created", { response: { ...told, status: "in_progress", output: [] } });
    tell("response.output_item.added", { ...at, item: { ...whole, status: "in_progress" } });
    tell("conversation.item.added", { previous_item_id: null, item: whole });
    return {
      at: { ...at, item_id: whole.id, content_index: 0 },
      tell,
      audio: (ms) => tell("response.output_audio.delta", {
        ...at, item_id: whole.id, content_index: 0,
        delta: Buffer.alloc(ms * MS_BYTES).toString("base64"),
      }),
      words: (transcript) => tell("response.output_audio_transcript.done", {
        ...at, item_id: whole.id, content_index: 0, transcript,
      }),
      done: () => {
        const completed = { ...whole, status: "completed" };
        tell("response.output_item.done", { ...at, item: completed });
        tell("response.done", { response: { ...told, status: "completed", output: [completed] } });
      },
    };
  }

  /** Speaks: so many ms, in frames of 20, faster than it is heard. */
  say(transcript, ms = 40) {
    const content = [{ type: "output_audio", transcript }];
    const response = this.respond({ type: "message", role: "assistant", content });
    for (let at = 0; at < ms; at += 20) response.audio(20);
    response.words(transcript);
    response.done();
  }

  call(name, args = "{}") {
    const item = { type: "function_call", call_id: this.id("call"), name, arguments: args };
    this.respond(item).done();
    return item.call_id;
  }

  /** Answers to the end: "call NAME {...}" calls that tool, "talk MS" talks, all else is said back.
   */
  async behave() {
    let heard = "Hello.";
    await this.begin();
    for (;;) {
      const event = await this.events.any();
      if (event === undefined) return;
      if (event.type === "session.update") this.confirm(event);
      if (event.type === "conversation.item.create") heard = this.#take(event.item);
      if (event.type === "response.create") this.#answer(heard);
    }
  }

  #take(item) {
    this.send({ type: "conversation.item.added", event_id: this.id("e"), previous_item_id: null,
      item: { id: this.id("item"), object: "realtime.item", status: "completed", ...item } });
    return item.type === "function_call_output" ? item.output : item.content[0].text;
  }

  #answer(heard) {
    const [, verb, rest, args] = /^(call|talk) (\w+)( {.*})?$/.exec(heard) ?? [];
    if (verb === "call") this.call(rest, args?.trim());
    else if (verb === "talk") this.say("On and on.", Number(rest));
    else this.say(heard);
  }
}

const wellBehaved = (peer) => peer.behave();

/** Listens. Each connection is played by the next planned part, then by a well-behaved model. A
 * part is a function of its Peer, or { refuse: status, body }. */
export async function upstream() {
  const parts = [];
  const calls = new Events();
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });

  http.on("upgrade", (request, socket, head) => {
    const part = parts.shift() ?? wellBehaved;
    if (part.refuse) {
      const body = part.body ?? "";
      socket.end(`HTTP/1.1 ${part.refuse} No\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      const peer = new Peer(accepted, request);
      peer.raw = socket;
      calls.push({ type: "call", peer });
      accepted.once("close", () => peer.events.end());
      Promise.resolve(part(peer)).catch((error) => (peer.error = error));
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `ws://127.0.0.1:${http.address().port}/v1/realtime`,
    /** The next call's peer, in the order they came. */
    peer: async () => (await calls.next("call")).peer,
    plan: (...next) => parts.push(...next),
    async stop() {
      for (const { peer } of calls.all) peer.socket.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, "close");
    },
  };
}
