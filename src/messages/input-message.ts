import { isObject, type JsonObject } from "../support/json.js";

/** They belong to what was asked: a node behind would do it again, or take it for part of the answer. */
const OF_REQUEST = ["operation", "parts", "error", "vin", "force", "from", "to", "maxPages"];
const OF_CONTAINERS = ["containerAction", "containerId", "confirm"];
const OF_ANSWER = ["truncated", "contentType", "ha"];
/** Of a value or an event that made the flow ask. */
const OF_VALUE = ["descriptor", "name", "unit", "timestamp", "source", "known", "raw", "last", "data", "fresh"];
const OF_UPDATE = ["event", "readings"];

const STALE = new Set([...OF_REQUEST, ...OF_CONTAINERS, ...OF_ANSWER]);
const STALE_AFTER_VALUE = new Set([...STALE, ...OF_VALUE, ...OF_UPDATE]);

/**
 * What an answer takes over from the message that asked for it: everything that is not about something else. The
 * message itself stays as it is, because one that is about several cars is answered several times.
 */
export function keptOf(message: unknown): JsonObject {
  if (!isObject(message)) return {};
  const isOurs = ["descriptor", "event", "readings"].some((name) => name in message);
  const stale = isOurs ? STALE_AFTER_VALUE : STALE;
  return Object.fromEntries(Object.entries(message).filter(([name]) => !stale.has(name)));
}
