// raw.mjs - a plain WebSocket caller, for what no SDK would send.
import { WebSocket } from "ws";
import { Events } from "./events.mjs";

export class RawCaller {
  events = new Events();

  constructor(url, protocols = [], options = {}) {
    this.socket = new WebSocket(url, protocols, { maxPayload: 64 * 1024 * 1024, ...options });
    this.socket.on("error", () => {}); // whoever waits sees it through closed or refused
    this.socket.on("message", (bytes, binary) => {
      this.events.push(binary ? { type: "(binary)", bytes } : JSON.parse(bytes.toString()));
    });
    this.closed = new Promise((resolve) => {
      this.socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** Connected, and greeted by session.created. */
  static async open(url, protocols, options) {
    const caller = new RawCaller(url, protocols, options);
    await caller.events.next("session.created");
    return caller;
  }

  /** The HTTP status of a handshake that must be refused. */
  static async refused(url, protocols, options) {
    const { socket } = new RawCaller(url, protocols, options);
    const status = new Promise((resolve, reject) => {
      socket.once("unexpected-response", (_request, response) => {
        response.resume();
        resolve(response.statusCode);
      });
      socket.once("open", () => reject(new Error("the handshake was taken")));
      socket.once("error", reject);
    });
    try {
      return await status;
    } finally {
      socket.terminate();
    }
  }

  send(event) {
    this.socket.send(typeof event === "string" ? event : JSON.stringify(event));
  }

  /** Says a line of text and asks for an answer. */
  say(text) {
    const item = { type: "message", role: "user", content: [{ type: "input_text", text }] };
    this.send({ type: "conversation.item.create", item });
    this.send({ type: "response.create" });
  }

  /** Says a line of text and returns the words of the answer. */
  async ask(text) {
    this.say(text);
    return (await this.events.next("response.output_audio_transcript.done")).transcript;
  }

  async close() {
    this.socket.close();
    return this.closed;
  }
}
