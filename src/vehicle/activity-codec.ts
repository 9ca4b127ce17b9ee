import { timeIn } from "../support/iso-time.js";
import { decodeList, finite, isObject } from "../support/json.js";
import { IDLE, type ActivityState } from "./activity-state.js";
import type { Charge, Stop, StopCause } from "./charging.js";
import { isPlace, type Place } from "./geography.js";
import { decodeLevel, decodeLevels } from "./level.js";
import {
  UNKNOWN_MOTION,
  type Fix,
  type MotionState,
  type OdometerCount,
  type OdometerMark,
  type OdometerSign,
} from "./motion-state.js";
import { odometerOf } from "./odometer.js";
import { decodePosition } from "./position.js";
import type { Trip } from "./trip.js";
import { levelOf } from "./values.js";

/** The state out of what was saved; what is damaged is unknown. */
export function decodeActivity(saved: unknown): ActivityState {
  if (!isObject(saved)) return IDLE;
  return {
    motion: decodeMotion(saved["motion"]),
    trip: decodeTrip(saved["trip"]),
    charge: decodeCharge(saved["charge"]),
    levels: decodeLevels(saved["levels"]),
    place: decodePosition(saved["place"]),
    stood: decodePosition(saved["stood"]),
    phaseAt: timeIn(saved["phaseAt"]),
    chargedAt: timeIn(saved["chargedAt"]),
    lastAt: timeIn(saved["lastAt"]),
  };
}

export function decodeMotion(saved: unknown): MotionState {
  if (!isObject(saved)) return UNKNOWN_MOTION;
  return {
    anchor: decodePlace(saved["anchor"]),
    anchoredAt: timeIn(saved["anchoredAt"]),
    nearby: decodeList(saved["nearby"], decodeFix),
    lastFix: decodeFix(saved["lastFix"]),
    away: decodeAway(saved["away"]),
    fastLegs: finite(saved["fastLegs"]) ?? 0,
    driving: saved["driving"] === true,
    drivenAt: timeIn(saved["drivenAt"]),
    displacedAt: timeIn(saved["displacedAt"]),
    odometer: decodeMark(saved["odometer"]),
    reported: decodeReport(saved["reported"]),
    chargingSince: timeIn(saved["chargingSince"]),
    leftAt: timeIn(saved["leftAt"]),
    arrivedAt: timeIn(saved["arrivedAt"]),
    lockedAsDriving: saved["lockedAsDriving"] === true,
    settledAt: timeIn(saved["settledAt"]),
  };
}

function decodePlace(saved: unknown): Place | null {
  if (!isObject(saved)) return null;
  const latitude = finite(saved["latitude"]);
  const longitude = finite(saved["longitude"]);
  if (latitude === null || longitude === null) return null;
  return isPlace({ latitude, longitude }) ? { latitude, longitude } : null;
}

function decodeFix(saved: unknown): Fix | null {
  const place = decodePlace(saved);
  const timestamp = isObject(saved) ? timeIn(saved["timestamp"]) : null;
  return place === null || timestamp === null ? null : { ...place, timestamp };
}

function decodeAway(saved: unknown): MotionState["away"] {
  const fix = isObject(saved) ? decodeFix(saved["fix"]) : null;
  return fix === null || !isObject(saved) ? null : { fix, from: decodeFix(saved["from"]) };
}

function decodeSign(saved: unknown): OdometerSign | null {
  if (!isObject(saved)) return null;
  const [km, at] = [odometerOf(saved["km"]), timeIn(saved["at"])];
  if (km === null || at === null) return null;
  return { km, at, stepKm: finite(saved["stepKm"]) ?? 1, shown: odometerOf(saved["shown"]) ?? km };
}

function decodeCount(saved: unknown): OdometerCount | null {
  const sign = decodeSign(saved);
  return sign === null || !isObject(saved) ? null : { ...sign, since: timeIn(saved["since"]) ?? sign.at };
}

function decodeMark(saved: unknown): OdometerMark | null {
  const count = decodeCount(saved);
  if (count === null || !isObject(saved)) return null;
  return { ...count, former: decodeList(saved["former"], decodeCount), risenAt: timeIn(saved["risenAt"]) };
}

function decodeReport(saved: unknown): MotionState["reported"] {
  const at = isObject(saved) ? timeIn(saved["at"]) : null;
  if (at === null || !isObject(saved)) return null;
  return { moving: saved["moving"] === true, at, heardAt: timeIn(saved["heardAt"]) ?? at };
}

/** A way, which is no longer than all that a car drives. */
function decodeMetres(saved: unknown): number | null {
  const metres = finite(saved);
  return metres === null || odometerOf(metres / 1000) === null ? null : metres;
}

function decodeTrip(saved: unknown): Trip | null {
  if (!isObject(saved)) return null;
  const startedAt = timeIn(saved["startedAt"]);
  const heardAt = timeIn(saved["heardAt"]) ?? startedAt;
  const metres = decodeMetres(saved["metres"]);
  const fixes = finite(saved["fixes"]);
  if (heardAt === null || metres === null || fixes === null || fixes < 0) return null;
  return {
    startedAt,
    heardAt,
    isWitnessed: saved["isWitnessed"] !== false,
    soc: levelOf(saved["soc"]),
    from: decodePosition(saved["from"]),
    base: decodeSign(saved["base"]),
    counted: decodeSign(saved["counted"]),
    metres,
    metresCounted: decodeMetres(saved["metresCounted"]) ?? 0,
    fixes,
    cutMetres: decodeMetres(saved["cutMetres"]) ?? 0,
    isTrackBroken: saved["isTrackBroken"] === true,
  };
}

function decodeCharge(saved: unknown): Charge | null {
  if (!isObject(saved)) return null;
  const startedAt = timeIn(saved["startedAt"]);
  if (startedAt === null) return null;
  return {
    startedAt,
    starts: decodeLevels(saved["starts"]),
    signAt: timeIn(saved["signAt"]) ?? startedAt,
    paused: saved["paused"] === true,
    pauses: finite(saved["pauses"]) ?? 0,
    stop: decodeStop(saved["stop"]),
  };
}

const CAUSES: readonly StopCause[] = ["over", "complete", "error", "unplugged", "lost"];

function decodeStop(saved: unknown): Stop | null {
  if (!isObject(saved)) return null;
  const at = timeIn(saved["at"]);
  if (at === null) return null;
  const cause = CAUSES.find((one) => one === saved["cause"]) ?? "over";
  return {
    at,
    heardAt: timeIn(saved["heardAt"]) ?? at,
    cause,
    isFinal: saved["isFinal"] === true,
    first: decodeLevel(saved["first"]),
  };
}
