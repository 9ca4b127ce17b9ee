import { metresBetween } from "./geography.js";
import type { MotionState, OdometerSign, OdometerStep } from "./motion-state.js";
import { odometerAt, placeOf, socAt, type StandingCar } from "./standing-car.js";
import type { TripStart } from "./trip.js";

/** Assumes this mean speed [m/s] to estimate the start of a trip that only a fix or the odometer shows. */
const ASSUMED_START_MPS = 8;
/** Limits the unobserved part of a trip whose start is estimated [ms]. */
const LONGEST_UNHEARD_MS = 15 * 60_000;

/** Returns the start of a trip that the car itself reported at `at`. */
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

/** Returns the start of a trip that fixes show at `at`; `moved` is the motion after them. */
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

/** Returns the start of a trip that only the odometer shows (`driven` or `missed`). */
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

/** Estimates the duration of the unobserved distance `metres` [ms]; `null` if too long to estimate. */
function unheardMs(metres: number, to: { timestamp: number }, from: { timestamp: number }): number | null {
  const ms = Math.min((metres / ASSUMED_START_MPS) * 1000, to.timestamp - from.timestamp);
  return ms <= LONGEST_UNHEARD_MS ? ms : null;
}
