import { finite, isObject, type JsonObject } from "../support/json.js";
import type { TrackerDevice, TrackerPosition } from "./types.js";

const KMH_PER_KNOT = 1.852;
/** A faster car is a mistake of its tracker. */
const MOST_KMH = 500;

/** The devices in an answer of `GET /api/devices`, entries that are none left out; `null` if it is no list. */
export function devicesOf(answer: unknown): TrackerDevice[] | null {
  return Array.isArray(answer) ? answer.flatMap(deviceOf) : null;
}

/**
 * The newest position in an answer of `GET /api/positions`: the last one. `null` if there is none; `undefined` if the
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
  const id = finite(entry["id"]);
  if (id === null || !Number.isSafeInteger(id) || id < 0) return [];
  return [{ id, name: plain(entry["name"]), uniqueId: plain(entry["uniqueId"]) }];
}

function plain(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function positionIn(entry: JsonObject): TrackerPosition | undefined {
  const latitude = within(entry["latitude"], 90);
  const longitude = within(entry["longitude"], 180);
  if (latitude === null || longitude === null) return undefined;
  const speedKmh = speedOf(entry["speed"]);
  return {
    speedKmh: speedKmh ?? 0,
    latitude,
    longitude,
    altitude: finite(entry["altitude"]),
    course: within(entry["course"], 360),
    fixTime: timeOf(entry["fixTime"]) ?? timeOf(entry["deviceTime"]),
    valid: entry["valid"] === true && speedKmh !== null,
  };
}

/** Traccar gives knots and leaves out what a tracker does not send; `null` for what is no speed. */
function speedOf(knots: unknown): number | null {
  if (knots === undefined || knots === null) return 0;
  const number = finite(knots);
  const kmh = number === null ? -1 : number * KMH_PER_KNOT;
  return kmh >= 0 && kmh <= MOST_KMH ? kmh : null;
}

function within(value: unknown, limit: number): number | null {
  const number = finite(value);
  return number !== null && Math.abs(number) <= limit ? number : null;
}

function timeOf(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? null : time;
}
