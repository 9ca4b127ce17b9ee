import { toNdjsonLine } from "../store/recording-writer.js";
import { isObject, nonEmptyText, parseJson, type JsonObject } from "../support/json.js";
import { readEntry, type JournalEntry } from "./entry.js";

/** Holds what a file of the journal says; without details where only the heads were read. */
export interface JournalFileContent {
  /** The last line of each id, in the order of their first lines. */
  readonly entries: ReadonlyMap<string, JournalEntry>;
  /** Ids of lines that a newer version has written: they are not for this one to correct. */
  readonly held: ReadonlySet<string>;
  /** Lines that are no entries, but for a torn last one. */
  readonly damaged: number;
}

/** Where the details of an entry begin in its line, whose last member they are: no text within JSON can look like this. */
const DETAIL = ',"detail":{';

/**
 * Reads a file of the journal. A last line that was cut off is nothing; any other broken line is counted.
 * @param part "heads": without the details, which are most of a file and seldom needed
 */
export function parseJournalFile(content: Buffer | null, part: "all" | "heads"): JournalFileContent {
  const entries = new Map<string, JournalEntry>();
  const held = new Set<string>();
  let damaged = 0;
  for (const text of linesOf(content)) {
    if (text.trim() === "") continue;
    const stored = parseJson(part === "all" ? text : headOf(text));
    const entry = readEntry(stored);
    if (entry === "damaged") damaged++;
    else if (entry !== "newer") entries.set(entry.id, entry);
    else held.add(idIn(stored));
  }
  return { entries, held, damaged };
}

/** Returns the lines that were written to their end. */
function linesOf(content: Buffer | null): string[] {
  return content === null ? [] : content.toString("utf8").split("\n").slice(0, -1);
}

/** Returns a line without its details. */
function headOf(line: string): string {
  const end = line.endsWith("}}") ? line.indexOf(DETAIL) : -1;
  return end < 0 ? line : `${line.slice(0, end)}}`;
}

function idIn(stored: unknown): string {
  return (isObject(stored) ? nonEmptyText(stored["id"]) : null) ?? "";
}

/** Returns an entry as a line of its file: without members that are `null`, and with its details last. */
export function journalLine({ detail, ...rest }: JournalEntry): string {
  return toNdjsonLine({ ...withoutNulls(rest), detail });
}

function withoutNulls(members: object): JsonObject {
  const known = Object.entries(members).filter(([, value]) => value !== null);
  return Object.fromEntries(known.map(([name, value]) => [name, isObject(value) ? withoutNulls(value) : value]));
}
