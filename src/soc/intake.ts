import { IS_MOVING } from "../vehicle/derived.js";
import type { Reading } from "../vehicle/reading.js";
import { capacityOf } from "./limits.js";
import { isSound } from "./sound.js";
import type { SocSignal } from "./types.js";

const OF_DRIVING: readonly SocSignal["kind"][] = ["odometer", "position", "motion", "speed"];
const OF_STANDING: readonly SocSignal["kind"][] = ["soc", "status", "target", "capacity"];

/** Whether it says something of charging. The level at the end of a trip may be older than a charge. */
export function concernsCharging(signal: SocSignal): boolean {
  return !OF_DRIVING.includes(signal.kind) && !(signal.kind === "soc" && signal.source === "tripEnd");
}

/** Whether it may change what is shown of a car that neither charges nor drives. */
export function concernsStanding({ kind }: SocSignal): boolean {
  return OF_STANDING.includes(kind);
}

/** No charge takes longer: who has heard nothing else since then does not know whether it goes on. */
const LONGEST_CHARGE_MS = 36 * 3_600_000;

/** All its numbers are numbers, a capacity is one of a car's battery, and a charge that begins is no old story. */
export function isUsable(signal: SocSignal): boolean {
  if (!isSound(signal)) return false;
  if (signal.kind === "status") return !signal.active || signal.now - signal.at <= LONGEST_CHARGE_MS;
  return signal.kind !== "capacity" || capacityOf(signal.kwh) !== null;
}

export function isWithin(value: number, most: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= most;
}

/**
 * The end of a charge without a word of its status: BMW says that the car moves. A status that nobody knows any more ends
 * nothing.
 * @param since when the charge began; `null` without one
 */
export function silentEnd(readings: readonly Reading[], since: number | null, now: number): SocSignal[] {
  if (since === null) return [];
  const sign = readings.find(
    ({ descriptor, value, source, timestamp }) =>
      descriptor === IS_MOVING && value === true && source !== "derived" && timestamp > since,
  );
  return sign === undefined ? [] : [{ kind: "status", active: false, at: sign.timestamp, now }];
}
