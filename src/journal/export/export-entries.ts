import { CarDataError } from "../../support/errors.js";
import type { JournalEntry } from "../entry.js";
import type { CarEntries, ExportedFile, ExportOptions } from "./export-options.js";
import { jsonText } from "./json-text.js";

/** Limits a file [characters]: with more, a flow and its computer are in trouble. What is exported can be imported. */
export const MOST_CHARACTERS = 100_000_000;

/**
 * Exports the entries of cars: one file, but for CSV, which has one table, and so one file, for each kind.
 * @throws CarDataError `export_too_large`
 */
export function exportEntries(cars: readonly CarEntries[], options: ExportOptions): ExportedFile[] {
  const chosen = cars.map((car) => ({ ...car, entries: entriesOf(car, options.kinds) }));
  return [jsonFile(chosen)];
}

function jsonFile(cars: readonly CarEntries[]): ExportedFile {
  return { fileName: `journal${daysOf(cars)}.json`, mimeType: "application/json", text: joined(jsonText(cars)) };
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
