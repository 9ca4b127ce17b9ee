import type { EventEmitter } from "node:events";
import type { AccountEvents } from "../../src/account/events.js";
import type { NodeAPI } from "./red.js";

type Listeners = { readonly [Name in keyof AccountEvents]?: (...args: AccountEvents[Name]) => void };

/** Listens to an account; returns what ends that. */
export function listen(events: EventEmitter<AccountEvents>, listeners: Listeners): () => void {
  // The names keep their listeners; the compiler loses that in a loop.
  const emitter = events as EventEmitter;
  const entries = Object.entries(listeners) as [string, (...args: unknown[]) => void][];
  for (const [name, listener] of entries) emitter.on(name, listener);
  return () => {
    for (const [name, listener] of entries) emitter.off(name, listener);
  };
}

/** Runs `run` once all flows have started and `ready` is settled; returns what prevents that. */
export function onceStarted(RED: NodeAPI, ready: Promise<void>, run: () => void): () => void {
  let wanted = true;
  const started = () => {
    RED.events.off("flows:started", started);
    void ready.then(() => {
      if (wanted) run();
    });
  };
  RED.events.on("flows:started", started);
  return () => {
    wanted = false;
    RED.events.off("flows:started", started);
  };
}
