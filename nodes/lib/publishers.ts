import { Publishers } from "../../src/homeassistant/publishers.js";
import type { NodeAPI } from "./red.js";

const all = new WeakMap<NodeAPI["events"], Publishers>();

/** Returns the registry of this Node-RED. */
export function publishersOf({ events }: NodeAPI): Publishers {
  const known = all.get(events) ?? new Publishers();
  all.set(events, known);
  return known;
}
