// app.js - the page: buttons to calls, and what a call tells to the screen.
import { Microphone, Speaker } from "./audio.js";
import { Call, listApps } from "./call.js";

const $ = (id) => document.getElementById(id);
const EVENTS_KEPT = 400;
const DETAIL_CHARS = 4000;

let call = null;
let speaker = null;
let microphone = null;
let began = 0;

function setStatus(text, bad = false) {
  $("status").textContent = text;
  $("status").classList.toggle("bad", bad);
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function append(list, child) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.append(child);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

// The transcript.

function showSaid({ id, who, name, words, whole }) {
  let bubble = $("transcript").querySelector(`[data-item="${CSS.escape(id)}"]`);
  if (!bubble) {
    bubble = element("li", `said ${who}`);
    bubble.dataset.item = id;
    bubble.append(element("b", "", name), element("span", ""));
    append($("transcript"), bubble);
  }
  const span = bubble.querySelector("span");
  span.textContent = whole ? words : span.textContent + words;
  bubble.setAttribute("aria-busy", String(!whole)); // read out once, when it is all there
  $("transcript").scrollTop = $("transcript").scrollHeight;
}

function showCut({ id }) {
  $("transcript").querySelector(`[data-item="${CSS.escape(id)}"]`)?.classList.add("cut");
}

function brief(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text?.length > 300 ? `${text.slice(0, 300)}…` : text;
}

// A handoff is a tool to the model; the note of the handoff says it better.
const isTransfer = (note) => note.tool.startsWith("transfer_to_");

const NOTES = {
  agent_start: (note) => void ($("agent").textContent = note.agent),
  agent_handoff: (note) => {
    $("agent").textContent = note.to;
    return `${note.from} hands the call to ${note.to}`;
  },
  handoff_failed: (note) => `the call could not be handed to ${note.to}: ${note.reason}`,
  agent_tool_start: (note) => isTransfer(note) ? "" : `${note.tool} ${brief(note.args)}`,
  agent_tool_end: (note) =>
    isTransfer(note)
      ? ""
      : `${note.tool} → ${brief(note.result)} (${Math.round(note.seconds * 1000)} ms)`,
  call_end: (note) => `the call is over: ${note.reason}`,
};

function showNote(note) {
  const text = NOTES[note.note]?.(note);
  if (text) append($("transcript"), element("li", "note", text));
}

function showFailure({ message }) {
  append($("transcript"), element("li", "note bad", message));
}

// The event log. Streams (audio, transcripts) are one line each with a count, not hundreds.

const STREAMED = /\.(delta|append)$/;

function streamedBefore(log, name) {
  for (let row = log.lastElementChild; row; row = row.previousElementSibling) {
    if (!STREAMED.test(row.dataset.name)) return null;
    if (row.dataset.name === name) return row;
  }
  return null;
}

function showEvent({ out, event }) {
  const log = $("events");
  const name = event.note ? `${event.type} ${event.note}` : event.type;
  const before = streamedBefore(log, name);

  if (before) {
    before.dataset.count = Number(before.dataset.count) + 1;
    before.querySelector("i").textContent = ` ×${before.dataset.count}`;
    return;
  }
  const row = element("li", out ? "out" : "in");
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const seconds = ((performance.now() - began) / 1000).toFixed(2).padStart(7);
  row.dataset.name = name;
  row.dataset.count = 1;
  summary.append(element("time", "", seconds), ` ${out ? "→" : "←"} ${name}`, element("i", ""));
  details.append(summary);
  details.ontoggle = () => {
    if (details.children.length === 1) {
      details.append(element("pre", "", JSON.stringify(event, null, 2).slice(0, DETAIL_CHARS)));
    }
  };
  row.append(details);
  append(log, row);
  if (log.children.length > EVENTS_KEPT) log.firstElementChild.remove();
}

// The call.

function enable(inCall) {
  $("app").disabled = inCall;
  $("line").disabled = !inCall;
  $("typing").querySelector("button").disabled = !inCall;
  $("microphone").disabled = !inCall || !navigator.mediaDevices;
  $("call").textContent = inCall ? "Hang up" : "Call";
}

function showState({ state, code, reason }) {
  if (state === "open") {
    setStatus("Connected");
    $("line").focus();
    return;
  }
  if (code === 1000) setStatus("Call ended");
  else setStatus(`Call ended: ${reason || `code ${code}`}`, true);
  muteMicrophone();
  speaker.close();
  call = null;
  enable(false);
}

function dial() {
  began = performance.now();
  $("transcript").replaceChildren();
  $("agent").textContent = $("latency").textContent = "–";
  setStatus("Calling");
  speaker = new Speaker();
  call = new Call($("app").value, $("key").value);
  const hearing = {
    state: showState,
    event: showEvent,
    said: showSaid,
    cut: showCut,
    note: showNote,
    failed: showFailure,
    audio: ({ delta }) => speaker.play(delta),
    hush: () => speaker.clear(),
    answered: ({ ms }) => ($("latency").textContent = `${Math.round(ms)} ms`),
  };
  for (const [type, act] of Object.entries(hearing)) {
    call.addEventListener(type, ({ detail }) => act(detail));
  }
  enable(true);
}

function showMicrophone(on) {
  $("microphone").setAttribute("aria-pressed", String(on));
  $("microphone").textContent = on ? "Microphone is on" : "Microphone is off";
  if (!on) $("level").value = 0;
}

function muteMicrophone() {
  microphone?.close();
  microphone = null;
  showMicrophone(false);
}

async function openMicrophone() {
  $("microphone").disabled = true; // until the browser has asked
  try {
    const opened = await Microphone.open((audio, level) => {
      call?.append(audio);
      $("level").value = level;
    });
    if (!call) return opened.close(); // hung up meanwhile
    microphone = opened;
    showMicrophone(true);
  } catch (error) {
    setStatus(`No microphone (${error.message}); typing works`, true);
  } finally {
    $("microphone").disabled = !call;
  }
}

$("call").onclick = () => (call ? call.close() : dial());
$("microphone").onclick = () => (microphone ? muteMicrophone() : openMicrophone());
$("clear").onclick = () => $("events").replaceChildren();
$("typing").onsubmit = (event) => {
  event.preventDefault();
  const text = $("line").value.trim();
  if (!text || !call) return;
  call.say(text);
  $("line").value = "";
};

async function loadApps() {
  try {
    const names = await listApps($("key").value);
    $("keys").hidden = names !== null;
    $("app").replaceChildren(...(names ?? []).map((name) => new Option(name)));
    $("call").disabled = !names?.length;
    if (names) setStatus(names.length ? "Ready" : "No app is served here", !names.length);
    else setStatus($("key").value ? "The key is not known here" : "This server asks for a key");
  } catch (error) {
    setStatus(`The apps could not be listed: ${error.message}`, true);
  }
}

$("keys").onsubmit = (event) => {
  event.preventDefault();
  loadApps();
};
loadApps();
