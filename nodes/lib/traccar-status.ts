import type { TrackerState } from "../../src/traccar/tracker-manager.js";
import type { ErrorCode } from "../../src/support/errors.js";
import type { NodeAPI, NodeStatus } from "./red.js";

/** Maps problems to short names for the status; everything else is an invalid answer. */
const SHORT_NAMES: Readonly<Partial<Record<ErrorCode, string>>> = {
  traccar_url_invalid: "notSet",
  traccar_token_missing: "notSet",
  traccar_unauthorised: "tokenRefused",
  traccar_unreachable: "unreachable",
  traccar_device_unknown: "unknownDevice",
};

const HOUR_MS = 3_600_000;
/** Shortest time that is told in days: a single one would need another word. */
const LEAST_HOURS_IN_DAYS = 48;

/** Returns the status of a node that polls trackers. Texts: 20 characters at most. */
export function traccarStatus(RED: NodeAPI, state: TrackerState): NodeStatus {
  const text = (key: string, params: Record<string, number> = {}) => RED._(`cardata-traccar.status.${key}`, params);
  switch (state.kind) {
    case "idle":
      return { fill: "grey", shape: "ring", text: text("waiting") };
    case "looking":
      return { fill: "yellow", shape: "ring", text: text("looking") };
    case "speed":
      return { fill: "green", shape: "dot", text: text("speed", { kmh: Math.round(state.kmh) }) };
    case "silent":
      return { fill: "yellow", shape: "ring", text: text("silent") };
    case "other":
      return { fill: "yellow", shape: "ring", text: text("other") };
    case "tokenEnding":
      return tokenStatus(RED, state.leftMs);
    case "failed":
      return { fill: "red", shape: "ring", text: text(SHORT_NAMES[state.problem.code] ?? "failed") };
  }
}

function tokenStatus(RED: NodeAPI, leftMs: number): NodeStatus {
  const text = (key: string, params: Record<string, string> = {}) => RED._(`cardata-traccar.status.${key}`, params);
  if (leftMs <= 0) return { fill: "red", shape: "ring", text: text("tokenOver") };
  return { fill: "yellow", shape: "dot", text: text("tokenEnding", { time: timeLeft(RED, leftMs) }) };
}

function timeLeft(RED: NodeAPI, leftMs: number): string {
  const hours = Math.ceil(leftMs / HOUR_MS);
  const [unit, count] = hours < LEAST_HOURS_IN_DAYS ? ["hours", hours] : ["days", Math.floor(hours / 24)];
  return RED._(`cardata-traccar.timeLeft.${unit}`, { count });
}

/** Returns the status of a node without a tracker. */
export function withoutTracker(RED: NodeAPI): NodeStatus {
  return { fill: "grey", shape: "ring", text: RED._("cardata-traccar.status.notSet") };
}
