// events.mjs - what arrived, in order, and waiting for what must arrive.
const PATIENCE_MS = 15_000;

/** A list of events one can wait on. Each wait searches past what the last one found. */
export class Events {
  #seen = [];
  #from = 0;
  #wake = () => {};

  push(event) {
    this.#seen.push(event);
    this.#wake();
  }

  get all() {
    return this.#seen;
  }

  /** The next event of that type (and for which the test holds). */
  async next(type, test = () => true, patience = PATIENCE_MS) {
    const deadline = Date.now() + patience;
    for (;;) {
      for (let i = this.#from; i < this.#seen.length; i++) {
        const event = this.#seen[i];
        if (event.type === type && test(event)) {
          this.#from = i + 1;
          return event;
        }
      }
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`no ${type} came; since then:\n${this.#tail()}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Everything from the last wait's event on. */
  since() {
    return this.#seen.slice(this.#from);
  }

  #tail() {
    const lines = this.since().map((event) => JSON.stringify(event).slice(0, 200));
    return lines.slice(-30).join("\n") || "(nothing)";
  }
}
