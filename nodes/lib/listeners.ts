import type { EventEmitter } from "node:events";
import type { AccountEvents } from "../../src/account/account-events.js";
import type { NodeAPI } from "./red.js";

type AccountListeners = { readonly [Name in keyof AccountEvents]?: (...args: AccountEvents[Name]) => void };

/** Listens to an account; returns a function that stops it. */
export function listen(events: EventEmitter<AccountEvents>, listeners: AccountListeners): () => void {
  // The names keep their listeners; the compiler loses that in a loop.
  const emitter = events as EventEmitter;
  const entries = Object.entries(listeners) as [string, (...args: unknown[]) => void][];
  for (const [name, listener] of entries) emitter.on(name, listener);
  return () => {
    for (const [name, listener] of entries) emitter.off(name, listener);
  };
}

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
