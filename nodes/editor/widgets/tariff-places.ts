import { isObject } from "../../../src/support/json.js";
import { isEnvironment } from "./settings.js";

/** Returns the place of a tariff that is not among the places; `null` if all are. */
export function unknownPlace(tariffs: unknown, places: unknown): string | null {
  const named = namesIn(places, "name");
  // The name of a place may be known at the start only.
  if (named.some(isEnvironment)) return null;
  const wanted = namesIn(tariffs, "place").filter((name) => name !== "" && !isEnvironment(name));
  return wanted.find((name) => !named.includes(name)) ?? null;
}

function namesIn(list: unknown, member: string): string[] {
  const entries = Array.isArray(list) ? list.filter(isObject) : [];
  return entries.map((entry) => entry[member]).map((name) => (typeof name === "string" ? name.trim() : ""));
}
