import { CarDataError } from "../../support/errors.js";
import { finiteNumber, isObject, nonEmptyText, parseJson, type JsonObject } from "../../support/json.js";
import { parseVin } from "../../support/vin.js";
import { readEntry, type EntryRefusal, type JournalEntry } from "../entry.js";
import type { CarEntries } from "../export/export-options.js";
import { MOST_CHARACTERS } from "../export/export-entries.js";
import { FORMAT, VERSION } from "../export/json-text.js";

/** Names an entry of an export that cannot be read. */
export interface UnreadEntry {
  /** `null`: it belongs to a car of which the VIN cannot be read. */
  readonly vin: string | null;
  /** Counts the entries of the car in the export from 1. */
  readonly number: number;
  readonly id: string | null;
  readonly reason: EntryRefusal;
}

/** Holds what an export says: each id of a car once, the last one that is told. */
export interface ReadExport {
  readonly cars: readonly CarEntries[];
  /** What is not among the entries of `cars`. */
  readonly unread: readonly UnreadEntry[];
}

/**
 * Reads an export of the journal as JSON.
 * @param content the text, its bytes, or what a parser has made of it
 * @throws CarDataError `import_too_large`, `import_unreadable`, `import_foreign`, `import_newer`
 */
export function readExport(content: unknown): ReadExport {
  const read = parsed(content);
  if (!isObject(read) || read["format"] !== FORMAT) throw new CarDataError("import_foreign");
  const version = finiteNumber(read["version"]);
  if (version === null || !Array.isArray(read["cars"])) throw new CarDataError("import_foreign");
  if (version > VERSION) throw new CarDataError("import_newer", { version });
  return readCars(read["cars"]);
}

function parsed(content: unknown): unknown {
  const text = Buffer.isBuffer(content) ? content.toString("utf8") : content;
  if (typeof text !== "string") return text;
  if (text.length > MOST_CHARACTERS) throw new CarDataError("import_too_large");
  // Editors of Windows put a byte order mark before it, at which the parser stops.
  const value = parseJson(text.replace(/^\uFEFF/, ""));
  if (value === undefined) throw new CarDataError("import_unreadable");
  return value;
}

function readCars(listed: readonly unknown[]): ReadExport {
  const cars = new Map<string, { readonly name: string; readonly entries: Map<string, JournalEntry> }>();
  const unread: UnreadEntry[] = [];
  for (const car of listed.filter(isObject)) {
    const vin = parseVin(car["vin"]);
    const known = cars.get(vin ?? "") ?? { name: nonEmptyText(car["name"]) ?? vin ?? "", entries: new Map() };
    if (vin !== null) cars.set(vin, known);
    for (const [index, stored] of storedEntries(car).entries()) {
      const entry = vin === null ? "damaged" : readEntry(stored);
      if (typeof entry === "object") known.entries.set(entry.id, entry);
      else unread.push({ vin, number: index + 1, id: idIn(stored), reason: entry });
    }
  }
  return { cars: [...cars].map(([vin, { name, entries }]) => ({ vin, name, entries: [...entries.values()] })), unread };
}

function storedEntries({ entries }: JsonObject): unknown[] {
  return Array.isArray(entries) ? entries : [];
}

function idIn(stored: unknown): string | null {
  return isObject(stored) ? nonEmptyText(stored["id"]) : null;
}
