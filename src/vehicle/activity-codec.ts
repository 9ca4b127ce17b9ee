import { validTime } from "../support/iso-time.js";
import { finiteNumber } from "../support/json.js";
import { isTrue, storedList, needed, object, oneOf, or, then, type StoredReader } from "../support/stored-schema.js";
import { IDLE_ACTIVITY, type ActivityState } from "./activity-state.js";
import type { Charge, ChargeStop, StopCause } from "./charge.js";
import { isGeoPoint, type GeoPoint } from "./geography.js";
import { decodeLevel, decodeLevels } from "./measured-level.js";
import {
  UNKNOWN_MOTION,
  type Fix,
  type MotionState,
  type OdometerSpan,
  type OdometerState,
  type OdometerReading,
} from "./motion-state.js";
import { plausibleOdometer } from "./odometer-filter.js";
import { decodePosition } from "./position.js";
import type { Trip } from "./trip.js";
import { levelOf } from "./source-priority.js";

const CAUSES: readonly StopCause[] = ["over", "complete", "error", "unplugged", "lost"];

const position = (stored: unknown) => decodePosition(stored);

const axes = { latitude: needed(finiteNumber), longitude: needed(finiteNumber) };

const place: StoredReader<GeoPoint | null> = then<GeoPoint, GeoPoint>(object(axes), (found) =>
  isGeoPoint(found) ? found : null,
);

const fix: StoredReader<Fix | null> = then<Fix, Fix>(object({ ...axes, timestamp: needed(validTime) }), (found) =>
  isGeoPoint(found) ? found : null,
);

const signMembers = {
  km: needed(plausibleOdometer),
  at: needed(validTime),
  stepKm: or(finiteNumber, 1),
};

const sign: StoredReader<OdometerReading | null> = then(
  object({ ...signMembers, shown: plausibleOdometer }),
  (found) => ({
    ...found,
    shown: found.shown ?? found.km,
  }),
);

const count: StoredReader<OdometerSpan | null> = then(
  object({ ...signMembers, shown: plausibleOdometer, since: validTime }),
  (found) => ({ ...found, shown: found.shown ?? found.km, since: found.since ?? found.at }),
);

const mark: StoredReader<OdometerState | null> = (stored) => {
  const [counted, more] = [count(stored), object({ former: storedList(count), risenAt: validTime })(stored)];
  return counted === null || more === null ? null : { ...counted, ...more };
};

const report: StoredReader<MotionState["reported"]> = then(
  object({ moving: isTrue, at: needed(validTime), heardAt: validTime }),
  (found) => ({ ...found, heardAt: found.heardAt ?? found.at }),
);

export const decodeMotion: StoredReader<MotionState> = or<MotionState>(
  object({
    anchor: place,
    anchoredAt: validTime,
    nearby: storedList(fix),
    lastFix: fix,
    away: object({ fix: needed(fix), from: fix }),
    fastLegs: or(finiteNumber, 0),
    driving: isTrue,
    drivenAt: validTime,
    displacedAt: validTime,
    odometer: mark,
    reported: report,
    chargingSince: validTime,
    leftAt: validTime,
    arrivedAt: validTime,
    lockedAsDriving: isTrue,
    settledAt: validTime,
  }),
  UNKNOWN_MOTION,
);

/** Decodes a distance [m]; rejects one that is longer than a car drives in its life. */
const metres: StoredReader<number | null> = then<number, number>(finiteNumber, (way) =>
  plausibleOdometer(way / 1000) === null ? null : way,
);

const trip: StoredReader<Trip | null> = then(
  object({
    startedAt: validTime,
    heardAt: validTime,
    isWitnessed: (stored) => stored !== false,
    soc: levelOf,
    from: position,
    base: sign,
    counted: sign,
    metres: needed(metres),
    metresCounted: or(metres, 0),
    fixes: needed(then<number, number>(finiteNumber, (number) => (number >= 0 ? number : null))),
    cutMetres: or(metres, 0),
    isTrackBroken: isTrue,
  }),
  (found) => {
    const heardAt = found.heardAt ?? found.startedAt;
    return heardAt === null ? null : { ...found, heardAt };
  },
);

const stop: StoredReader<ChargeStop | null> = then(
  object({
    at: needed(validTime),
    heardAt: validTime,
    cause: or<StopCause>(oneOf(CAUSES), "over"),
    isFinal: isTrue,
    first: decodeLevel,
  }),
  (found) => ({ ...found, heardAt: found.heardAt ?? found.at }),
);

const charge: StoredReader<Charge | null> = then(
  object({
    startedAt: needed(validTime),
    starts: decodeLevels,
    signAt: validTime,
    paused: isTrue,
    pauses: or(finiteNumber, 0),
    stop,
  }),
  (found) => ({ ...found, signAt: found.signAt ?? found.startedAt }),
);

/** Decodes a saved state; damaged parts become unknown. */
export const decodeActivity: StoredReader<ActivityState> = or<ActivityState>(
  object({
    motion: decodeMotion,
    trip,
    charge,
    levels: decodeLevels,
    place: position,
    stood: position,
    phaseAt: validTime,
    chargedAt: validTime,
    lastAt: validTime,
  }),
  IDLE_ACTIVITY,
);
