import { IS_MOVING } from "./derived-readings.js";
import type { MeasuredLevel } from "./measured-level.js";
import type { OdometerReading } from "./motion-state.js";
import { kilometres, ODOMETER, stepKmOf } from "./odometer-filter.js";
import type { Position } from "./position.js";
import type { Reading, ReadingValue } from "./reading.js";
import { CHARGING_STATUS, DOOR_STATUS, levelOf, SOC_SOURCES } from "./source-priority.js";
import { chargingPhase, type ChargingPhase } from "./words.js";

/** Describes one observation of what the car does. Times are BMW's [ms]. */
export type ActivityObservation =
  | { readonly kind: "fix"; readonly fix: Position; readonly at: number }
  | { readonly kind: "level"; readonly level: MeasuredLevel; readonly at: number }
  /** The cable was plugged in or unplugged. */
  | { readonly kind: "cable"; readonly plugged: boolean; readonly at: number }
  | { readonly kind: "charging"; readonly phase: ChargingPhase; readonly at: number }
  /** Charging power was reported. */
  | { readonly kind: "power"; readonly at: number }
  | { readonly kind: "report"; readonly moving: boolean; readonly at: number }
  | ({ readonly kind: "odometer" } & OdometerReading)
  | { readonly kind: "lock"; readonly status: string; readonly at: number };

export const CHARGING_POWER = "vehicle.powertrain.electric.battery.charging.power";

/**
 * Orders observations of the same moment: a level belongs to what begins or ends with it, and the car's report precedes
 * its counters.
 */
const ORDER: Readonly<Record<ActivityObservation["kind"], number>> = {
  fix: 0,
  level: 1,
  cable: 2,
  charging: 3,
  power: 4,
  report: 5,
  odometer: 6,
  lock: 7,
};

type ObservationFactory = (value: ReadingValue, reading: Reading) => ActivityObservation | null;

const FACTORIES: ReadonlyMap<string, ObservationFactory> = new Map(
  Object.entries<ObservationFactory>({
    [ODOMETER]: (value, reading) => {
      const km = kilometres(reading);
      const { timestamp: at } = reading;
      return km === null ? null : { kind: "odometer", km, stepKm: stepKmOf(reading), shown: Number(value), at };
    },
    [IS_MOVING]: (value, { timestamp: at }) =>
      typeof value === "boolean" ? { kind: "report", moving: value, at } : null,
    [DOOR_STATUS]: (value, { timestamp: at }) =>
      typeof value === "string" ? { kind: "lock", status: value, at } : null,
    [CHARGING_STATUS]: (value, { timestamp: at }) => {
      const phase = chargingPhase(value);
      return phase === null ? null : { kind: "charging", phase, at };
    },
    [CHARGING_POWER]: (value, { timestamp: at }) =>
      typeof value === "number" && value > 0 ? { kind: "power", at } : null,
    ...Object.fromEntries(
      SOC_SOURCES.map((descriptor, source): [string, ObservationFactory] => [descriptor, levelFactory(source)]),
    ),
  }),
);

function levelFactory(source: number): ObservationFactory {
  return (value, { timestamp: at }) => {
    const soc = levelOf(value);
    return soc === null ? null : { kind: "level", level: { soc, at, source }, at };
  };
}

/** Returns the observations in accepted readings and fixes. */
export function activityObservations(accepted: readonly Reading[], fixes: readonly Position[]): ActivityObservation[] {
  const observations: ActivityObservation[] = fixes.map((fix) => ({ kind: "fix", fix, at: fix.timestamp }));
  for (const reading of accepted) {
    const make = FACTORIES.get(reading.descriptor);
    const reported = make === undefined || reading.value === null ? null : make(reading.value, reading);
    if (reported !== null) observations.push(reported);
  }
  return observations;
}

/** Sorts observations by BMW's time, in place: by insertion, because a message has a few that are nearly in order. */
export function sortedByTime(observations: ActivityObservation[]): ActivityObservation[] {
  let count = 0;
  for (const one of observations) {
    let place = count++;
    while (place > 0) {
      const other = observations[place - 1];
      if (other === undefined || !isBefore(one, other)) break;
      observations[place--] = other;
    }
    observations[place] = one;
  }
  return observations;
}

function isBefore(one: ActivityObservation, other: ActivityObservation): boolean {
  return one.at < other.at || (one.at === other.at && ORDER[one.kind] < ORDER[other.kind]);
}
