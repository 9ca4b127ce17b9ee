import { IS_MOVING } from "./derived.js";
import type { Level } from "./level.js";
import type { OdometerSign } from "./motion-state.js";
import { kilometres, ODOMETER, stepKmOf } from "./odometer.js";
import type { Position } from "./position.js";
import type { Reading, Value } from "./reading.js";
import { CHARGING_STATUS, DOOR_STATUS, levelOf, SOC_SOURCES } from "./values.js";
import { chargingPhase, type ChargingPhase } from "./words.js";

/** Describes one observation of what the car does. Times are BMW's [ms]. */
export type Evidence =
  | { readonly kind: "fix"; readonly fix: Position; readonly at: number }
  | { readonly kind: "level"; readonly level: Level; readonly at: number }
  /** The cable was plugged in or unplugged. */
  | { readonly kind: "cable"; readonly plugged: boolean; readonly at: number }
  | { readonly kind: "charging"; readonly phase: ChargingPhase; readonly at: number }
  /** Charging power was reported. */
  | { readonly kind: "power"; readonly at: number }
  | { readonly kind: "report"; readonly moving: boolean; readonly at: number }
  | ({ readonly kind: "odometer" } & OdometerSign)
  | { readonly kind: "lock"; readonly status: string; readonly at: number };

const CHARGING_POWER = "vehicle.powertrain.electric.battery.charging.power";

/**
 * Orders observations of the same moment: a level belongs to what begins or ends with it, and the car's report precedes
 * its counters.
 */
const ORDER: readonly Evidence["kind"][] = ["fix", "level", "cable", "charging", "power", "report", "odometer", "lock"];

type Maker = (value: Value, reading: Reading) => Evidence | null;

const MAKERS: Readonly<Record<string, Maker>> = {
  [ODOMETER]: (value, reading) => {
    const km = kilometres(reading);
    const { timestamp: at } = reading;
    return km === null ? null : { kind: "odometer", km, stepKm: stepKmOf(reading), shown: Number(value), at };
  },
  [IS_MOVING]: (value, { timestamp: at }) =>
    typeof value === "boolean" ? { kind: "report", moving: value, at } : null,
  [DOOR_STATUS]: (value, { timestamp: at }) => (typeof value === "string" ? { kind: "lock", status: value, at } : null),
  [CHARGING_STATUS]: (value, { timestamp: at }) => {
    const phase = chargingPhase(value);
    return phase === null ? null : { kind: "charging", phase, at };
  },
  [CHARGING_POWER]: (value, { timestamp: at }) =>
    typeof value === "number" && value > 0 ? { kind: "power", at } : null,
  ...Object.fromEntries(SOC_SOURCES.map((descriptor, source): [string, Maker] => [descriptor, levelMaker(source)])),
};

function levelMaker(source: number): Maker {
  return (value, { timestamp: at }) => {
    const soc = levelOf(value);
    return soc === null ? null : { kind: "level", level: { soc, at, source }, at };
  };
}

/** Returns the observations in accepted readings and fixes. */
export function evidenceIn(accepted: readonly Reading[], fixes: readonly Position[]): Evidence[] {
  const evidence: Evidence[] = fixes.map((fix) => ({ kind: "fix", fix, at: fix.timestamp }));
  for (const reading of accepted) {
    const make = reading.value === null ? undefined : MAKERS[reading.descriptor];
    const told = make === undefined || reading.value === null ? null : make(reading.value, reading);
    if (told !== null) evidence.push(told);
  }
  return evidence;
}

/** Sorts observations by BMW's time. */
export function inOrder(evidence: Evidence[]): Evidence[] {
  return evidence.sort((one, other) => one.at - other.at || ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
}
