import { finiteNumber } from "../../support/json.js";
import { isTrue, needed, object, oneOf, type StoredReader } from "../../support/stored-schema.js";
import { isGeoPoint } from "../../vehicle/geography.js";
import type { ChargingMethod } from "../../vehicle/vehicle-event.js";
import { capacityOf, MOST_KMH, percentOf } from "../settings.js";

/** Times of an observation in ms: `at` is BMW's (the time of receipt where it sent none), `now` that of receipt. */
interface Timed {
  readonly at: number;
  readonly now: number;
}

/** Names where a level comes from, in the order in which they count. */
export const LEVEL_SOURCES = ["header", "displayed", "level", "tripEnd"] as const;
export type LevelSource = (typeof LEVEL_SOURCES)[number];

/**
 * A state of charge that the car told, percent. `level` is BMW's forecast of a charge, `tripEnd` the end of a trip's
 * segment.
 */
export interface LevelObservation extends Timed {
  readonly kind: "soc";
  readonly source: LevelSource;
  readonly soc: number;
  /** It came over the stream, so it marks the moment of a step; over REST it is a sample. */
  readonly pushed: boolean;
}

export interface OdometerObservation extends Timed {
  readonly kind: "odometer";
  readonly km: number;
  /** Step of its last digit, km, where `km` does not show that. */
  readonly stepKm?: number;
}

export interface PositionObservation extends Timed {
  readonly kind: "position";
  readonly latitude: number;
  readonly longitude: number;
  /** How far it was from the one at `waySince`, if that is known better than by the straight line. */
  readonly wayKm?: number;
  readonly waySince?: number;
}

/** One thing that was told about a charge, the battery or the way. Units: kW, kWh, percent, V, A, km, km/h, minutes. */
export type Observation =
  | LevelObservation
  | OdometerObservation
  | PositionObservation
  | ({ readonly kind: "status"; readonly active: boolean } & Timed)
  /** `null`: the car names no method. */
  | ({ readonly kind: "method"; readonly method: ChargingMethod | null } & Timed)
  | ({ readonly kind: "power"; readonly kw: number } & Timed)
  | { readonly kind: "meter"; readonly kw: number; readonly auxKw: number; readonly now: number }
  | ({ readonly kind: "volts"; readonly volts: number } & Timed)
  | ({ readonly kind: "amps"; readonly amps: number } & Timed)
  | ({ readonly kind: "phases"; readonly phases: number | null } & Timed)
  | ({ readonly kind: "target"; readonly soc: number } & Timed)
  | ({ readonly kind: "capacity"; readonly source: "maxEnergy" | "batterySizeMax"; readonly kwh: number } & Timed)
  | ({ readonly kind: "minutesLeft"; readonly minutes: number } & Timed)
  | ({ readonly kind: "plugged" } & Timed)
  | ({ readonly kind: "motion"; readonly moving: boolean } & Timed)
  | {
      readonly kind: "speed";
      readonly kmh: number | null;
      /** How long it is true at most; else until the next one. */
      readonly holdsMs?: number;
      /** It is that of a way that is told as well, not of this moment. */
      readonly isMean?: true;
      readonly now: number;
    };

/** No charge takes longer: who has heard nothing else since then does not know whether it goes on. */
const LONGEST_CHARGE_MS = 36 * 3_600_000;

/** Tells whether an observation can be: its numbers are numbers, and what it tells is possible. */
export function isPossible(observation: Observation): boolean {
  // Looked at on every observation: a list of the values would cost more than to look at them.
  for (const name in observation) {
    const value: unknown = observation[name as keyof Observation];
    if (typeof value === "number" && !Number.isFinite(value)) return false;
  }
  return isPlausible(observation);
}

function isPlausible(observation: Observation): boolean {
  switch (observation.kind) {
    case "soc":
    case "target":
      return percentOf(observation.soc) !== null;
    case "capacity":
      return capacityOf(observation.kwh) !== null;
    case "status":
      return !observation.active || observation.now - observation.at <= LONGEST_CHARGE_MS;
    case "speed":
      return observation.kmh === null || (observation.kmh >= 0 && observation.kmh <= MOST_KMH);
    case "position":
      return isGeoPoint(observation) && !isNoFix(observation);
    default:
      return true;
  }
}

/** Puts an observation right of which the car's clock was ahead: nothing was measured after it arrived. */
export function dated<One extends Observation>(observation: One): One {
  return "at" in observation && observation.at > observation.now
    ? { ...observation, at: observation.now }
    : observation;
}

/** Tells whether an observation says something of charging. The level at the end of a trip may be older than a charge. */
export function concernsCharging(observation: Observation): boolean {
  switch (observation.kind) {
    case "soc":
      return observation.source !== "tripEnd";
    case "odometer":
    case "position":
    case "motion":
    case "speed":
      return false;
    default:
      return true;
  }
}

/** Reads a level out of what was saved; `null` if it cannot be used. */
export const decodeLevelObservation: StoredReader<LevelObservation | null> = object({
  kind: (): "soc" => "soc",
  source: needed(oneOf(LEVEL_SOURCES)),
  soc: needed(percentOf),
  at: needed(finiteNumber),
  now: needed(finiteNumber),
  pushed: isTrue,
});

/** Tells the middle of the Atlantic, as a receiver without a fix does. */
function isNoFix({ latitude, longitude }: PositionObservation): boolean {
  return Math.abs(latitude) + Math.abs(longitude) <= 0.1;
}
