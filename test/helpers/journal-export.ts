import assert from "node:assert/strict";
import { readEntry, type ChargeEntry, type JournalEntry, type TripEntry } from "../../src/journal/entry.js";
import { exportEntries } from "../../src/journal/export/export-entries.js";
import type { CarEntries, ExportedCar, ExportedFile, ExportOptions } from "../../src/journal/export/export-options.js";
import { entryId } from "../../src/journal/entry.js";
import { VIN } from "./fakes.js";

const OPTIONS: ExportOptions = { format: "json", language: "en", currency: "EUR", kinds: ["trip", "charge"] };

/** Names that end a cell, an attribute, an element or a script, that are formulas, or that no file may hold. */
export const HOSTILE = [
  '=HYPERLINK("http://example.com","x")',
  "+1+1",
  "-2,25",
  "@SUM(A1)",
  "\t=1",
  " =1",
  "\r\n=1",
  "＝1",
  '</td></title></style><script>alert("x")</script>',
  `" onmouseover="x" '`,
  "a;b,c\"d'e\nf",
  "]]>&amp;<!--",
  "\u0000\u0007\u001b[31m\ud800\uffff",
  "Straße Ümläut 北京 🚗",
];

/** Makes a trip of an hour at noon UTC of a day, in Berlin. */
export function tripOf(members: Partial<TripEntry> = {}, day = "2026-03-02"): TripEntry {
  const entry = read("trip", day, members);
  assert.ok(entry.kind === "trip");
  return entry;
}

/** Makes a charge of an hour at noon UTC of a day, in Berlin. */
export function chargeOf(members: Partial<ChargeEntry> = {}, day = "2026-03-02"): ChargeEntry {
  const entry = read("charge", day, members);
  assert.ok(entry.kind === "charge");
  return entry;
}

function read(kind: JournalEntry["kind"], day: string, members: object): JournalEntry {
  const [start, end] = [`${day}T13:00:00+01:00`, `${day}T14:00:00+01:00`];
  const heading = { schema: 1, kind, id: entryId(kind, Date.parse(start)), start, end, zone: "Europe/Berlin" };
  const entry = readEntry({ ...heading, ...members });
  assert.ok(typeof entry === "object", JSON.stringify(members));
  return entry;
}

/** One that counts in km unless it says otherwise. */
type TestCar = CarEntries & Partial<Pick<ExportedCar, "distanceUnit">>;

/** Exports the entries of a car, or of several. */
export function exported(entries: readonly JournalEntry[] | readonly TestCar[], options: Partial<ExportOptions>) {
  return exportEntries(carsOf(entries), { ...OPTIONS, ...options });
}

/** Exports what becomes one file. */
export function exportedFile(...args: Parameters<typeof exported>): ExportedFile {
  const [file, ...more] = exported(...args);
  assert.ok(file !== undefined && more.length === 0);
  return file;
}

function carsOf(entries: readonly JournalEntry[] | readonly TestCar[]): readonly ExportedCar[] {
  const [first] = entries;
  if (first !== undefined && "entries" in first)
    return (entries as readonly TestCar[]).map((car) => ({ distanceUnit: "km", ...car }));
  return [{ vin: VIN, name: "i4", distanceUnit: "km", entries: entries as readonly JournalEntry[] }];
}
