import { timeIn } from "../support/iso-time.js";
import { finite, isObject } from "../support/json.js";
import type { VehicleEvent } from "./events.js";
import type { Evidence } from "./evidence.js";
import { metresBetween } from "./geography.js";
import { decodeMotion } from "./motion-codec.js";
import {
  isMoving,
  nextChangeAt,
  settled,
  standing,
  UNKNOWN_MOTION,
  withCharging,
  withFix,
  withLock,
  withOdometer,
  withReport,
  type MotionState,
} from "./motion.js";
import { odometerOf } from "./odometer.js";
import { decodePosition, type Position } from "./position.js";
import { levelOf } from "./values.js";

/** What else is known of the car at the moment. */
export interface TripContext {
  readonly soc: { readonly value: number; readonly timestamp: number } | null;
  /** In kilometres, and as the car shows it. */
  readonly odometer: { readonly km: number; readonly shown: number; readonly timestamp: number } | null;
}

/** A trip on its way. */
interface Trip {
  readonly startedAt: number;
  readonly soc: number | null;
  readonly odometerKm: number | null;
  readonly from: Position | null;
  /** Length of the track of fixes. */
  readonly metres: number;
  readonly fixes: number;
}

/** Where and when a trip would begin. */
interface Start {
  readonly startedAt: number;
  readonly from: Position | null;
  readonly km: number | null;
}

const NO_EVENTS: VehicleEvent[] = [];

interface SavedTrips {
  readonly motion: MotionState;
  readonly trip: Trip | null;
  readonly position: Position | null;
}

const MINUTE_MS = 60_000;
/** Where only a fix tells that a trip has begun, it began a while before. */
const ASSUMED_START_MPS = 8;
/** A track of fixes cuts bends: the share of the way that it may miss, which grows with the square of its legs. */
const MISSED_AT_1_KM = 0.1;
const MOST_MISSED = 0.05;

/** Follows a car's motion and tells its trips. */
export class Trips {
  #motion = UNKNOWN_MOTION;
  #trip: Trip | null = null;
  #position: Position | null = null;

