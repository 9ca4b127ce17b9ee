import { CarDataError } from "../../support/errors.js";
import type { JournalEntry } from "../entry.js";
import { CHARGE_COLUMNS, TRIP_COLUMNS } from "./columns.js";
import { csvText } from "./csv-text.js";
import type { CarEntries, ExportedCar, ExportedFile, ExportLanguage, ExportOptions } from "./export-options.js";
import { gpxText } from "./gpx-text.js";
import { htmlText } from "./html-text.js";
import { jsonText } from "./json-text.js";
import { EXPORT_TEXTS } from "./languages/index.js";

/** Limits a file [characters]: with more, a flow and its computer are in trouble. What is exported can be imported. */
export const MOST_CHARACTERS = 100_000_000;

/**
 * Exports the entries of cars: one file, but for CSV, which has one table, and so one file, for each kind.
 * @throws CarDataError `export_too_large`
 */
export function exportEntries(cars: readonly ExportedCar[], options: ExportOptions): ExportedFile[] {
  const chosen = cars.map((car) => ({ ...car, entries: entriesOf(car, options.kinds) }));
  const days = daysOf(chosen);
  return contentsOf(chosen, options).map(({ name, mimeType, parts }) => ({
    fileName: `${name}${days}.${options.format}`,
    mimeType,
    text: joined(parts),
  }));
}

/** Holds a file before it is put together: its name without days and ending. */
interface Content {
  readonly name: string;
  readonly mimeType: string;
  readonly parts: Iterable<string>;
}

function contentsOf(cars: readonly ExportedCar[], options: ExportOptions): Content[] {
  switch (options.format) {
    case "csv":
      return options.kinds.map((kind) => tableOf(kind, cars, options.language));
    case "json":
      return [{ name: "journal", mimeType: "application/json", parts: jsonText(cars) }];
    case "gpx":
      return [{ name: "tracks", mimeType: "application/gpx+xml", parts: gpxText(cars) }];
    case "html":
      return [{ name: "logbook", mimeType: "text/html", parts: htmlText(cars, options) }];
  }
}

function tableOf(kind: JournalEntry["kind"], cars: readonly ExportedCar[], language: ExportLanguage): Content {
  const texts = EXPORT_TEXTS[language];
  // A column has one unit: miles only where every car in the table counts in them.
  const listed = cars.filter(({ entries }) => entries.some((entry) => entry.kind === kind));
  const counting = listed.length > 0 ? listed : cars;
  const distanceUnit = counting.length > 0 && counting.every((car) => car.distanceUnit === "mi") ? "mi" : "km";
  const rows = cars.flatMap(({ name, entries }) => entries.map((entry) => ({ car: name, entry, texts })));
  const trips = rows.flatMap((row) => (row.entry.kind === "trip" ? { ...row, entry: row.entry } : []));
  const charges = rows.flatMap((row) => (row.entry.kind === "charge" ? { ...row, entry: row.entry } : []));
  return kind === "trip"
    ? { name: "trips", mimeType: "text/csv", parts: csvText(TRIP_COLUMNS, trips, language, distanceUnit) }
    : { name: "charges", mimeType: "text/csv", parts: csvText(CHARGE_COLUMNS, charges, language, distanceUnit) };
}

/** Returns the entries of these kinds in the order in which they began. */
function entriesOf({ entries }: CarEntries, kinds: ExportOptions["kinds"]): JournalEntry[] {
  return entries
    .filter(({ kind }) => kinds.includes(kind))
    .sort((one, other) => Date.parse(one.start) - Date.parse(other.start));
}

/** Returns the first and the last day for the name of a file; "" without entries. */
function daysOf(cars: readonly CarEntries[]): string {
  const days = cars.flatMap(({ entries }) => entries.map(({ start }) => start.slice(0, "2026-03-02".length))).sort();
  const [first, last] = [days[0], days.at(-1)];
  return first === undefined || last === undefined ? "" : `-${first}-${last}`;
}

/** Joins the parts of a file, as long as they are not too many: a text has an end in JavaScript as well. */
function joined(parts: Iterable<string>): string {
  let text = "";
  for (const part of parts) {
    if (text.length + part.length > MOST_CHARACTERS) throw new CarDataError("export_too_large");
    text += part;
  }
  return text;
}
