import { journalLine } from "../journal-file.js";
import type { CarEntries } from "./export-options.js";

/*
 * The journal as JSON, which loses nothing and can be imported. Each car and each entry has a line of its own, so that of a
 * file that is cut off or damaged the other lines can be read.
 */

/** Says in an export what it is. */
export const FORMAT = "cardata-journal";
/** Version of the form around the entries, which have their own. */
export const VERSION = 1;

/** Yields the parts of an export. */
export function* jsonText(cars: readonly CarEntries[]): Generator<string> {
  yield `{"format":"${FORMAT}","version":${VERSION},"cars":[`;
  for (const [index, { vin, name, entries }] of cars.entries()) {
    const head = JSON.stringify({ vin, name, entries: [] });
    yield `${index === 0 ? "\n" : ",\n"}${head.slice(0, -"]}".length)}`;
    for (const [row, entry] of entries.entries()) yield `${row === 0 ? "\n" : ",\n"}${journalLine(entry).trimEnd()}`;
    yield "\n]}";
  }
  yield "\n]}\n";
}
