// sse.mjs - server-sent events as they come.
import { Events } from "./events.mjs";

/** A stream: JSON data as { type, ...data }, lines of text as { type: "line", line }. */
export class Sse {
  events = new Events();
  text = "";

  static async open(url, options = {}) {
    const stream = new Sse();
    const abort = new AbortController();
    const answer = await fetch(url, { ...options, signal: abort.signal });
    if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    if (!answer.headers.get("content-type").startsWith("text/event-stream")) {
      throw new Error(answer.headers.get("content-type"));
    }
    stream.close = () => abort.abort();
    stream.ended = stream.#read(answer.body).catch(() => {}).then(() => stream.events.end());
    return stream;
  }

  async #read(body) {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of body) {
      const text = decoder.decode(bytes, { stream: true });
      this.text += text;
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) this.#block(block);
    }
  }

  #block(block) {
    const type = /^event: (.*)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) return;
    this.events.push(type ? { type, ...JSON.parse(data) } : { type: "line", line: data });
  }

  next(type, test) {
    return this.events.next(type, test);
  }

  async line(pattern) {
    return (await this.events.next("line", (event) => pattern.test(event.line))).line;
  }
}
