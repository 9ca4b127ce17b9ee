import { isObject } from "../../src/support/json.js";
import type { NodeAPI } from "./red.js";

/** Levels of Node-RED's log at which debug lines are written. */
const TALKATIVE = new Set<unknown>(["debug", "trace"]);

/**
 * Returns whether some logger of settings.js writes debug lines. Node-RED asks each of its loggers only after a line was
 * made and handed to all of them.
 */
export function isDebugLogged({ logging }: NodeAPI["settings"]): boolean {
  return isObject(logging) && Object.values(logging).some((one) => isObject(one) && TALKATIVE.has(one["level"]));
}
