import { AnnouncingNodeRegistry } from "../../src/homeassistant/announcing-node-registry.js";
import type { NodeAPI } from "./red.js";

const all = new WeakMap<NodeAPI["events"], AnnouncingNodeRegistry>();

/** Returns the registry of this Node-RED. */
export function announcingNodesOf({ events }: NodeAPI): AnnouncingNodeRegistry {
  const known = all.get(events) ?? new AnnouncingNodeRegistry();
  all.set(events, known);
  return known;
}
