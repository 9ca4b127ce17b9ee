import { IS_MOVING } from "./derived.js";
import { kilometres, ODOMETER } from "./odometer.js";
import type { Position } from "./position.js";
import type { Reading } from "./reading.js";
import { DOOR_STATUS } from "./values.js";

/** Something that tells about motion. Times are BMW's, in milliseconds. */
export type Evidence =
  | { readonly kind: "fix"; readonly fix: Position }
  | { readonly kind: "odometer"; readonly km: number; readonly at: number }
  | { readonly kind: "report"; readonly moving: boolean; readonly at: number }
  | { readonly kind: "charging"; readonly charging: boolean; readonly at: number }
  | { readonly kind: "lock"; readonly status: string; readonly at: number };

/** What tells about motion, in the order of BMW's time. */
export function evidenceIn(accepted: readonly Reading[], fixes: readonly Position[]): Evidence[] {
  const evidence: Evidence[] = [];
  for (const fix of fixes) evidence.push({ kind: "fix", fix });
  for (const reading of accepted) {
    const told = evidenceOf(reading);
    if (told !== null) evidence.push(told);
  }
  return evidence.length > 1 ? evidence.sort((one, other) => timeOf(one) - timeOf(other)) : evidence;
}

function evidenceOf(reading: Reading): Evidence | null {
  const { descriptor, value, timestamp: at } = reading;
  switch (descriptor) {
    case ODOMETER: {
      const km = kilometres(reading);
      return km === null ? null : { kind: "odometer", km, at };
    }
    case IS_MOVING:
      return typeof value === "boolean" ? { kind: "report", moving: value, at } : null;
    case DOOR_STATUS:
      return typeof value === "string" ? { kind: "lock", status: value, at } : null;
    default:
      return null;
  }
}

function timeOf(evidence: Evidence): number {
  return evidence.kind === "fix" ? evidence.fix.timestamp : evidence.at;
}
