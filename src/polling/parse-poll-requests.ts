import { finite, text } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import type { DailyPollRequest, PollRequest, TelematicPollRequest } from "./poll-requests.js";

/** The stored properties of a cardata-telematics node; anything may be missing in older flows. */
type Properties = Readonly<Record<string, unknown>>;

/** Minutes of the local day; it may end before it begins. */
type QuietHours = NonNullable<TelematicPollRequest["quietHours"]>;

const MINUTE_MS = 60_000;
const MINUTES_OF_DAY = 24 * 60;
const LONGEST_INTERVAL_MINUTES = 7 * MINUTES_OF_DAY;
const DEFAULT_COOLDOWN_MINUTES = 10;
const DEFAULT_PAGES = 3;
const MOST_PAGES = 10;
const DESCRIPTOR = /^[\w.-]{1,200}$/;
const TIME = /^(\d{1,2})(?:[:.](\d{2}))?$/;

/** Reads which calls a node wants without a message. Never any that cost quota unless a person has ticked them. */
export function parsePollRequests(node: string, properties: Properties): PollRequest[] {
  const typed = text(properties["vehicle"])?.trim() ?? null;
  const vin = parseVin(typed);
  // A mistyped car must not become all cars.
  if (typed !== null && vin === null) return [];
  switch (properties["operation"] ?? "telematicData") {
    case "telematicData":
      return properties["automatic"] === true ? [parseTelematicRequest(node, vin, properties)] : [];
    case "chargingHistory":
      return parseDailyRequest(node, vin, properties, "chargingHistory");
    case "tyreDiagnosis":
      return parseDailyRequest(node, vin, properties, "tyreDiagnosis");
    default:
      return [];
  }
}

/** The descriptors that a node wants to be read; empty for the usual ones. BMW knows no wildcards. */
export function wantedDescriptors(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  const names = list.map((entry) => text(entry)?.trim() ?? "");
  return [...new Set(names.filter((name) => DESCRIPTOR.test(name)))];
}

/** `22:00-06:00` as minutes of the day; `null` if it is something else, or no time at all. */
export function parseQuietHours(value: unknown): QuietHours | null {
  const [from, to, ...more] = (text(value) ?? "").split(/[-–]/).map(minuteOfDay);
  if (from === undefined || to === undefined || more.length > 0) return null;
  return from === null || to === null || from === to ? null : { from, to };
}

function parseTelematicRequest(node: string, vin: string | null, properties: Properties): TelematicPollRequest {
  return {
    kind: "telematicData",
    node,
    vin,
    schedule: properties["schedule"] === "dense" ? "dense" : "fallback",
    minIntervalMs: MINUTE_MS * whole(properties["minInterval"], 0, LONGEST_INTERVAL_MINUTES, 0),
    quietHours: parseQuietHours(properties["quietHours"]),
    tripEndPoll: properties["tripEndPoll"] !== false,
    cooldownMs: MINUTE_MS * whole(properties["cooldownMinutes"], 1, MINUTES_OF_DAY, DEFAULT_COOLDOWN_MINUTES),
  };
}

function parseDailyRequest(
  node: string,
  vin: string | null,
  properties: Properties,
  kind: DailyPollRequest["kind"],
): DailyPollRequest[] {
  if (properties["daily"] !== true) return [];
  const pages = kind === "chargingHistory" ? whole(properties["maxPages"], 1, MOST_PAGES, DEFAULT_PAGES) : 1;
  return [{ kind, node, vin, pages }];
}

/** A whole number from `least` to `most`, also from text, else `otherwise`. */
function whole(value: unknown, least: number, most: number, otherwise: number): number {
  const number = finite(typeof value === "string" ? value.trim() : value);
  return number !== null && Number.isInteger(number) && number >= least && number <= most ? number : otherwise;
}

function minuteOfDay(written: string): number | null {
  const [, hours = "", minutes = "0"] = TIME.exec(written.trim()) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (hours === "" || Number(minutes) > 59 || minute > MINUTES_OF_DAY) return null;
  return minute % MINUTES_OF_DAY;
}
