import { isObject, parseJson } from "../../support/json.js";
import { END } from "../export/json-text.js";

/**
 * Parses the text of an export; of one that was cut off or damaged what stands in whole lines. What stands in a line that
 * is none becomes `undefined` among the entries. `undefined` if not even the first line can be read.
 */
export function parseExport(text: string): unknown {
  const whole = parseJson(text);
  return whole === undefined ? parsedLines(text.split("\n")) : whole;
}

function parsedLines([first = "", ...lines]: readonly string[]): unknown {
  const head = parseJson(`${first.trimEnd()}${END}`);
  // A first line that was cut off after the cars has no entries.
  if (!isObject(head) || !Array.isArray(head["entries"])) return undefined;
  const told = lines.map((line) => line.trim()).filter((line) => line !== "" && line !== END);
  return { ...head, entries: told.map((line) => parseJson(line.replace(/,$/, ""))) };
}
