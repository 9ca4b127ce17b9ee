import type { ActivityState } from "./activity-state.js";
import { sortedByTime, type ActivityObservation } from "./activity-observation.js";
import { withLevel } from "./measured-level.js";
import { movedByFix, movedByOdometer, movedByReport } from "./trip-detection.js";

/** Returns the state seeded with observations from before the start; none of them begins or ends anything. */
export function seededActivity(state: ActivityState, observations: ActivityObservation[], now: number): ActivityState {
  return sortedByTime(observations).reduce((known, one) => ({ ...known, ...changesBy(known, one, now) }), state);
}

function changesBy(state: ActivityState, observation: ActivityObservation, now: number): Partial<ActivityState> {
  if (observation.kind === "level") return { levels: withLevel(state.levels, observation.level) };
  if (observation.kind === "charging") return { phaseAt: Math.max(observation.at, state.phaseAt ?? -Infinity) };
  // The present activity is known better than this observation.
  const isIdle = state.trip === null && state.charge === null;
  return isIdle ? changesOfPosition(state, observation, now) : {};
}

function changesOfPosition(
  state: ActivityState,
  observation: ActivityObservation,
  now: number,
): Partial<ActivityState> {
  if (observation.kind === "fix") return movedByFix(state, observation.fix, now).changes;
  if (observation.kind === "odometer") return movedByOdometer(state, observation, now).changes;
  const stands = observation.kind === "report" && !observation.moving;
  return stands ? movedByReport(state, { moving: false, at: observation.at, heardAt: now }).changes : {};
}
