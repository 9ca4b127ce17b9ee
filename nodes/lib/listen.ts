import type { EventEmitter } from "node:events";
import type { AccountEvents } from "../../src/account/events.js";
import type { NodeAPI } from "./red.js";

type Listeners = { [Name in keyof AccountEvents]: (...args: AccountEvents[Name]) => void };

/** Listens to an account; returns what ends that. */
export function listen(events: EventEmitter<AccountEvents>, { update, event, status }: Listeners): () => void {
  events.on("update", update);
  events.on("event", event);
  events.on("status", status);
  return () => {
    events.off("update", update);
    events.off("event", event);
    events.off("status", status);
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
