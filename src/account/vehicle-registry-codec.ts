import type { MappingRole } from "../rest/requests.js";
import { codecOf } from "../store/codec.js";
import { validTime } from "../support/iso-time.js";
import { isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import { storedList, needed, object, oneOf, or, type StoredReader } from "../support/stored-schema.js";
import { parseVin } from "../support/vin.js";
import { isWithinLimits } from "../vehicle/descriptor-entries.js";
import type { Reading, ReadingValue } from "../vehicle/reading.js";
import type { SavedState } from "../vehicle/vehicle.js";

/** The cars as they outlive a restart, by VIN. */
export type SavedVehicles = Iterable<readonly [vin: string, car: SavedVehicle]>;

export interface SavedVehicle {
  readonly role: MappingRole | "unknown";
  readonly basicData: JsonObject | null;
  readonly readings: Iterable<Reading>;
  /** State of motion, trip, charge and filters of the car. */
  readonly state: SavedState;
}

const isValue = (value: unknown): value is ReadingValue =>
  typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));

const value: StoredReader<ReadingValue | null> = (stored) => (isValue(stored) ? stored : null);

const anyObject: StoredReader<JsonObject | null> = (stored) => (isObject(stored) ? stored : null);

const last = object({ value: needed(value), timestamp: needed(validTime) });

const readingMembers = object({
  descriptor: needed(nonEmptyText),
  // `null` is a value: unknown.
  value: (stored) => (stored === null || isValue(stored) ? stored : undefined),
  unit: nonEmptyText,
  timestamp: needed(validTime),
  raw: anyObject,
  last,
});

function reading(stored: unknown): Reading | null {
  const members = readingMembers(stored);
  if (members === null || !isObject(stored)) return null;
  const { data, unit: storedUnit } = stored;
  const { raw, last, ...known } = members;
  if (!isWithinLimits(known.descriptor, known.value, storedUnit)) return null;
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
  role: or<SavedVehicle["role"]>(oneOf(["primary", "secondary"]), "unknown"),
  basicData: anyObject,
  readings: storedList(reading),
  state: or<SavedState>(anyObject, {}),
});

const savedCars = storedList(savedCar);

/** `vehicles.json` */
export const vehiclesCodec = codecOf<SavedVehicles>({
  initial: () => [],
  encode: (state) => [...state].map(([vin, { readings, ...car }]) => ({ vin, ...car, readings: [...readings] })),
  read: (data) =>
    Array.isArray(data) ? savedCars(data).map(({ vin, ...car }): [string, SavedVehicle] => [vin, car]) : null,
});
