import type { Role } from "../rest/endpoints.js";
import type { Codec } from "../store/document.js";
import { timeIn } from "../support/iso-time.js";
import { isObject, text, type JsonObject } from "../support/json.js";
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

/** `vehicles.json` */
export const vehiclesCodec: Codec<SavedVehicles> = {
  version: 1,
  initial: () => [],
  encode: (state) => [...state].map(([vin, { readings, ...car }]) => ({ vin, ...car, readings: [...readings] })),
  decode: (data) => {
    if (!Array.isArray(data)) throw new Error("not a list of cars");
    return data.filter(isObject).flatMap(decodeCar);
  },
};

function decodeCar(saved: JsonObject): [string, SavedCar][] {
  const vin = parseVin(saved["vin"]);
  if (vin === null) return [];
  const { role, basicData, readings, state } = saved;
  const car: SavedCar = {
    role: role === "primary" || role === "secondary" ? role : "unknown",
    basicData: isObject(basicData) ? basicData : null,
    readings: Array.isArray(readings) ? readings.filter(isObject).flatMap(decodeReading) : [],
    state: isObject(state) ? state : {},
  };
  return [[vin, car]];
}

function decodeReading(saved: JsonObject): Reading[] {
  const descriptor = text(saved["descriptor"]);
  const timestamp = timeIn(saved["timestamp"]);
  const { value, unit, raw, data, last } = saved;
  if (descriptor === null || timestamp === null || !(value === null || isValue(value))) return [];
  if (!keepsLimits(descriptor, value, unit)) return [];
  const reading: Reading = {
    descriptor,
    value,
    unit: text(unit),
    timestamp,
    source: "restored",
    ...(isObject(raw) && { raw }),
    ...(data !== undefined && { data }),
    ...(value === null && decodeLast(last)),
  };
  return [reading];
}

function decodeLast(last: unknown): Pick<Reading, "last"> {
  if (!isObject(last)) return {};
  const { value } = last;
  const timestamp = timeIn(last["timestamp"]);
  return timestamp !== null && isValue(value) ? { last: { value, timestamp } } : {};
}

function isValue(value: unknown): value is Value {
  return (
    typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
  );
}
