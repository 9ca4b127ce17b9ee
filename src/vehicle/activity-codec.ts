import { timeIn } from "../support/iso-time.js";
import { finite } from "../support/json.js";
import { isTrue, list, needed, object, oneOf, or, then, type Read } from "../support/stored.js";
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

const CAUSES: readonly StopCause[] = ["over", "complete", "error", "unplugged", "lost"];

const position = (stored: unknown) => decodePosition(stored);

const axes = { latitude: needed(finite), longitude: needed(finite) };

const place: Read<Place | null> = then<Place, Place>(object(axes), (found) => (isPlace(found) ? found : null));

const fix: Read<Fix | null> = then<Fix, Fix>(object({ ...axes, timestamp: needed(timeIn) }), (found) =>
  isPlace(found) ? found : null,
);

const signMembers = {
  km: needed(odometerOf),
  at: needed(timeIn),
  stepKm: or(finite, 1),
};

const sign: Read<OdometerSign | null> = then(object({ ...signMembers, shown: odometerOf }), (found) => ({
  ...found,
  shown: found.shown ?? found.km,
}));

const count: Read<OdometerCount | null> = then(
  object({ ...signMembers, shown: odometerOf, since: timeIn }),
  (found) => ({ ...found, shown: found.shown ?? found.km, since: found.since ?? found.at }),
);

const mark: Read<OdometerMark | null> = (stored) => {
  const [counted, more] = [count(stored), object({ former: list(count), risenAt: timeIn })(stored)];
  return counted === null || more === null ? null : { ...counted, ...more };
};

const report: Read<MotionState["reported"]> = then(
  object({ moving: isTrue, at: needed(timeIn), heardAt: timeIn }),
  (found) => ({ ...found, heardAt: found.heardAt ?? found.at }),
);

export const decodeMotion: Read<MotionState> = or<MotionState>(
  object({
    anchor: place,
    anchoredAt: timeIn,
    nearby: list(fix),
    lastFix: fix,
    away: object({ fix: needed(fix), from: fix }),
    fastLegs: or(finite, 0),
    driving: isTrue,
    drivenAt: timeIn,
    displacedAt: timeIn,
    odometer: mark,
    reported: report,
    chargingSince: timeIn,
    leftAt: timeIn,
    arrivedAt: timeIn,
    lockedAsDriving: isTrue,
    settledAt: timeIn,
  }),
  UNKNOWN_MOTION,
);

/** Decodes a distance [m]; rejects one that is longer than a car drives in its life. */
const metres: Read<number | null> = then<number, number>(finite, (way) =>
  odometerOf(way / 1000) === null ? null : way,
);

const trip: Read<Trip | null> = then(
  object({
    startedAt: timeIn,
    heardAt: timeIn,
    isWitnessed: (stored) => stored !== false,
    soc: levelOf,
    from: position,
    base: sign,
    counted: sign,
    metres: needed(metres),
    metresCounted: or(metres, 0),
    fixes: needed(then<number, number>(finite, (number) => (number >= 0 ? number : null))),
    cutMetres: or(metres, 0),
    isTrackBroken: isTrue,
  }),
  (found) => {
    const heardAt = found.heardAt ?? found.startedAt;
    return heardAt === null ? null : { ...found, heardAt };
  },
);

const stop: Read<Stop | null> = then(
  object({
    at: needed(timeIn),
    heardAt: timeIn,
    cause: or<StopCause>(oneOf(CAUSES), "over"),
    isFinal: isTrue,
    first: decodeLevel,
  }),
  (found) => ({ ...found, heardAt: found.heardAt ?? found.at }),
);

const charge: Read<Charge | null> = then(
  object({
    startedAt: needed(timeIn),
    starts: decodeLevels,
    signAt: timeIn,
    paused: isTrue,
    pauses: or(finite, 0),
    stop,
  }),
  (found) => ({ ...found, signAt: found.signAt ?? found.startedAt }),
);

/** Decodes a saved state; damaged parts become unknown. */
export const decodeActivity: Read<ActivityState> = or<ActivityState>(
  object({
    motion: decodeMotion,
    trip,
    charge,
    levels: decodeLevels,
    place: position,
    stood: position,
    phaseAt: timeIn,
    chargedAt: timeIn,
    lastAt: timeIn,
  }),
  IDLE,
);
