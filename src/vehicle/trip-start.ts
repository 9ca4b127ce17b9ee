import { metresBetween } from "./geography.js";
import type { MotionState, OdometerSign, OdometerStep } from "./motion-state.js";
import { odometerAt, placeOf, socAt, type StandingCar } from "./standing-car.js";
import type { TripStart } from "./trip.js";

/** Where only a fix or the odometer tells that a trip has begun, it began a while before. */
const ASSUMED_START_MPS = 8;
/** Nobody can tell when a longer way has begun. */
const LONGEST_UNHEARD_MS = 15 * 60_000;

/** A trip that begins with the car's own word, of the moment `at`. */
export function startByReport(car: StandingCar, at: number): TripStart {
  return {
    startedAt: at,
    heardAt: at,
    isWitnessed: true,
    soc: socAt(car, at),
    from: placeOf(car),
    base: odometerAt(car),
  };
}

/** A trip that fixes show; `moved` is what they have made of the motion, at `at`. */
export function startByFixes(car: StandingCar, moved: MotionState, at: number): TripStart {
  const { away } = moved;
  const first = away?.fix ?? null;
  const from = away?.from ?? null;
  const unheard = first === null || from === null ? null : unheardMs(metresBetween(from, first), first, from);
  return {
    startedAt: first === null || unheard === null ? null : first.timestamp - unheard,
    heardAt: at,
    isWitnessed: true,
    soc: socAt(car, at),
    from: placeOf(car),
    base: odometerAt(car, first?.timestamp),
  };
}

/** A trip that nothing but the odometer tells of: `driven` or `missed`. */
export function startByOdometer(car: StandingCar, sign: OdometerSign, step: OdometerStep): TripStart {
  const { odometer: before } = car.motion;
  const isKnown = before !== null && step === "driven";
  const unheard = isKnown
    ? unheardMs((sign.km - before.km) * 1000, { timestamp: sign.at }, { timestamp: before.at })
    : null;
  return {
    startedAt: unheard === null ? null : sign.at - unheard,
    heardAt: sign.at,
    isWitnessed: isKnown,
    soc: before === null ? null : socAt(car, sign.at, before.at),
    from: placeOf(car),
    base: before,
  };
}

/** How long the way of `metres` may have taken, of which nothing was heard; `null` if that is too long to tell. */
function unheardMs(metres: number, to: { timestamp: number }, from: { timestamp: number }): number | null {
  const ms = Math.min((metres / ASSUMED_START_MPS) * 1000, to.timestamp - from.timestamp);
  return ms <= LONGEST_UNHEARD_MS ? ms : null;
}
