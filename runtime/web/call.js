// call.js - one call: a WebSocket speaking the Realtime API, told apart into what a page shows.

/** The apps this server serves, by name; null when it asks for a key, or for another one. */
export async function listApps(key) {
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  const response = await fetch("v1/models", { headers });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const { data } = await response.json();
  return data.map((model) => model.id);
}

/** A second of silence, in base64: longer than the pause that ends a turn usually has to be. */
const SILENCE = btoa("\0".repeat(2 * 24000));

/**
 * Emits "state" (open, closed), "event" (every event, both ways), and what it means: "said" (words
 * of a party), "cut", "note", "failed", "audio", "hush" (stop playing), "answered", and "activity":
 * listening, hearing, thinking, working (a tool runs) or speaking.
 */
export class Call extends EventTarget {
  #socket;
  #agent = "agent";
  #speaker = new Map(); // item id -> who was the agent when it began
  #answering = new Set(); // responses that are not done
  #asked = null; // when the caller's turn ended, until its answer is heard
  #tools = new Set(); // calls of tools that run
  #hearing = false;
  #speaking = false;
  #activity = "";

  constructor(app, key) {
    super();
    const url = new URL("v1/realtime", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    url.search = new URLSearchParams({ model: app, events: "myna" });
    const keys = key ? [`openai-insecure-api-key.${key}`] : []; // a browser sends no headers here
    this.#socket = new WebSocket(url, ["realtime", ...keys]);
    let opened = false;
    this.#socket.onopen = () => {
      opened = true;
      this.#emit("state", { state: "open" });
    };
    this.#socket.onclose = ({ code, reason }) =>
      this.#emit("state", { state: "closed", opened, code, reason });
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  send(event) {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(event));
    this.#emit("event", { out: true, event });
  }

  /** Says a line in writing. It cuts the agent short, as a voice would. */
  say(text) {
    if (this.#answering.size > 0) this.send({ type: "response.cancel" });
    const item = { type: "message", role: "user", content: [{ type: "input_text", text }] };
    this.send({ type: "conversation.item.create", item });
    this.send({ type: "response.create" });
    this.#asked = performance.now();
  }

  append(audio) {
    this.send({ type: "input_audio_buffer.append", audio });
  }

  /** The microphone went off: a line that falls silent, so that a turn begun comes to its end. */
  mute() {
    if (this.#hearing) this.append(SILENCE);
  }

  close() {
    this.#socket.close(1000);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #take(event) {
    this.#emit("event", { out: false, event });
    this.#acts[event.type]?.(event);
    this.#showActivity();
  }

  #showActivity() {
    const activity =
      this.#hearing ? "hearing"
      : this.#speaking ? "speaking"
      : this.#tools.size > 0 ? "working"
      : this.#answering.size > 0 ? "thinking"
      : "listening";
    if (activity !== this.#activity) this.#emit("activity", { activity });
    this.#activity = activity;
  }

  #own(id, words) {
    this.#emit("said", { id, who: "caller", name: "you", words, whole: true });
  }

  #words(event, words, whole) {
    const id = event.item_id;
    if (!this.#speaker.has(id)) this.#speaker.set(id, this.#agent);
    this.#emit("said", { id, who: "agent", name: this.#speaker.get(id), words, whole });
  }

  #answer() {
    if (this.#asked === null) return;
    this.#emit("answered", { ms: performance.now() - this.#asked });
    this.#asked = null;
  }

  #acts = {
    "conversation.item.added": ({ item }) => {
      if (item.role !== "user") return;
      const part = item.content?.find((p) => p.text ?? p.transcript);
      this.#own(item.id, part?.text || part?.transcript || "…");
    },
    "conversation.item.input_audio_transcription.completed": (event) =>
      this.#own(event.item_id, event.transcript.trim() || "(not understood)"),
    "conversation.item.input_audio_transcription.failed": (event) =>
      this.#own(event.item_id, "(not understood)"),
    "response.created": ({ response }) => this.#answering.add(response.id),
    "response.done": ({ response }) => this.#answering.delete(response.id),
    "conversation.item.truncated": ({ item_id: id, audio_end_ms: heard_ms }) =>
      this.#emit("cut", { id, heard_ms }),
    "response.output_audio_transcript.delta": (event) => this.#words(event, event.delta, false),
    "response.output_audio_transcript.done": (event) => this.#words(event, event.transcript, true),
    "response.output_text.delta": (event) => {
      this.#answer();
      this.#words(event, event.delta, false);
    },
    "response.output_text.done": (event) => this.#words(event, event.text, true),
    "response.output_audio.delta": ({ delta }) => {
      this.#answer();
      this.#emit("audio", { delta });
    },
    "input_audio_buffer.speech_started": () => {
      this.#hearing = true;
      this.#emit("hush", {});
    },
    "input_audio_buffer.speech_stopped": () => {
      this.#hearing = false;
      this.#asked = performance.now();
    },
    "error": ({ error }) => this.#emit("failed", { message: error.message }),
    "myna.note": (event) => {
      this.#notes[event.note]?.(event);
      this.#emit("note", event);
    },
  };

  #notes = {
    agent_start: ({ agent }) => (this.#agent = agent),
    agent_handoff: ({ to }) => (this.#agent = to),
    agent_tool_start: ({ call_id: id }) => this.#tools.add(id),
    agent_tool_end: ({ call_id: id }) => this.#tools.delete(id),
    audio_start: () => (this.#speaking = true),
    audio_stopped: () => (this.#speaking = false),
    audio_interrupted: ({ item: id, heard_ms }) => {
      this.#speaking = false;
      this.#emit("hush", {});
      this.#emit("cut", { id, heard_ms });
    },
  };
}
