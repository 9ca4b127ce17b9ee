import { CarDataError } from "../support/errors.js";
import { isObject, text, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import type { RestClient } from "./client.js";

/** How the BMW account stands to a car: only the main user's login may read it. */
export type Role = "primary" | "secondary";

export interface Mapping {
  readonly vin: string;
  readonly role: Role;
}

/** The cars of the BMW account. One call. */
export async function fetchMappings(client: RestClient): Promise<Mapping[]> {
  return parseMappings(await client.getJson("/customers/vehicles/mappings"));
}

/** What BMW knows of a car for good: model, drive train, equipment. One call. */
export async function fetchBasicData(client: RestClient, vin: string): Promise<JsonObject> {
  return parseBasicData(await client.getJson(`/customers/vehicles/${encodeURIComponent(vin)}/basicData`, vin));
}

/**
 * The mappings in any shape that was seen: a bare array (live), a single object (BMW's document), or one in a wrapper.
 * Entries without a VIN are left out; a missing type means primary.
 */
export function parseMappings(answer: unknown): Mapping[] {
  const byVin = new Map<string, Mapping>();
  for (const entry of listOf(answer)) {
    const vin = isObject(entry) ? parseVin(text(entry["vin"])?.trim()) : null;
    if (vin === null || byVin.has(vin)) continue;
    const type = text((entry as JsonObject)["mappingType"]) ?? "PRIMARY";
    byVin.set(vin, { vin, role: type.toUpperCase() === "PRIMARY" ? "primary" : "secondary" });
  }
  return [...byVin.values()];
}

export function parseBasicData(answer: unknown): JsonObject {
  if (!isObject(answer)) throw new CarDataError("rest_invalid_response");
  return answer;
}

/** The values of a car by descriptor; the older name of the member is accepted as well. */
export function parseTelematicData(answer: unknown): JsonObject {
  const data = isObject(answer) ? (answer["telematicData"] ?? answer["data"]) : null;
  if (!isObject(data)) throw new CarDataError("rest_invalid_response");
  return data;
}

function listOf(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  if (!isObject(answer)) throw new CarDataError("rest_invalid_response");
  for (const wrapper of ["mappings", "vehicles"]) {
    const list = answer[wrapper];
    if (Array.isArray(list)) return list;
  }
  if ("vin" in answer) return [answer];
  throw new CarDataError("rest_invalid_response");
}
