import type { ChargingMethod } from "./events.js";
import { isMeasuredNow, LEVEL_STEP_PP, withLevel, type Level, type Levels } from "./level.js";
import type { Reading } from "./reading.js";
import { chargingMethod, type ChargingPhase } from "./words.js";

/** A charge: one that runs, pauses, or has stopped and may go on. Times are BMW's, in milliseconds. */
export interface Charge {
  readonly startedAt: number;
  /** What was in the battery at its start, as far as that is known. */
  readonly starts: Levels;
  /** The last sign that it charges. */
  readonly signAt: number;
  readonly paused: boolean;
  readonly pauses: number;
  readonly stop: Stop | null;
}

/** Why it charges no more; `lost`: it had ended before, and the car has not told. */
export type StopCause = Extract<ChargingPhase, "over" | "complete" | "error"> | "unplugged" | "lost";

export interface Stop {
  readonly at: number;
  /** When that was received. */
  readonly heardAt: number;
  readonly cause: StopCause;
  /** It cannot be a pause. */
  readonly isFinal: boolean;
  /** The first level after it. */
  readonly first: Level | null;
}

/** How the car charges, as it told at BMW's time in milliseconds. */
export interface ToldMethod {
  readonly method: ChargingMethod;
  readonly at: number;
}

export const CHARGING_METHOD = "vehicle.drivetrain.electricEngine.charging.method";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A first level so soon after the start is that of the start. */
const AT_START_MS = 5 * MINUTE;
/** The words on the cable and on the charge come one after the other. */
const SAME_DEED_MS = 2 * MINUTE;
/** A charge that has shown itself shows itself again in this time. */
const LONGEST_SILENCE_MS = HOUR;
/** A charge that goes on within this time has paused: clouds over solar panels. */
export const LONGEST_PAUSE_MS = HOUR;

/** @param starts the levels that are known to be those of the start */
export function begun(at: number, starts: Levels): Charge {
  return { startedAt: at, starts, signAt: at, paused: false, pauses: 0, stop: null };
}

/** A sign that it charges: power that flows, or the car's word. */
export function seenCharging(charge: Charge, at: number): Charge {
  return at > charge.signAt ? { ...charge, signAt: at } : charge;
}

/** A level that was measured in the charge; `before` the one of this source that was known. */
export function withLevelIn(charge: Charge, level: Level, before: Level | null): Charge {
  if (level.at < charge.startedAt || !isMeasuredNow(level)) return charge;
  const noted = withStart(charge, level);
  const since = before !== null && before.at >= charge.startedAt ? before : startOf(noted, level);
  return since !== null && since.at < level.at && level.soc > since.soc ? seenCharging(noted, level.at) : noted;
}

/** The first level of a charge is better than one from before, and shows whether that still held. */
function withStart(charge: Charge, level: Level): Charge {
  const { startedAt, starts } = charge;
  const known = startOf(charge, level);
  const isFirst = known === null || known.at < startedAt;
  if (isFirst && level.at - startedAt <= AT_START_MS) return { ...charge, starts: withLevel(starts, level) };
  const holds = starts.filter(({ at, soc }) => at >= startedAt || soc <= level.soc + LEVEL_STEP_PP);
  return holds.length < starts.length ? { ...charge, starts: holds } : charge;
}

function startOf({ starts }: Charge, { source }: Level): Level | null {
  return starts.find((start) => start.source === source) ?? null;
}

/** The car says that it waits. */
export function pausing(charge: Charge): Charge {
  return charge.paused && charge.stop === null ? charge : { ...charge, paused: true, stop: null };
}

/** It charges, or charges again: a pause counts once it is over. */
export function charging(charge: Charge, at: number): Charge {
  const hasPaused = charge.paused || charge.stop !== null;
  const pauses = charge.pauses + (hasPaused ? 1 : 0);
  return seenCharging({ ...charge, paused: false, pauses, stop: null }, at);
}

/** A level that was measured after a charge has stopped: one that rises and rises shows that it has not. */
export function withLevelAfter(charge: Charge, level: Level): Charge {
  const { stop } = charge;
  if (stop === null || !isMeasuredNow(level)) return charge;
  const { first } = stop;
  if (first === null) return { ...charge, stop: { ...stop, first: level } };
  const goesOn = !stop.isFinal && first.source === level.source && level.soc - first.soc > LEVEL_STEP_PP;
  return goesOn ? seenCharging({ ...charge, stop: null }, level.at) : charge;
}

/** Whether a charge that has stopped can go on at `at`. */
export function mayGoOn({ stop }: Charge, at: number): boolean {
  return stop === null || (!stop.isFinal && at - stop.at <= LONGEST_PAUSE_MS);
}

/** Whether a charge that was seen going on has shown no sign of it for long at `at`: it has ended before. */
export function isLost({ startedAt, signAt, stop }: Charge, at: number): boolean {
  return stop === null && signAt > startedAt && at - signAt > LONGEST_SILENCE_MS;
}

/** It charges no more; what is said again later on changes only what that means. */
export function stopped(charge: Charge, cause: StopCause, at: number, now: number): Charge {
  const { stop, startedAt } = charge;
  const isFinal = cause !== "over";
  if (stop === null)
    return { ...charge, stop: { at: Math.max(startedAt, at), heardAt: now, cause, isFinal, first: null } };
  if (stop.isFinal || !isFinal) return charge;
  const isSame = cause !== "unplugged" || Math.abs(at - stop.at) <= SAME_DEED_MS;
  return { ...charge, stop: { ...stop, cause: isSame ? cause : stop.cause, isFinal } };
}

/** The method out of what the car told last; `null` if it names none. */
export function methodOf(reading: Pick<Reading, "value" | "timestamp"> | undefined): ToldMethod | null {
  const method = typeof reading?.value === "string" ? chargingMethod(reading.value) : null;
  return reading === undefined || method === null ? null : { method, at: reading.timestamp };
}
