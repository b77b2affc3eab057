// app.js - the page: its buttons make calls, and what a call tells goes to the part that shows it.
import { Microphone, Speaker } from "./audio.js";
import { Call, listApps } from "./call.js";
import { EventLog } from "./eventlog.js";
import { $, following } from "./page.js";
import { Transcript } from "./transcript.js";

const ACTIVITIES = {
  listening: "is listening",
  hearing: "hears you",
  thinking: "is thinking",
  working: "is looking something up",
  speaking: "is speaking",
  gone: "is off the line",
};
const WIDE = matchMedia("(min-width: 50.01rem)"); // as in style.css
const HAS_KEYBOARD = matchMedia("(pointer: fine)"); // where focus brings up no keyboard of its own

const transcript = new Transcript($("transcript"));
const log = new EventLog($("events"));
let call = null;
let speaker = null;
let microphone = null;

/** idle, calling, live or failed, and the words for it. */
function show(state, words) {
  const inCall = state === "calling" || state === "live";
  const live = state === "live";

  document.body.dataset.state = state;
  $("status").textContent = words;
  $("call").textContent = inCall ? "Hang up" : "Call";
  $("app").disabled = inCall || $("app").length === 0;
  $("call").disabled = $("app").length === 0;
  $("line").disabled = $("send").disabled = !live;
  $("microphone").disabled = !live;
}

// Before a call: which apps there are, and whether this server wants a key.

function showKeys(wanted, refused) {
  $("keys").hidden = !wanted;
  $("dial").hidden = wanted;
  $("key").setAttribute("aria-invalid", String(refused));
  if (wanted) $("key").select();
}

/** Lists the apps. The words are for when that goes well. */
async function loadApps(state = "idle", words = "Ready") {
  const key = $("key").value;
  try {
    const names = await listApps(key);
    const chosen = $("app").value;
    showKeys(!names, !names && key !== "");
    $("app").replaceChildren(...(names ?? []).map((name) => new Option(name)));
    if (names?.includes(chosen)) $("app").value = chosen;
    if (!names && key) show("failed", "This key is not known here. Try another one.");
    else if (!names) show("idle", "This server asks for a key.");
    else if (names.length === 0) show("failed", "No app is served here.");
    else show(state, words);
  } catch {
    show("failed", "The server does not answer. Is it running?");
  }
}

// The call.

function callEnds({ opened, code, reason }) {
  const hadFocus = $("typing").contains(document.activeElement);

  muteMicrophone();
  speaker.close();
  call = null;
  showActivity({ activity: "gone" });
  if (code === 1000) show("idle", "Call ended");
  else if (reason) show("failed", `Call ended: ${reason}`);
  else if (opened) show("failed", "The connection to the server was lost.");
  else loadApps("failed", "The server did not take the call. Try again in a moment.");
  if (hadFocus) $("call").focus();
}

function callIs(change) {
  if (change.state !== "open") return callEnds(change);
  transcript.clear(); // only now: a call that was not taken leaves the last one to be read
  log.begin();
  $("agent").textContent = "";
  $("latency").textContent = "–";
  $("presence").hidden = false; // and stays, so that the transcript does
  show("live", `Connected to ${$("app").value}`);
  if (HAS_KEYBOARD.matches) $("line").focus();
}

function showNote(note) {
  if (note.note === "agent_start") $("agent").textContent = note.agent;
  transcript.note(note);
}

function showActivity({ activity }) {
  $("presence").dataset.activity = activity;
  $("activity").textContent = ACTIVITIES[activity];
}

function dial() {
  const hearing = {
    state: callIs,
    event: (event) => log.add(event),
    said: (words) => transcript.said(words),
    cut: (item) => transcript.cut(item),
    note: showNote,
    failed: (failure) => transcript.failed(failure),
    activity: showActivity,
    audio: ({ delta }) => speaker.play(delta),
    hush: () => speaker.clear(),
    answered: ({ ms }) => ($("latency").textContent = `${Math.round(ms)} ms`),
  };

  show("calling", `Calling ${$("app").value}`);
  speaker = new Speaker();
  call = new Call($("app").value, $("key").value);
  for (const [type, act] of Object.entries(hearing)) {
    call.addEventListener(type, ({ detail }) => act(detail));
  }
}

// The microphone.

function showMicrophone(on) {
  $("microphone").setAttribute("aria-pressed", String(on));
  $("microphone").title = on ? "Switch the microphone off" : "Switch the microphone on";
}

function muteMicrophone() {
  microphone?.close();
  microphone = null;
  call?.mute();
  showMicrophone(false);
}

async function openMicrophone() {
  const caller = call;

  $("microphone").disabled = true; // while the browser asks
  try {
    const opened = await Microphone.open((audio, level) => {
      caller.append(audio);
      $("microphone").style.setProperty("--level", level.toFixed(2));
    });
    if (call !== caller) return opened.close(); // hung up meanwhile
    microphone = opened;
    showMicrophone(true);
  } catch (error) {
    transcript.failed({ message: `No microphone: ${error.message}. You can type.` });
  } finally {
    $("microphone").disabled = !call;
  }
}

// The buttons.

function showLog(on) {
  following($("transcript"), () => ($("log").hidden = !on));
  $("show-events").setAttribute("aria-expanded", String(on));
  if (on) log.showEnd();
}

$("call").onclick = () => (call ? call.close() : dial());
$("microphone").onclick = () => (microphone ? muteMicrophone() : openMicrophone());
$("show-events").onclick = () => showLog($("log").hidden);
$("clear").onclick = () => log.clear();
$("filter").oninput = () => log.filter($("filter").value);
$("keys").onsubmit = (event) => {
  event.preventDefault();
  loadApps();
};
$("typing").onsubmit = (event) => {
  event.preventDefault();
  const text = $("line").value.trim();
  if (!text || !call) return;
  call.say(text);
  $("line").value = "";
};

showMicrophone(false);
showLog(WIDE.matches);
loadApps();
