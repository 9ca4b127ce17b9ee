import { metresBetween } from "./geography.js";
import type { MotionState, OdometerReading, OdometerChange } from "./motion-state.js";
import { odometerAt, parkedPosition, socAt, type ParkedCar } from "./parked-car.js";
import type { TripStart } from "./trip.js";

/** Assumes this mean speed [m/s] to estimate the start of a trip that only a fix or the odometer shows. */
const ASSUMED_START_MPS = 8;
/** Limits the unobserved part of a trip whose start is estimated [ms]. */
const LONGEST_UNOBSERVED_MS = 15 * 60_000;

/** Returns the start of a trip that the car itself reported at `at`. */
export function tripStartFromReport(car: ParkedCar, at: number): TripStart {
  return {
    startedAt: at,
    heardAt: at,
    isWitnessed: true,
    soc: socAt(car, at),
    from: parkedPosition(car),
    base: odometerAt(car),
  };
}

/** Returns the start of a trip that fixes show at `at`; `moved` is the motion after them. */
export function tripStartFromFixes(car: ParkedCar, moved: MotionState, at: number): TripStart {
  const { away } = moved;
  const first = away?.fix ?? null;
  const from = away?.from ?? null;
  const unheard = first === null || from === null ? null : unobservedMs(metresBetween(from, first), first, from);
  return {
    startedAt: first === null || unheard === null ? null : first.timestamp - unheard,
    heardAt: at,
    isWitnessed: true,
    soc: socAt(car, at),
    from: parkedPosition(car),
    base: odometerAt(car, first?.timestamp),
  };
}

/** Returns the start of a trip that only the odometer shows (`driven` or `missed`). */
export function tripStartFromOdometer(car: ParkedCar, reading: OdometerReading, step: OdometerChange): TripStart {
  const { odometer: before } = car.motion;
  const isKnown = before !== null && step === "driven";
  const unheard = isKnown
    ? unobservedMs((reading.km - before.km) * 1000, { timestamp: reading.at }, { timestamp: before.at })
    : null;
  return {
    startedAt: unheard === null ? null : reading.at - unheard,
    heardAt: reading.at,
    isWitnessed: isKnown,
    soc: before === null ? null : socAt(car, reading.at, before.at),
    from: parkedPosition(car),
    base: before,
  };
}

/** Estimates the duration of the unobserved distance `metres` [ms]; `null` if too long to estimate. */
function unobservedMs(metres: number, to: { timestamp: number }, from: { timestamp: number }): number | null {
  const ms = Math.min((metres / ASSUMED_START_MPS) * 1000, to.timestamp - from.timestamp);
  return ms <= LONGEST_UNOBSERVED_MS ? ms : null;
}
