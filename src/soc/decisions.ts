import { finite, isObject, text } from "../support/json.js";
import type { TripVerdict } from "./driving/consumption.js";
import type { LearningDecision } from "./estimate.js";

/** What a trip taught, or why nothing; `capacityKwh` that of the battery, if known. */
export function tripDecision(
  { at, accepted, reason, km, kwhPerKm }: TripVerdict,
  capacityKwh: number | null,
): LearningDecision {
  const energyKwh = km === null || kwhPerKm === null ? null : km * kwhPerKm;
  const socChange = energyKwh === null || capacityKwh === null ? null : (energyKwh / capacityKwh) * 100;
  return { at, what: "driving", accepted, reason, value: kwhPerKm, socChange, energyKwh, condition: null };
}

/** The decision out of what was saved. */
export function decodeDecision(saved: unknown): LearningDecision | null {
  if (!isObject(saved)) return null;
  const at = finite(saved["at"]);
  const what = (["ac", "dc", "driving"] as const).find((one) => one === saved["what"]);
  const reason = text(saved["reason"]);
  if (at === null || what === undefined || reason === null) return null;
  return {
    at,
    what,
    accepted: saved["accepted"] === true,
    reason,
    value: finite(saved["value"]),
    socChange: finite(saved["socChange"]),
    energyKwh: finite(saved["energyKwh"]),
    condition: text(saved["condition"]),
  };
}
