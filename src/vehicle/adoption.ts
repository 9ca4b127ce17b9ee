import type { ActivityState } from "./activity-state.js";
import { inOrder, type Evidence } from "./evidence.js";
import { withLevel } from "./level.js";
import { movedByFix, movedByOdometer, movedByReport } from "./movement.js";

/** Returns the state seeded with observations from before the start; none of them begins or ends anything. */
export function adopted(state: ActivityState, evidence: Evidence[], now: number): ActivityState {
  return inOrder(evidence).reduce((known, one) => ({ ...known, ...changesBy(known, one, now) }), state);
}

function changesBy(state: ActivityState, evidence: Evidence, now: number): Partial<ActivityState> {
  if (evidence.kind === "level") return { levels: withLevel(state.levels, evidence.level) };
  if (evidence.kind === "charging") return { phaseAt: Math.max(evidence.at, state.phaseAt ?? -Infinity) };
  // The present activity is known better than this observation.
  const isIdle = state.trip === null && state.charge === null;
  return isIdle ? changesOfPlace(state, evidence, now) : {};
}

function changesOfPlace(state: ActivityState, evidence: Evidence, now: number): Partial<ActivityState> {
  if (evidence.kind === "fix") return movedByFix(state, evidence.fix, now).changes;
  if (evidence.kind === "odometer") return movedByOdometer(state, evidence, now).changes;
  const stands = evidence.kind === "report" && !evidence.moving;
  return stands ? movedByReport(state, false, evidence.at, now).changes : {};
}
