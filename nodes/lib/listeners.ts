import type { NodeAPI } from "./red.js";

export { listen } from "../../src/account/account-events.js";

/** Runs callbacks at the start of the flows; one listener for all, because Node.js warns about more than ten. */
class FlowStartListeners {
  readonly #runs = new Set<() => void>();

  constructor(private readonly events: NodeAPI["events"]) {}

  add(run: () => void): void {
    if (this.#runs.size === 0) this.events.on("flows:started", this.#started);
    this.#runs.add(run);
  }

  remove(run: () => void): void {
    this.#runs.delete(run);
    if (this.#runs.size === 0) this.events.off("flows:started", this.#started);
  }

  readonly #started = () => {
    for (const run of [...this.#runs]) run();
  };
}

const starts = new WeakMap<NodeAPI["events"], FlowStartListeners>();

function flowStartListeners({ events }: NodeAPI): FlowStartListeners {
  const known = starts.get(events) ?? new FlowStartListeners(events);
  starts.set(events, known);
  return known;
}

/** Runs `run` whenever all flows have started, that is after each deploy; returns a function that stops it. */
export function onEachStart(RED: NodeAPI, run: () => void): () => void {
  flowStartListeners(RED).add(run);
  return () => {
    flowStartListeners(RED).remove(run);
  };
}

/** Runs `run` once all flows have started and `ready` is settled; returns a function that prevents it. */
export function onceStarted(RED: NodeAPI, ready: Promise<void>, run: () => void): () => void {
  let wanted = true;
  const stop = onEachStart(RED, () => {
    stop();
    void ready.then(() => {
      if (wanted) run();
    });
  });
  return () => {
    wanted = false;
    stop();
  };
}
