import { types } from "node:util";
import type { EntryQuery, EntryTag } from "../account/journal/journal-desk.js";
import { parsePrice, parsePrices, type PriceStep } from "../journal/energy-origins.js";
import { PURPOSES, type JournalEntry } from "../journal/entry.js";
import {
  EXPORT_FORMATS,
  exportLanguageOf,
  type ExportFormat,
  type ExportLanguage,
} from "../journal/export/export-options.js";
import type { Moment, TimeRange } from "../journal/time-range.js";
import { CarDataError } from "../support/errors.js";
import { momentOf } from "../support/iso-time.js";
import { finiteNumber, isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import { maskVin, parseVin } from "../support/vin.js";
import { parseCommand } from "./command.js";
import type { JournalCommand } from "./journal-types.js";

const COMMANDS = [
  ...["trips", "charges", "summary", "health", "export", "import", "tag", "price", "solar", "delete"],
] as const satisfies readonly JournalCommand[];
const PERIODS = ["day", "month", "year", "tariff"] as const;
const KINDS = { both: ["trip", "charge"], trips: ["trip"], charges: ["charge"] } as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const USUAL_LIMIT = 100;
const MOST_ENTRIES = 10_000;
const LONGEST_NOTE = 1000;

/** Describes a request of an input message of cardata-journal. */
export type JournalRequest =
  | {
      readonly kind: "trips" | "charges";
      readonly vins: readonly string[];
      readonly query: EntryQuery;
      /** Of so many the newest. */
      readonly limit: number;
    }
  | {
      readonly kind: "summary";
      readonly vins: readonly string[];
      readonly period: (typeof PERIODS)[number];
      readonly range: TimeRange;
    }
  | { readonly kind: "health"; readonly vins: readonly string[] }
  | {
      readonly kind: "export";
      readonly vins: readonly string[];
      readonly query: EntryQuery;
      readonly format: ExportFormat;
      /** `null`: that of the machine. */
      readonly language: ExportLanguage | null;
    }
  | { readonly kind: "import"; readonly content: unknown }
  | { readonly kind: "tag"; readonly vins: readonly string[]; readonly id: string; readonly tag: EntryTag }
  | { readonly kind: "price"; readonly steps: readonly PriceStep[] }
  | { readonly kind: "solar"; readonly part: JsonObject }
  | { readonly kind: "delete"; readonly vins: readonly string[]; readonly id: string }
  | { readonly kind: "erase"; readonly vin: string };

export interface JournalInputContext {
  /** Car of the node; "" for all. */
  readonly vehicle: string;
  /** Cars that can be asked for. */
  readonly vins: readonly string[];
  /** Time of the message [ms]. */
  readonly now: number;
}

/**
 * Parses an input message: `msg.command` with its options beside it, and `msg.payload` for what is handed over.
 * @throws CarDataError `command_missing`, `unknown_command`, `vin_invalid`, `journal_vehicle_unknown`,
 *   `journal_option_invalid`, `date_range_invalid`, `entry_id_missing`, `tag_missing`, `purpose_invalid`, `note_invalid`,
 *   `delete_unclear`, `price_invalid` or `solar_invalid`
 */
export function parseJournalInput(message: unknown, context: JournalInputContext): JournalRequest {
  const asked = isObject(message) ? message : {};
  const command = parseCommand(asked, COMMANDS);
  if (command === null) throw new CarDataError("command_missing", { known: COMMANDS.join(", ") });
  return PARSERS[command](asked, context);
}

const PARSERS: Readonly<Record<JournalCommand, (asked: JsonObject, context: JournalInputContext) => JournalRequest>> = {
  trips: (asked, context) => entriesRequest("trips", asked, context),
  charges: (asked, context) => entriesRequest("charges", asked, context),
  summary: (asked, context) => {
    const period = optionIn(asked, "period", PERIODS) ?? "month";
    return { kind: "summary", vins: vehiclesOf(asked, context), period, range: rangeOf(asked) };
  },
  health: (asked, context) => ({ kind: "health", vins: vehiclesOf(asked, context) }),
  export: exportRequest,
  import: ({ payload }) => ({ kind: "import", content: payload }),
  tag: (asked, context) => ({ kind: "tag", vins: vehiclesOf(asked, context), id: idOf(asked), tag: tagOf(asked) }),
  price: ({ payload }, { now }) => ({ kind: "price", steps: stepsOf(payload, now) }),
  solar: ({ payload }) => ({ kind: "solar", part: solarPart(payload) }),
  delete: deletionOf,
};

function entriesRequest(kind: "trips" | "charges", asked: JsonObject, context: JournalInputContext): JournalRequest {
  const details = asked["details"] === true;
  const query = { ...rangeOf(asked), kinds: KINDS[kind], details };
  return { kind, vins: vehiclesOf(asked, context), query, limit: limitOf(asked["limit"]) };
}

function exportRequest(asked: JsonObject, context: JournalInputContext): JournalRequest {
  const format = optionIn(asked, "format", EXPORT_FORMATS) ?? "csv";
  const kinds = optionIn(asked, "kinds", ["both", "trips", "charges"]) ?? "both";
  const query = { ...rangeOf(asked), kinds: KINDS[kinds] satisfies readonly JournalEntry["kind"][], details: true };
  const language = nonEmptyText(asked["language"]);
  const vins = vehiclesOf(asked, context);
  return { kind: "export", vins, query, format, language: language === null ? null : exportLanguageOf(language) };
}

function deletionOf(asked: JsonObject, context: JournalInputContext): JournalRequest {
  const [{ all }, isOne] = [asked, isGiven(asked["id"])];
  if (isGiven(all) && (all !== true || isOne)) throw new CarDataError("delete_unclear");
  if (isOne) return { kind: "delete", vins: vehiclesOf(asked, context), id: idOf(asked) };
  const vin = namedVehicle(asked, context);
  if (all !== true || vin === null) throw new CarDataError("delete_unclear");
  return { kind: "erase", vin };
}

function tagOf({ purpose, note }: JsonObject): EntryTag {
  if (purpose === undefined && note === undefined) throw new CarDataError("tag_missing");
  return {
    ...(purpose !== undefined && { purpose: isGiven(purpose) ? purposeOf(purpose) : null }),
    ...(note !== undefined && { note: isGiven(note) ? noteOf(note) : null }),
  };
}

function purposeOf(value: unknown) {
  const purpose = PURPOSES.find((one) => one === value);
  if (purpose === undefined) throw new CarDataError("purpose_invalid", { known: PURPOSES.join(", ") });
  return purpose;
}

function noteOf(value: unknown): string {
  const note = nonEmptyText(value)?.trim() ?? "";
  if (note === "" || note.length > LONGEST_NOTE) throw new CarDataError("note_invalid", { most: LONGEST_NOTE });
  return note;
}

/** Parses a price that holds from now on, one with its time, or a list of those. */
function stepsOf(payload: unknown, now: number): PriceStep[] {
  if (Array.isArray(payload)) return parsePrices(payload.map(withTime));
  if (!isObject(payload)) return [{ from: now, price: parsePrice(payload) }];
  return parsePrices([withTime({ ...payload, from: payload["from"] ?? now })]);
}

function withTime(price: unknown): unknown {
  return isObject(price) && types.isDate(price["from"]) ? { ...price, from: price["from"].getTime() } : price;
}

function solarPart(payload: unknown): JsonObject {
  if (!isObject(payload)) throw new CarDataError("solar_invalid");
  return payload;
}

function idOf({ id }: JsonObject): string {
  const text = nonEmptyText(id)?.trim() ?? null;
  if (text === null) throw new CarDataError("entry_id_missing");
  return text;
}

function limitOf(value: unknown): number {
  if (!isGiven(value)) return USUAL_LIMIT;
  const limit = finiteNumber(typeof value === "string" ? value.trim() : value);
  if (limit === null || !Number.isInteger(limit) || limit < 1 || limit > MOST_ENTRIES)
    throw new CarDataError("journal_option_invalid", { option: "limit", known: `1 … ${MOST_ENTRIES}` });
  return limit;
}

/** Parses an option that is one of some words; `null` if it is not given. */
function optionIn<Word extends string>(asked: JsonObject, option: string, known: readonly Word[]): Word | null {
  const value = asked[option];
  if (!isGiven(value)) return null;
  const found = known.find((word) => word === value);
  if (found === undefined) throw new CarDataError("journal_option_invalid", { option, known: known.join(", ") });
  return found;
}

function rangeOf(asked: JsonObject): TimeRange {
  // In a value of cardata-stream, `from` is the descriptor that it was taken from.
  const from = "descriptor" in asked ? null : momentIn(asked["from"]);
  const to = momentIn(asked["to"]);
  const [first, last] = [from, to].map((moment) => (typeof moment === "string" ? Date.parse(moment) : moment));
  if (typeof first === "number" && typeof last === "number" && first > last)
    throw new CarDataError("date_range_invalid");
  return { from, to };
}

function momentIn(value: unknown): Moment | null {
  if (!isGiven(value)) return null;
  // Dates of function nodes come from another realm, where `instanceof` fails.
  const given = types.isDate(value) ? value.getTime() : typeof value === "string" ? value.trim() : value;
  const time = momentOf(given);
  if (time === null) throw new CarDataError("date_range_invalid");
  return typeof given === "string" && DAY.test(given) ? given : time;
}

/** Returns the named car, else all cars of the node. */
function vehiclesOf(asked: JsonObject, context: JournalInputContext): readonly string[] {
  const named = namedVehicle(asked, context);
  if (named !== null) return [named];
  if (context.vins.length === 0) throw new CarDataError("journal_no_vehicle");
  return context.vins;
}

function namedVehicle({ vin: value }: JsonObject, context: JournalInputContext): string | null {
  if (!isGiven(value)) return context.vehicle === "" ? null : context.vehicle;
  const vin = parseVin(typeof value === "string" ? value.trim() : value);
  if (vin === null) throw new CarDataError("vin_invalid");
  const { vehicle, vins } = context;
  if (vehicle === "" ? !vins.includes(vin) : vin !== vehicle)
    throw new CarDataError("journal_vehicle_unknown", { vin: maskVin(vin) });
  return vin;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !(typeof value === "string" && value.trim() === "");
}
