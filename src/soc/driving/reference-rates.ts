import { isObject, type JsonObject } from "../../support/json.js";

/**
 * Learned rates of one car as the reference stores them (`kwh_per_km`, `trip_count`, `monthly`, `speed_buckets`), in the
 * form of `Consumption.save`; anything else as it is.
 */
export function ownRates(saved: unknown): unknown {
  if (!isObject(saved) || !("kwh_per_km" in saved)) return saved;
  return { overall: rate(saved), months: rates(saved["monthly"]), brackets: rates(saved["speed_buckets"]) };
}

function rates(saved: unknown): JsonObject {
  const entries = Object.entries(isObject(saved) ? saved : {});
  return Object.fromEntries(entries.map(([name, one]) => [name, rate(one)]));
}

function rate(saved: unknown): JsonObject | null {
  return isObject(saved) ? { kwhPerKm: saved["kwh_per_km"], trips: saved["trip_count"] } : null;
}
