import type { AccountStatus } from "../../src/account/status.js";
import { API_SCOPE } from "../../src/support/scopes.js";
import { clockTime } from "./clock-time.js";
import type { NodeAPI, NodeStatus } from "./red.js";

/** Holds what the scheduler plans for a node. */
interface PollingPlan {
  /** Time of its next automatic call [ms]. */
  readonly next: number | null;
  /** Whether another node polls all of its cars. */
  readonly other: boolean;
}

/**
 * Returns the status of a node that calls BMW, of a logged-in account: dot for working, ring for everything else. Texts: 20 characters at most.
 */
export function telematicsStatus(RED: NodeAPI, account: AccountStatus, plan: PollingPlan): NodeStatus {
  const text = (key: string, params: Record<string, string | number> = {}) =>
    RED._(`cardata-telematics.status.${key}`, params);
  const { login, rest, quota } = account;
  if (login.state === "not-needed") return { fill: "grey", shape: "ring", text: text("asksNothing") };
  if (login.scopes?.missing.includes(API_SCOPE)) return { fill: "red", shape: "ring", text: text("noRestRight") };
  if (quota.blockedUntil !== undefined)
    return { fill: "yellow", shape: "ring", text: text("resets", { time: clockTime(quota.blockedUntil) }) };
  if (plan.other) return { fill: "yellow", shape: "ring", text: text("polledByOther") };
  const failed = rest.state === "failed";
  const figures = { used: quota.used, limit: quota.limit };
  const look = failed ? ({ fill: "yellow", shape: "ring" } as const) : ({ fill: "green", shape: "dot" } as const);
  if (plan.next === null) return { ...look, text: text(failed ? "failed" : "quota", figures) };
  const time = clockTime(plan.next);
  return { ...look, text: failed ? text("failedNext", { time }) : text("next", { ...figures, time }) };
}