  /** Whether the car moves, by what came so far. */
  moving(now: number): boolean | null {
    return isMoving(this.#motion, now);
  }

  /** A trip has begun and not ended, whether the car moves at the moment or not. */
  get underWay(): boolean {
    return this.#trip !== null;
  }

  /** False for cars that send `isMoving` themselves. */
  get mustBeDerived(): boolean {
    return this.#motion.reported === null;
  }

  /** When time alone may end the trip; it never begins one. */
  dueAt(now: number): number | null {
    return this.#trip === null ? null : nextChangeAt(this.#motion, now);
  }

  /** Takes what came together, in the order of time, and concludes once: an odometer may come with "stands by now". */
  take(evidence: readonly Evidence[], now: number, context: () => TripContext): VehicleEvent[] {
    let start: Start | null = null;
    for (const one of evidence) {
      const candidate: Start | null = this.#trip === null && start === null ? this.#startBy(one) : null;
      this.#motion = this.#next(one, now);
      if (one.kind === "fix") this.#follow(one.fix);
      if (candidate !== null && isMoving(this.#motion, now) === true) start = candidate;
    }
    return this.#judge(now, context, start);
  }

  /** Lets the time pass. */
  tick(now: number, context: () => TripContext): VehicleEvent[] {
    return this.#judge(now, context, null);
  }

  save(): SavedTrips {
    return { motion: this.#motion, trip: this.#trip, position: this.#position };
  }

  /** Goes on with what `save` gave, also in the middle of a trip. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#motion = decodeMotion(saved["motion"]);
    this.#trip = decodeTrip(saved["trip"]);
    this.#position = decodePosition(saved["position"]);
  }

  #next(evidence: Evidence, now: number): MotionState {
    switch (evidence.kind) {
      case "fix":
        return withFix(this.#motion, evidence.fix, now);
      case "odometer":
        return withOdometer(this.#motion, evidence.km, evidence.at);
      case "report":
        return withReport(this.#motion, evidence.moving, evidence.at);
      case "charging":
        return withCharging(this.#motion, evidence.charging, evidence.at);
      case "lock":
        return withLock(this.#motion, evidence.status, this.moving(now) === true, evidence.at);
    }
  }

  /** The trip that this evidence may begin: the odometer that starts a trip has already counted some of it. */
  #startBy(evidence: Evidence): Start {
    return { startedAt: this.#beginOf(evidence), from: this.#position, km: this.#motion.odometer?.km ?? null };
  }

  #beginOf(evidence: Evidence): number {
    if (evidence.kind !== "fix") return evidence.at;
    const { fix } = evidence;
    if (this.#position === null) return fix.timestamp;
    const under = (metresBetween(this.#position, fix) / ASSUMED_START_MPS) * 1000;
    return Math.max(this.#position.timestamp, fix.timestamp - Math.min(under, 3 * MINUTE_MS));
  }

  #follow(fix: Position): void {
    if (this.#trip !== null) this.#trip = lengthened(this.#trip, this.#position, fix);
    this.#position = fix;
  }

  #judge(now: number, context: () => TripContext, start: Start | null): VehicleEvent[] {
    const moving = isMoving(this.#motion, now);
    if (moving === true) return start === null ? NO_EVENTS : [this.#start(context(), start)];
    this.#motion = standing(this.#motion);
    if (this.#trip === null) return NO_EVENTS;
    const ended = this.#end(this.#trip, context());
    this.#trip = null;
    this.#motion = settled(this.#motion, now);
    return [ended];
  }

  #start({ soc, odometer }: TripContext, { startedAt, from, km }: Start): VehicleEvent {
    const odometerKm = km ?? odometer?.km ?? null;
    const trip = { startedAt, soc: soc?.value ?? null, odometerKm, from, metres: 0, fixes: 0 };
    const isNewFix = this.#position !== null && this.#position !== from;
    this.#trip = isNewFix && this.#position !== null ? lengthened(trip, from, this.#position) : trip;
    const shown = odometer?.shown ?? null;
    return { name: "tripStarted", at: startedAt, startedAt, soc: trip.soc, odometer: shown, from };
  }

  #end(trip: Trip, { soc, odometer }: TripContext): VehicleEvent {
    const { startedAt, from } = trip;
    const endedAt = this.#endOf(startedAt);
    const isMeasured = soc !== null && trip.soc !== null && soc.timestamp > startedAt;
    const to = this.#position;
    return {
      name: "tripEnded",
      at: endedAt,
      startedAt,
      endedAt,
      distanceKm: distanceOf(trip, odometer, endedAt),
      durationMin: Math.round((endedAt - startedAt) / MINUTE_MS),
      socUsed: isMeasured ? round(trip.soc - soc.value) : null,
      from,
      to: to !== null && to.timestamp >= startedAt ? to : null,
    };
  }

  /** The last movement; for cars that tell nothing else, the last kilometre. */
  #endOf(startedAt: number): number {
    const { displacedAt, odometer } = this.#motion;
    if (displacedAt !== null && displacedAt >= startedAt) return displacedAt;
    return Math.max(startedAt, odometer?.risenAt ?? startedAt);
  }
}

function lengthened(trip: Trip, former: Position | null, fix: Position): Trip {
  const leg = former === null ? 0 : metresBetween(former, fix);
  return { ...trip, metres: trip.metres + leg, fixes: trip.fixes + 1 };
}

/** In kilometres: the odometer counts whole ones and the track of fixes cuts bends, so each corrects the other. */
function distanceOf(trip: Trip, odometer: TripContext["odometer"], endedAt: number): number | null {
  const { startedAt, odometerKm, metres, fixes } = trip;
  const track = fixes > 0 ? metres / 1000 : null;
  const isCounted = odometer !== null && odometerKm !== null && odometer.timestamp >= startedAt;
  const driven = isCounted ? odometer.km - odometerKm : -1;
  if (!isCounted || driven < 0) return track === null ? null : round(track);
  if (track === null) return round(driven);
  // An odometer that was read on the way has not counted the rest.
  if (odometer.timestamp < endedAt - MINUTE_MS) return round(Math.max(driven, track));
  const doubt = Number.isInteger(odometer.shown) ? 1 : 0.1;
  const least = Math.max(driven - doubt, track);
  const missed = Math.min(MOST_MISSED, MISSED_AT_1_KM * (track / fixes) ** 2);
  const most = Math.min(driven + doubt, track * (1 + missed));
  return round(least <= most ? (least + most) / 2 : driven);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function decodeTrip(saved: unknown): Trip | null {
  if (!isObject(saved)) return null;
  const startedAt = timeIn(saved["startedAt"]);
  const [metres, fixes] = [finite(saved["metres"]), finite(saved["fixes"])];
  if (startedAt === null || metres === null || fixes === null || metres < 0 || fixes < 0) return null;
  return {
    startedAt,
    soc: levelOf(saved["soc"]),
    odometerKm: odometerOf(saved["odometerKm"]),
    from: decodePosition(saved["from"]),
    metres,
    fixes,
  };
}
