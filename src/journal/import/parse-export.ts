import { CarDataError } from "../../support/errors.js";
import { isObject, parseJson } from "../../support/json.js";
import { END } from "../export/json-text.js";

/** Limits the entries that are looked at: an export of the largest size has fewer, only rubbish has more. */
export const MOST_ENTRIES = 1_000_000;
/** With the first and the last line, and what stands behind it. */
const MOST_LINES = MOST_ENTRIES + 3;

/**
 * Parses the text of an export; of one that was cut off or damaged what stands in whole lines. What stands in a line that
 * is none becomes `undefined` among the entries. `undefined` if not even the first line can be read.
 * @throws CarDataError `import_too_large`
 */
export function parseExport(text: string): unknown {
  const whole = parseJson(text);
  if (whole !== undefined) return whole;
  const lines = text.split("\n", MOST_LINES + 1);
  if (lines.length > MOST_LINES) throw new CarDataError("import_too_large");
  return parsedLines(lines);
}

function parsedLines([first = "", ...lines]: readonly string[]): unknown {
  const head = parseJson(`${first.trimEnd()}${END}`);
  // A first line that was cut off after the cars has no entries.
  if (!isObject(head) || !Array.isArray(head["entries"])) return undefined;
  const told = lines.map((line) => line.trim()).filter((line) => line !== "" && line !== END);
  return { ...head, entries: told.map((line) => parseJson(line.replace(/,$/, ""))) };
}
