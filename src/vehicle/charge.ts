import type { ChargingMethod } from "./vehicle-event.js";
import { isMeasuredNow, LEVEL_STEP_PP, withLevel, type MeasuredLevel, type MeasuredLevels } from "./measured-level.js";
import type { Reading } from "./reading.js";
import { chargingMethod, type ChargingPhase } from "./words.js";

/** Holds a charge that runs, pauses, or has stopped and may resume. Times are BMW's [ms]. */
export interface Charge {
  readonly startedAt: number;
  /** Measured levels at its start, one per source. */
  readonly starts: MeasuredLevels;
  /** BMW's time of the last sign of charging [ms]. */
  readonly signAt: number;
  readonly paused: boolean;
  readonly pauses: number;
  readonly stop: ChargeStop | null;
}

/** Names why a charge stopped; `lost`: it ended earlier and the car did not report it. */
export type StopCause = Extract<ChargingPhase, "over" | "complete" | "error"> | "unplugged" | "lost";

export interface ChargeStop {
  readonly at: number;
  /** Time of receipt [ms]. */
  readonly heardAt: number;
  readonly cause: StopCause;
  /** Whether it cannot be a pause. */
  readonly isFinal: boolean;
  /** First level measured after the stop. */
  readonly first: MeasuredLevel | null;
}

/** Holds the charging method that the car reported, with BMW's time [ms]. */
export interface MethodObservation {
  readonly method: ChargingMethod;
  readonly at: number;
}

export const CHARGING_METHOD = "vehicle.drivetrain.electricEngine.charging.method";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Limits how long after the start a first level counts as that of the start [ms]. */
const AT_START_MS = 5 * MINUTE;
/** Limits the time between the reports of the cable and of the charge that belong together [ms]. */
const SAME_ACTION_MS = 2 * MINUTE;
/** Limits the silence of a charge that sends signs of charging [ms]. */
const LONGEST_SILENCE_MS = HOUR;
/**
 * Limits the length of a pause [ms]; a charge that resumes later is a new one. Clouds over solar panels cause such
 * pauses.
 */
export const LONGEST_PAUSE_MS = HOUR;

/**
 * Creates a charge.
 * @param starts levels known to be those of the start
 */
export function startCharge(at: number, starts: MeasuredLevels): Charge {
  return { startedAt: at, starts, signAt: at, paused: false, pauses: 0, stop: null };
}

/** Records a sign of charging: power flow or the car's report. */
export function withChargingSign(charge: Charge, at: number): Charge {
  return at > charge.signAt ? { ...charge, signAt: at } : charge;
}

/** Records a level measured during the charge; `before` is the previous one of this source. */
export function withLevelDuringCharge(charge: Charge, level: MeasuredLevel, before: MeasuredLevel | null): Charge {
  if (level.at < charge.startedAt || !isMeasuredNow(level)) return charge;
  const noted = withStart(charge, level);
  const since = before !== null && before.at >= charge.startedAt ? before : startOf(noted, level);
  return since !== null && since.at < level.at && level.soc > since.soc ? withChargingSign(noted, level.at) : noted;
}

/** Replaces the start level by the first one of the charge, which shows whether the former still held. */
function withStart(charge: Charge, level: MeasuredLevel): Charge {
  const { startedAt, starts } = charge;
  const known = startOf(charge, level);
  const isFirst = known === null || known.at < startedAt;
  if (isFirst && level.at - startedAt <= AT_START_MS) return { ...charge, starts: withLevel(starts, level) };
  const holds = starts.filter(({ at, soc }) => at >= startedAt || soc <= level.soc + LEVEL_STEP_PP);
  return holds.length < starts.length ? { ...charge, starts: holds } : charge;
}

function startOf({ starts }: Charge, { source }: MeasuredLevel): MeasuredLevel | null {
  return starts.find((start) => start.source === source) ?? null;
}

/** Marks the charge as paused. */
export function pauseCharge(charge: Charge): Charge {
  return charge.paused && charge.stop === null ? charge : { ...charge, paused: true, stop: null };
}

/** Resumes the charge; counts a pause once it is over. */
export function resumeCharge(charge: Charge, at: number): Charge {
  const hasPaused = charge.paused || charge.stop !== null;
  const pauses = charge.pauses + (hasPaused ? 1 : 0);
  return withChargingSign({ ...charge, paused: false, pauses, stop: null }, at);
}

/** Records a level measured after the stop; levels that keep rising show that the charge has not stopped. */
export function withLevelAfterStop(charge: Charge, level: MeasuredLevel): Charge {
  const { stop } = charge;
  if (stop === null || !isMeasuredNow(level)) return charge;
  const { first } = stop;
  if (first === null) return { ...charge, stop: { ...stop, first: level } };
  const goesOn = !stop.isFinal && first.source === level.source && level.soc - first.soc > LEVEL_STEP_PP;
  return goesOn ? withChargingSign({ ...charge, stop: null }, level.at) : charge;
}

/** Returns whether a stopped charge can resume at `at`. */
export function canResume({ stop }: Charge, at: number): boolean {
  return stop === null || (!stop.isFinal && at - stop.at <= LONGEST_PAUSE_MS);
}

/** Returns whether a charge has shown no sign of charging for too long at `at`, and so has ended before. */
export function isLost({ startedAt, signAt, stop }: Charge, at: number): boolean {
  return stop === null && signAt > startedAt && at - signAt > LONGEST_SILENCE_MS;
}

/** Stops the charge; a repeated report only refines the cause. */
export function stopCharge(charge: Charge, cause: StopCause, at: number, now: number): Charge {
  const { stop, startedAt } = charge;
  const isFinal = cause !== "over";
  if (stop === null)
    return { ...charge, stop: { at: Math.max(startedAt, at), heardAt: now, cause, isFinal, first: null } };
  if (stop.isFinal || !isFinal) return charge;
  const isSame = cause !== "unplugged" || Math.abs(at - stop.at) <= SAME_ACTION_MS;
  return { ...charge, stop: { ...stop, cause: isSame ? cause : stop.cause, isFinal } };
}

/** Returns the method that a reading reports; `null` if it names none. */
export function methodObservation(reading: Pick<Reading, "value" | "timestamp"> | undefined): MethodObservation | null {
  const method = typeof reading?.value === "string" ? chargingMethod(reading.value) : null;
  return reading === undefined || method === null ? null : { method, at: reading.timestamp };
}
