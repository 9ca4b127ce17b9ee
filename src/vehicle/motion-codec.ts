import { finite, isObject } from "../support/json.js";
import type { Place } from "./geography.js";
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
    drivenAt: finite(saved["drivenAt"]),
    displacedAt: finite(saved["displacedAt"]),
    odometer: decodeOdometer(odometer),
    reported: decodeReport(reported),
    chargingSince: finite(saved["chargingSince"]),
    leftAt: finite(saved["leftAt"]),
    arrivedAt: finite(saved["arrivedAt"]),
    lockedAsDriving: saved["lockedAsDriving"] === true,
    settledAt: finite(saved["settledAt"]),
  };
}

function decodePlace(saved: unknown): Place | null {
  if (!isObject(saved)) return null;
  const latitude = finite(saved["latitude"]);
  const longitude = finite(saved["longitude"]);
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

function decodeFix(saved: unknown): Fix | null {
  const place = decodePlace(saved);
  const timestamp = isObject(saved) ? finite(saved["timestamp"]) : null;
  return place === null || timestamp === null ? null : { ...place, timestamp };
}

function decodeOdometer(saved: unknown): MotionState["odometer"] {
  const km = isObject(saved) ? finite(saved["km"]) : null;
  return km === null || !isObject(saved) ? null : { km, risenAt: finite(saved["risenAt"]) };
}

function decodeReport(saved: unknown): MotionState["reported"] {
  const at = isObject(saved) ? finite(saved["at"]) : null;
  return at === null || !isObject(saved) ? null : { moving: saved["moving"] === true, at };
}
