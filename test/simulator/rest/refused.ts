import { randomUUID } from "node:crypto";
import type { ServerAnswer } from "../http.js";

/** BMW's refusals, with the HTTP status that was seen for them where BMW's document says another one. */
const REFUSALS = {
  "CU-100": [401, "No token"],
  "CU-101": [401, "Authentication error"],
  "CU-102": [401, "Token expired"],
  "CU-103": [403, "Scope is not CarData"],
  "CU-104": [403, "No permission for the VIN"],
  "CU-105": [403, "No permission for the container"],
  "CU-120": [400, "VIN format"],
  "CU-121": [400, "Container id format"],
  "CU-122": [208, "Container already deleted"],
  "CU-124": [403, "Maximum number of containers reached"],
  "CU-125": [400, "Pagination token expired"],
  "CU-126": [404, "No image"],
  "CU-127": [404, "No location based charging settings"],
  "CU-400": [400, "Bad request"],
  "CU-401": [400, "Parameter invalid"],
  "CU-402": [400, "Key not found or deprecated"],
  "CU-403": [403, "Bad Request. Forbidden"],
  "CU-429": [403, "API rate limit reached"],
} as const satisfies Record<string, readonly [number, string]>;

export function refused(exveErrorId: keyof typeof REFUSALS, headers: ServerAnswer["headers"] = {}): ServerAnswer {
  const [status, exveErrorMsg] = REFUSALS[exveErrorId];
  return { status, headers, body: { exveErrorId, exveErrorMsg, exveErrorRef: randomUUID(), exveNote: "" } };
}
