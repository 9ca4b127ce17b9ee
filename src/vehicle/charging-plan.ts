import { CHARGING_STATUS } from "./source-priority.js";
import type { Reading } from "./reading.js";
import { wordOf } from "./words.js";

/*
 * Interprets what BMW says on why a car that is plugged in does not charge, or has stopped: by plan, by a person, or by a
 * fault.
 */

const EV = "vehicle.drivetrain.electricEngine.charging";

/** Maps descriptors to the words that say: the car waits by plan, or has all that it wants. */
const BY_PLAN: readonly (readonly [string, RegExp])[] = [
  [CHARGING_STATUS, /PAUSE|WAIT|FULLY|TARGETREACHED|COMPLETE/],
  [`${EV}.hvStatus`, /PAUSE|WAIT|FULLY/],
  [`${EV}.profile.preference`, /^(CHARGINGWINDOW|SMARTCHARGING)$/],
  // As a word: its structure names time slots whatever is set.
  [`${EV}.profile.mode`, /^(DELAYEDCHARGING|CHARGING(IN)?TIMESLOT)$/],
  [`${EV}.windowSelection`, /^CHOSEN$/],
];

const REASONS = [`${EV}.reasonChargingEnd`, `${EV}.hvpmFinishReason`, `${EV}.lastChargingReason`];
const FAULT =
  /^(INFRASTRUCTURE|VEHICLE|FLEXCHARGER|PLUGANDCHARGE|SMARTCHARGING|POWERGRID|HVSYSTEM|CHARGINGSTATION|PARKINGLOCK|NOPARKINGLOCK)/;
const WANTED = /^(CUSTOMERINTERACTION|CHARGINGGOAL|ENDREQUESTED|CONNECTORREMOVED|HVBATTERYFULLY)/;
/** Tolerates a reason that came so long before the end that it belongs to [ms]. */
const AHEAD_MS = 2 * 60_000;

type ReadingsByDescriptor = ReadonlyMap<string, Reading>;

/** Returns whether BMW says that the car does not charge because it is set to charge later, pauses, or is full. */
export function restsByPlan(readings: ReadingsByDescriptor): boolean {
  return BY_PLAN.some(([descriptor, words]) => {
    const value = readings.get(descriptor)?.value ?? null;
    return value !== null && words.test(wordOf(value));
  });
}

/** Says why a charge ended: in BMW's word, and whether that is a fault or what somebody wanted. */
export interface ToldReason {
  readonly word: string;
  readonly kind: "fault" | "wanted";
}

/** Returns why a charge that ended at `at` [ms] did, as BMW says it; `null` if it says nothing, or nothing of this end. */
export function toldReason(readings: ReadingsByDescriptor, at: number): ToldReason | null {
  for (const descriptor of REASONS) {
    const reading = readings.get(descriptor);
    if (typeof reading?.value !== "string" || reading.timestamp < at - AHEAD_MS) continue;
    const [word, plain] = [reading.value, wordOf(reading.value)];
    if (FAULT.test(plain)) return { word, kind: "fault" };
    if (WANTED.test(plain)) return { word, kind: "wanted" };
  }
  return null;
}
