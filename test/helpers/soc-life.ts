import fc from "fast-check";
import type { SocEstimator } from "../../src/soc/soc-estimator.js";
import type { VehicleEvent } from "../../src/vehicle/vehicle-event.js";
import type { Reading, ReadingValue } from "../../src/vehicle/reading.js";
import { ODOMETER, SOC, STATUS, TARGET } from "./test-vehicle.js";

const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const CAPACITY = "vehicle.drivetrain.batteryManagement.maxEnergy";
const POWER = "vehicle.powertrain.electric.battery.charging.power";
const SECOND = 1000;

const value = fc.oneof(
  fc.integer({ min: -5, max: 120 }),
  fc.double(),
  fc.constantFrom("CHARGINGACTIVE", "NOCHARGING", "3-PHASES", "DC_X", "", true, false, null),
);
const descriptor = fc.constantFrom(
  ...[SOC, STATUS, TARGET, CAPACITY, POWER, ODOMETER, "vehicle.isMoving", "vehicle.body.chargingPort.status"],
  ...["method", "level", "acVoltage", "acAmpere", "phaseNumber", "timeRemaining"].map((name) => `${CHARGING}.${name}`),
);
/** Generates what may happen to the estimate of a car, valid or not [s]. */
const happening = fc.record({
  wait: fc.integer({ min: -600, max: 3600 }),
  late: fc.integer({ min: -60, max: 900 }),
  told: fc.array(fc.tuple(descriptor, value), { maxLength: 5 }),
  event: fc.constantFrom(null, "start", "end"),
  meter: fc.option(fc.double()),
});
type SocHappening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

export const socLife = fc.array(happening, { maxLength: 25 });

/** Applies it to the car some time after `then`; returns its time [ms]. */
export function happen(
  car: SocEstimator,
  { wait, late, told: reported, event, meter }: SocHappening,
  then: number,
): number {
  const now = then + wait * SECOND;
  const { started, ended } = tripAt(now);
  const events = event === null ? [] : [event === "start" ? started : ended(now)];
  const readings = reported.map(([name, one]) => readingOf(name, one, now - late * SECOND));
  car.take(readings, events, now);
  if (meter !== null) car.meter(meter, 0, now);
  car.tick(now);
  return now;
}

export function readingOf(
  name: string,
  one: ReadingValue | null,
  timestamp: number,
  unit: string | null = null,
): Reading {
  return { descriptor: name, value: one, unit, timestamp, source: "stream" };
}

/** The events of a trip from `at` on. */
export function tripAt(at: number): {
  readonly started: VehicleEvent;
  readonly ended: (endedAt: number) => VehicleEvent;
} {
  return {
    started: { name: "tripStarted", at, startedAt: at, inferred: false, soc: null, odometer: null, from: null },
    ended: (endedAt) => ({
      ...{
        name: "tripEnded",
        at: endedAt,
        startedAt: at,
        endedAt,
        inferred: false,
        distanceKm: null,
        durationMin: 1,
        socUsed: null,
      },
      ...{ from: null, to: null },
    }),
  };
}
