import type { Role } from "../rest/endpoints.js";
import { codecOf } from "../store/codec.js";
import { timeIn } from "../support/iso-time.js";
import { isObject, text, type JsonObject } from "../support/json.js";
import { list, needed, object, oneOf, or, type Read } from "../support/stored.js";
import { parseVin } from "../support/vin.js";
import { keepsLimits } from "../vehicle/entries.js";
import type { Reading, Value } from "../vehicle/reading.js";
import type { SavedState } from "../vehicle/vehicle.js";

/** The cars as they outlive a restart, by VIN. */
export type SavedVehicles = Iterable<readonly [vin: string, car: SavedCar]>;

export interface SavedCar {
  readonly role: Role | "unknown";
  readonly basicData: JsonObject | null;
  readonly readings: Iterable<Reading>;
  /** Motion, trip, charge and what else is remembered of the car. */
  readonly state: SavedState;
}

const isValue = (value: unknown): value is Value =>
  typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));

const value: Read<Value | null> = (stored) => (isValue(stored) ? stored : null);

const anyObject: Read<JsonObject | null> = (stored) => (isObject(stored) ? stored : null);

const last = object({ value: needed(value), timestamp: needed(timeIn) });

const readingMembers = object({
  descriptor: needed(text),
  // `null` is a value: it is unknown.
  value: (stored) => (stored === null || isValue(stored) ? stored : undefined),
  unit: text,
  timestamp: needed(timeIn),
  raw: anyObject,
  last,
});

function reading(stored: unknown): Reading | null {
  const members = readingMembers(stored);
  if (members === null || !isObject(stored)) return null;
  const { data, unit: storedUnit } = stored;
  const { raw, last, ...known } = members;
  if (!keepsLimits(known.descriptor, known.value, storedUnit)) return null;
  return {
    ...known,
    source: "restored",
    ...(raw !== null && { raw }),
    ...(data !== undefined && { data }),
    ...(known.value === null && last !== null && { last }),
  };
}

const savedCar = object({
  vin: needed(parseVin),
  role: or<SavedCar["role"]>(oneOf(["primary", "secondary"]), "unknown"),
  basicData: anyObject,
  readings: list(reading),
  state: or<SavedState>(anyObject, {}),
});

const savedCars = list(savedCar);

/** `vehicles.json` */
export const vehiclesCodec = codecOf<SavedVehicles>({
  initial: () => [],
  encode: (state) => [...state].map(([vin, { readings, ...car }]) => ({ vin, ...car, readings: [...readings] })),
  read: (data) =>
    Array.isArray(data) ? savedCars(data).map(({ vin, ...car }): [string, SavedCar] => [vin, car]) : null,
});
