import { CarDataError } from "../../support/errors.js";
import { finiteNumber, isObject, nonEmptyText } from "../../support/json.js";
import { parseVin } from "../../support/vin.js";
import { readEntry, type EntryRefusal, type JournalEntry } from "../entry.js";
import { MOST_CHARACTERS } from "../export/export-entries.js";
import type { CarEntries } from "../export/export-options.js";
import { FORMAT, VERSION } from "../export/json-text.js";
import { MOST_ENTRIES, parseExport } from "./parse-export.js";

const BYTES_PER_CHARACTER = 4;

/** Names an entry of an export that cannot be read. */
export interface UnreadEntry {
  /** Counts the entries of the export from 1. */
  readonly number: number;
  /** `null`: that cannot be read either. */
  readonly vin: string | null;
  readonly id: string | null;
  readonly reason: EntryRefusal;
}

/** Holds what an export says. */
export interface ReadExport {
  /** Each id of a car once, as it is told last. */
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
  const { cars, entries } = read;
  const version = finiteNumber(read["version"]);
  if (version !== null && version > VERSION) throw new CarDataError("import_newer", { version });
  if (version === null || !Array.isArray(cars) || !Array.isArray(entries)) throw new CarDataError("import_foreign");
  if (entries.length > MOST_ENTRIES) throw new CarDataError("import_too_large");
  return readEntries(namesOf(cars), entries);
}

function parsed(content: unknown): unknown {
  // Of more bytes not even a text can be made.
  if (Buffer.isBuffer(content) && content.length > MOST_CHARACTERS * BYTES_PER_CHARACTER)
    throw new CarDataError("import_too_large");
  const text = Buffer.isBuffer(content) ? content.toString("utf8") : content;
  if (typeof text !== "string") return text;
  if (text.length > MOST_CHARACTERS) throw new CarDataError("import_too_large");
  // Editors of Windows put a byte order mark before it, at which the parser stops.
  const value = parseExport(text.replace(/^\uFEFF/, ""));
  if (value === undefined) throw new CarDataError("import_unreadable");
  return value;
}

/** Returns the names of the cars by their VINs. */
function namesOf(cars: readonly unknown[]): Map<string, string> {
  const named = cars.flatMap((car) => {
    const { vin, name } = isObject(car) ? car : {};
    const known = parseVin(vin);
    return known === null ? [] : [[known, nonEmptyText(name) ?? known] as const];
  });
  return new Map(named);
}

function readEntries(names: ReadonlyMap<string, string>, stored: readonly unknown[]): ReadExport {
  const cars = new Map([...names.keys()].map((vin) => [vin, new Map<string, JournalEntry>()]));
  const unread: UnreadEntry[] = [];
  for (const [index, one] of stored.entries()) {
    const { vin: told, id } = isObject(one) ? one : {};
    const vin = parseVin(told);
    const entry = readEntry(one);
    if (vin !== null && typeof entry === "object")
      cars.set(vin, (cars.get(vin) ?? new Map<string, JournalEntry>()).set(entry.id, entry));
    else {
      const reason = typeof entry === "object" ? "damaged" : entry;
      unread.push({ number: index + 1, vin, id: nonEmptyText(id), reason });
    }
  }
  const read = [...cars].map(([vin, own]) => ({ vin, name: names.get(vin) ?? vin, entries: [...own.values()] }));
  return { cars: read, unread };
}
