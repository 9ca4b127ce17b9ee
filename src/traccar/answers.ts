import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import type { TrackerDevice, TrackerPosition } from "./tracker-types.js";

export const KMH_PER_KNOT = 1.852;
/** Limits a plausible speed [km/h]; a higher one is an error of the tracker. */
const MOST_KMH = 500;

/** Parses the devices in an answer of `GET /api/devices`; skips invalid entries. Returns `null` if it is no list. */
export function devicesOf(answer: unknown): TrackerDevice[] | null {
  return Array.isArray(answer) ? answer.flatMap(deviceOf) : null;
}

/**
 * Returns the newest (last) position in an answer of `GET /api/positions`; `null` if there is none, `undefined` if the
 * answer is no list, or its last entry no position.
 */
export function positionOf(answer: unknown): TrackerPosition | null | undefined {
  if (!Array.isArray(answer)) return undefined;
  if (answer.length === 0) return null;
  const last: unknown = answer.at(-1);
  return isObject(last) ? positionIn(last) : undefined;
}

function deviceOf(entry: unknown): TrackerDevice[] {
  if (!isObject(entry)) return [];
  const id = finiteNumber(entry["id"]);
  if (id === null || !Number.isSafeInteger(id) || id < 0) return [];
  return [{ id, name: plain(entry["name"]), uniqueId: plain(entry["uniqueId"]) }];
}

/** Returns a text without blanks at its ends, which Traccar keeps and nobody sees. */
function plain(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

/** Parses one position of Traccar; `undefined` if it is none. */
export function positionIn(entry: JsonObject): TrackerPosition | undefined {
  const latitude = within(entry["latitude"], 90);
  const longitude = within(entry["longitude"], 180);
  if (latitude === null || longitude === null) return undefined;
  const speedKmh = speedOf(entry["speed"]);
  const { attributes } = entry;
  const totalMetres = finiteNumber(isObject(attributes) ? attributes["totalDistance"] : null);
  return {
    speedKmh: speedKmh ?? 0,
    latitude,
    longitude,
    ...directionsOf(entry),
    fixTime: timeOf(entry["fixTime"]) ?? timeOf(entry["deviceTime"]),
    valid: entry["valid"] === true && speedKmh !== null,
    ...(totalMetres !== null && totalMetres >= 0 && { totalMetres }),
  };
}

/** Returns altitude and course; `null` for the 0 that Traccar shows if a tracker sends neither. */
function directionsOf({ speed, altitude, course }: JsonObject): Pick<TrackerPosition, "altitude" | "course"> {
  if (speed === 0 && altitude === 0 && course === 0) return { altitude: null, course: null };
  return { altitude: finiteNumber(altitude), course: within(course, 360) };
}

/** Converts knots to km/h; Traccar sends 0 if a tracker sends none. Returns `null` for anything else. */
function speedOf(knots: unknown): number | null {
  if (knots === undefined || knots === null) return 0;
  const number = finiteNumber(knots);
  const kmh = number === null ? -1 : number * KMH_PER_KNOT;
  return kmh >= 0 && kmh <= MOST_KMH ? kmh : null;
}

function within(value: unknown, limit: number): number | null {
  const number = finiteNumber(value);
  return number !== null && Math.abs(number) <= limit ? number : null;
}

function timeOf(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? null : time;
}
