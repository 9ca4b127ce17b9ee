import type { TelematicPollRequest } from "../../src/polling/poll-request.js";

/** Builds the request of a node with automatic polls; the defaults are those of the node. */
export function telematicRequest(changes: Partial<TelematicPollRequest> = {}): TelematicPollRequest {
  return {
    kind: "telematicData",
    node: "n1",
    vin: null,
    schedule: "fallback",
    minIntervalMs: 0,
    quietHours: null,
    tripEndPoll: true,
    cooldownMs: 600_000,
    ...changes,
  };
}
