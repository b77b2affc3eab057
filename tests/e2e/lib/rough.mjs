// rough.mjs - a client that says any bytes: half a request, a frame that is none, and hangs up.
import { connect } from "node:net";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export class Rough {
  constructor(url) {
    const { hostname: host, port } = new URL(url);

    this.socket = connect({ host, port });
    this.heard = Buffer.alloc(0);
    this.socket.on("data", (bytes) => (this.heard = Buffer.concat([this.heard, bytes])));
    this.socket.on("error", () => {}); // resets are what we came for
    this.connected = new Promise((resolve) => {
      this.socket.once("connect", () => resolve(true));
      this.socket.once("close", () => resolve(false));
    });
    this.gone = new Promise((resolve) => this.socket.once("close", resolve));
  }

  static async dial(url) {
    const rough = new Rough(url);
    await rough.connected;
    return rough;
  }

  /** A WebSocket on a call of that app, with whatever came behind the handshake. */
  static async upgraded(url, model) {
    const rough = await Rough.dial(url);

    rough.say(`GET /v1/realtime?model=${model} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      `Sec-WebSocket-Key: ${KEY}\r\n\r\n`);
    await rough.hears("\r\n\r\n");
    return rough;
  }

  say(bytes) {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** Until these bytes have come, or the connection has gone; whether they have. */
  async hears(text, ms = 10_000) {
    const deadline = Date.now() + ms;

    while (!this.heard.includes(text)) {
      if (this.socket.destroyed || Date.now() > deadline) return false;
      await Promise.race([
        new Promise((resolve) => this.socket.once("data", resolve)),
        new Promise((resolve) => setTimeout(resolve, 200)),
        this.gone,
      ]);
    }
    return true;
  }

  /** Until the server has ended it: how long that took, in ms; null when it has not by then. */
  async ended(ms) {
    const began = performance.now();
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, ms, null)));
    const end = await Promise.race([this.gone.then(() => performance.now() - began), late]);

    clearTimeout(timer);
    this.socket.destroy();
    return end;
  }

  /** The code of the close frame that came last, or undefined. */
  get closeCode() {
    const at = this.heard.lastIndexOf(0x88);
    return at >= 0 && this.heard.length >= at + 4 ? this.heard.readUInt16BE(at + 2) : undefined;
  }

  get status() {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.heard.toString("latin1"))?.[1]);
  }

  reset() {
    this.socket.resetAndDestroy();
    return this.gone;
  }
}

/** A frame: its first byte, its payload, and what is unusual about it. */
export function frame(first, payload = "", { masked = true, length } = {}) {
  const bytes = Buffer.from(payload);
  const n = length ?? bytes.length;
  const bit = masked ? 0x80 : 0;
  let head;

  if (n < 126) {
    head = Buffer.from([first, bit | n]);
  } else if (n < 65536) {
    head = Buffer.from([first, bit | 126, n >> 8, n & 255]);
  } else {
    head = Buffer.alloc(10);
    head.set([first, bit | 127]);
    head.writeBigUInt64BE(BigInt(n), 2);
  }
  if (!masked) return Buffer.concat([head, bytes]);
  const mask = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([head, mask, bytes.map((byte, i) => byte ^ mask[i & 3])]);
}

const TEXT = 0x81;
const CLOSE = 0x88;
const code = (n, reason = "") => Buffer.concat([Buffer.from([n >> 8, n & 255]),
  Buffer.from(reason, "latin1")]);

/** Frames no client may send (RFC 6455), and the codes that may answer them. */
export const BROKEN_FRAMES = [
  ["an unknown opcode", frame(0x83, "x"), [1002]],
  ["an unknown control opcode", frame(0x8b, "x"), [1002]],
  ["a reserved bit", frame(0xc1, "{}"), [1002]],
  ["all reserved bits", frame(0xf1, "{}"), [1002]],
  ["a control frame over 125 bytes", frame(0x89, "x".repeat(126)), [1002]],
  ["a close frame over 125 bytes", frame(CLOSE, code(1000, "x".repeat(200))), [1002]],
  ["a control frame in fragments", frame(0x09, "x"), [1002]],
  ["a continuation of nothing", frame(0x80, "x"), [1002]],
  ["a text inside of another", Buffer.concat([frame(0x01, "{"), frame(TEXT, "}")]), [1002]],
  ["a length of 2^62", frame(TEXT, "", { length: 2 ** 62 }), [1002, 1009]],
  ["a length with its first bit set",
    Buffer.from([TEXT, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]), [1002, 1009, undefined]],
  ["text that is not UTF-8", frame(TEXT, Buffer.from([0x22, 0xff, 0x22])), [1007]],
  ["text that ends within a character", frame(TEXT, Buffer.from([0x22, 0xe2, 0x82])), [1007]],
  ["a close code of one byte", frame(CLOSE, Buffer.from([3])), [1002]],
  ["a close code below 1000", frame(CLOSE, code(999)), [1002]],
  ["a close code nobody may send", frame(CLOSE, code(1005)), [1002]],
  ["a close code beyond all", frame(CLOSE, code(5000)), [1002]],
  // libwebsockets says the code back; the reason goes nowhere
  ["a close reason that is not UTF-8", frame(CLOSE, code(1000, "\xff\xfe")), [1007, 1002, 1000]],
];

/** Text frames that are whole, and no events. */
export const BROKEN_JSON = ["", " ", "{", "}", "[", "[]", "null", "true", "1", '"x"', "nul", "{]",
  '{"type"}', '{"type":}', '{"type":1}', '{"type":null}', '{"type":"session.update"',
  '{"type":"session.update",}', "{'type':'session.update'}", '{"type":"no.such"}',
  '{"type":"session.update","session":7}', '{"type":"session.update","type":"x"}',
  '{"type":"response.create","response":[]}', '{"type":"input_audio_buffer.append","audio":{}}',
  '{"type":"\\ud800"}', '{"type":"a\\u0000b"}', '{"a":1e99999,"type":"x"}', "\u0000", "{}{}",
  '{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[[]]}}',
  `${"[".repeat(200)}${"]".repeat(200)}`, `{"type":"x","a":[${"1,".repeat(60_000)}1]}`];
