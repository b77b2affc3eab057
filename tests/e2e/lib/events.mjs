// events.mjs - what arrived, in order, and waiting for what must arrive.
const PATIENCE_MS = 15_000;

/** A list of events one can wait on. Each wait searches past what the last one found. */
export class Events {
  #seen = [];
  #from = 0;
  #ended = false;
  #waiting = new Set();

  push(event) {
    this.#seen.push(event);
    this.#wake();
  }

  /** No more will come. */
  end() {
    this.#ended = true;
    this.#wake();
  }

  /** Lets go of what arrived so far; not while somebody waits. */
  forget() {
    this.#seen.length = 0;
    this.#from = 0;
  }

  get all() {
    return this.#seen;
  }

  /** The next event of that type (and for which the test holds). */
  async next(type, test = () => true, patience = PATIENCE_MS) {
    const at = await this.#find(this.#from, type, test, patience);
    this.#from = at + 1;
    return this.#seen[at];
  }

  /** The first such event from that place on, whoever else is waiting: takes nothing from them. */
  async since(from, type, test = () => true) {
    return this.#seen[await this.#find(from, type, test, PATIENCE_MS)];
  }

  /** The next event whatever it is, however long it takes; undefined after the end. */
  async any() {
    while (this.#from === this.#seen.length && !this.#ended) await this.#news();
    return this.#seen[this.#from++];
  }

  async #find(from, type, test, patience) {
    const deadline = Date.now() + patience;

    for (let i = from; ; i++) {
      while (i === this.#seen.length) {
        const left = deadline - Date.now();
        if (left <= 0) throw new Error(`no ${type} came; since then:\n${this.#tail(from)}`);
        await this.#news(left);
      }
      if (this.#seen[i].type === type && test(this.#seen[i])) return i;
    }
  }

  #wake() {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #news(patience) {
    return new Promise((resolve) => {
      const timer = patience && setTimeout(resolve, patience);
      this.#waiting.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #tail(from) {
    const lines = this.#seen.slice(from).map((event) => JSON.stringify(event).slice(0, 200));
    return lines.slice(-30).join("\n") || "(nothing)";
  }
}
