// eventlog.js - every event of a call, both ways, a line each: opened, a line shows it whole.
import { element, following } from "./page.js";

const KEPT = 400;
const DETAIL_CHARS = 4000; // a second of audio is a long line that tells nobody anything

// A stream (audio, transcripts) is one line with a count, not hundreds.
const STREAMED = /\.(delta|append)$/;

/** A name that a narrow log breaks after its dots and underscores, not within a word. */
function breakable(kind, name) {
  const parts = name.split(/(?<=[._])/);
  return element("span", kind, ...parts.flatMap((part) => [element("wbr", ""), part]));
}

const kindOf = (event) =>
  event.note ? "remark" : /(^|\.)(error|failed)$/.test(event.type) ? "bad" : "";

export class EventLog {
  #list;
  #began = 0;
  #wanted = "";

  constructor(list) {
    this.#list = list;
  }

  /** A new call: its events are timed from here. */
  begin() {
    this.#began = performance.now();
    this.clear();
  }

  clear() {
    this.#list.replaceChildren();
  }

  /** Shows the lines whose name has this in it, and hides the others. */
  filter(wanted) {
    this.#wanted = wanted.trim().toLowerCase();
    for (const row of this.#list.children) this.#sift(row);
    this.showEnd();
  }

  showEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  add({ out, event }) {
    const name = event.note ?? event.type;
    const before = this.#streamedBefore(name);

    if (before) {
      before.dataset.count = Number(before.dataset.count) + 1;
      before.querySelector("i").textContent = `×${before.dataset.count}`;
      return;
    }
    following(this.#list, () => {
      this.#list.append(this.#row(out, name, event));
      if (this.#list.children.length > KEPT) this.#list.firstElementChild.remove();
    });
  }

  /** The line of this stream, while no other event came after it than those of streams. */
  #streamedBefore(name) {
    for (let row = this.#list.lastElementChild; row; row = row.previousElementSibling) {
      if (!STREAMED.test(row.dataset.name)) return null;
      if (row.dataset.name === name) return row;
    }
    return null;
  }

  #row(out, name, event) {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(2);
    const arrow = element("abbr", "", out ? "→" : "←");
    arrow.title = out ? "from this page" : "from the server";
    const summary = element("summary", "", element("time", "", seconds), arrow,
      breakable(kindOf(event), name), element("i", ""));
    const details = element("details", "", summary);
    const row = element("li", out ? "out" : "in", details);

    row.dataset.name = name;
    row.dataset.count = 1;
    details.addEventListener("toggle", () => {
      const whole = JSON.stringify(event, null, 2);
      const shown = whole.length > DETAIL_CHARS ? `${whole.slice(0, DETAIL_CHARS)} …` : whole;
      details.append(element("pre", "", shown));
    }, { once: true });
    this.#sift(row);
    return row;
  }

  #sift(row) {
    row.hidden = !row.dataset.name.toLowerCase().includes(this.#wanted);
  }
}
