import { timeIn } from "../support/iso-time.js";
import { finite, isObject } from "../support/json.js";
import type { Place } from "./geography.js";
import { odometerOf } from "./odometer.js";
import { UNKNOWN_MOTION, type Fix, type MotionState } from "./motion.js";

/** The state out of what was saved; unknown motion if that is damaged. */
export function decodeMotion(saved: unknown): MotionState {
  if (!isObject(saved)) return UNKNOWN_MOTION;
  const { odometer, reported } = saved;
  return {
    anchor: decodePlace(saved["anchor"]),
    nearby: (Array.isArray(saved["nearby"]) ? saved["nearby"] : []).flatMap((fix) => decodeFix(fix) ?? []),
    lastFix: decodeFix(saved["lastFix"]),
    fastLegs: finite(saved["fastLegs"]) ?? 0,
    driving: saved["driving"] === true,
    drivenAt: timeIn(saved["drivenAt"]),
    displacedAt: timeIn(saved["displacedAt"]),
    odometer: decodeOdometer(odometer),
    reported: decodeReport(reported),
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
  const isPlace = latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return isPlace ? { latitude, longitude } : null;
}

function decodeFix(saved: unknown): Fix | null {
  const place = decodePlace(saved);
  const timestamp = isObject(saved) ? timeIn(saved["timestamp"]) : null;
  return place === null || timestamp === null ? null : { ...place, timestamp };
}

function decodeOdometer(saved: unknown): MotionState["odometer"] {
  const km = isObject(saved) ? odometerOf(saved["km"]) : null;
  return km === null || !isObject(saved) ? null : { km, risenAt: timeIn(saved["risenAt"]) };
}

function decodeReport(saved: unknown): MotionState["reported"] {
  const at = isObject(saved) ? timeIn(saved["at"]) : null;
  return at === null || !isObject(saved) ? null : { moving: saved["moving"] === true, at };
}
