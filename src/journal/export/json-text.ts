import { journalLine } from "../journal-file.js";
import type { CarEntries } from "./export-options.js";

/*
 * The journal as JSON, which loses nothing and can be imported. Each entry has a line of its own that says all of it, its
 * car as well, so that of a file that was cut off or damaged the other lines can be read.
 */

/** Says in an export what it is. */
export const FORMAT = "cardata-journal";
/** Version of the form around the entries, which have their own. */
export const VERSION = 1;
/** Closes the first line, which names the cars, and the file. */
export const END = "]}";

/** Yields the parts of an export. */
export function* jsonText(cars: readonly CarEntries[]): Generator<string> {
  const head = { format: FORMAT, version: VERSION, cars: cars.map(({ vin, name }) => ({ vin, name })), entries: [] };
  yield JSON.stringify(head).slice(0, -END.length);
  let separator = "\n";
  for (const { vin, entries } of cars)
    for (const entry of entries) {
      yield `${separator}{"vin":${JSON.stringify(vin)},${journalLine(entry).trimEnd().slice("{".length)}`;
      separator = ",\n";
    }
  yield `\n${END}\n`;
}
