// transcript.js - what was said and done in a call, as a person reads it.
import { element, following } from "./page.js";

const BRIEF_CHARS = 120;

const inWords = (value) => (typeof value === "string" ? value : JSON.stringify(value)) ?? "";

function brief(value) {
  const text = inWords(value);
  return text.length > BRIEF_CHARS ? `${text.slice(0, BRIEF_CHARS)}…` : text;
}

function pretty(value) {
  try {
    return JSON.stringify(typeof value === "string" ? JSON.parse(value) : value, null, 2);
  } catch {
    return value; // words, not JSON
  }
}

// A handoff is a tool to the model; the note of the handoff says it better.
const isTransfer = (note) => note.tool.startsWith("transfer_to_");

export class Transcript {
  #list;
  #said = new Map(); // item id -> its bubble
  #tools = new Map(); // call id -> the row of a tool that runs

  constructor(list) {
    this.#list = list;
  }

  clear() {
    this.#list.replaceChildren();
    this.#said.clear();
    this.#tools.clear();
  }

  /** Words of a party: some more of them, or the whole. */
  said({ id, who, name, words, whole }) {
    following(this.#list, () => {
      const bubble = this.#said.get(id) ?? this.#newBubble(id, who, name);
      const text = bubble.querySelector("span");
      text.textContent = whole ? words : text.textContent + words;
      bubble.setAttribute("aria-busy", String(!whole)); // read out once, when it is all there
    });
  }

  /** The caller cut in: the agent was heard this far, whatever its words say. */
  cut({ id, heard_ms }) {
    const bubble = this.#said.get(id);
    if (!bubble) return;
    bubble.querySelector("i")?.remove(); // told before: the server's word, then the model's
    bubble.append(element("i", "", `interrupted after ${(heard_ms / 1000).toFixed(1)} s`));
    bubble.setAttribute("aria-busy", "false");
  }

  note(note) {
    this.#notes[note.note]?.(note);
  }

  failed({ message }) {
    this.#add(element("li", "note bad", message));
  }

  #notes = {
    agent_handoff: ({ from, to }) =>
      this.#add(element("li", "note handoff", `${from} hands the call to ${to}`)),
    handoff_failed: ({ to, reason }) =>
      this.failed({ message: `The call could not be handed to ${to}: ${reason}` }),
    agent_tool_start: (note) => isTransfer(note) || this.#toolStarts(note),
    agent_tool_end: (note) => isTransfer(note) || this.#toolEnds(note),
    call_end: ({ reason }) => this.#add(element("li", "note", `The call is over: ${reason}`)),
    error: (note) => this.failed(note),
  };

  #newBubble(id, who, name) {
    const bubble = element("li", `said ${who}`, element("b", "", name), element("span", ""));
    this.#said.set(id, bubble);
    this.#list.append(bubble);
    return bubble;
  }

  #toolStarts({ call_id: id, tool, args }) {
    const summary = element("summary", "", element("code", "", tool), " ");
    const row = element("details", "", summary, element("pre", "", pretty(args)));
    summary.append(element("span", "", brief(args)), element("time", "", "running"));
    this.#tools.set(id, row);
    this.#add(element("li", "tool running", row));
  }

  #toolEnds({ call_id: id, result, seconds }) {
    const row = this.#tools.get(id);
    if (!row) return;
    this.#tools.delete(id);
    row.parentElement.classList.remove("running");
    row.querySelector("span").textContent = brief(result);
    row.querySelector("time").textContent = `${Math.round(seconds * 1000)} ms`;
    row.append(element("pre", "result", pretty(result)));
  }

  #add(row) {
    following(this.#list, () => this.#list.append(row));
  }
}
