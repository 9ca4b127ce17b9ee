import type { ChargeSession } from "./session.js";

/** Of the time of a charge of which the power has to be known. */
const LEAST_COVERED = 0.9;

/** Why a charge that ends at `end` teaches nothing, a fixed code; `null` if it may. */
export function obstacleOf(session: ChargeSession, end: number): string | null {
  if (session.isSupposed) return "capacityUnknown";
  if (session.isRestored) return "restored";
  if (session.isMisattributed) return "phasesChanged";
  return session.covered(end) < LEAST_COVERED ? "powerGaps" : null;
}
