import { toNdjsonLine } from "../store/recording-writer.js";
import { isObject, nonEmptyText, parseJson, type JsonObject } from "../support/json.js";
import { readEntry, type JournalEntry } from "./entry.js";

/** Holds what a file of the journal says. */
export interface JournalFileContent {
  /** The last line of each id, in the order of their first lines. */
  readonly entries: ReadonlyMap<string, JournalEntry>;
  /** Ids of lines that a newer version has written: they are not for this one to correct. */
  readonly held: ReadonlySet<string>;
  /** Lines that are no entries, but for a torn last one. */
  readonly damaged: number;
}

/** Reads a file of the journal. A last line that was cut off is nothing; any other broken line is counted. */
export function parseJournalFile(content: Buffer | null): JournalFileContent {
  const lines = content === null ? [] : content.toString("utf8").split("\n");
  // What follows the last line break was not written to its end.
  lines.pop();
  const entries = new Map<string, JournalEntry>();
  const held = new Set<string>();
  let damaged = 0;
  for (const text of lines) {
    if (text.trim() === "") continue;
    const stored = parseJson(text);
    const entry = readEntry(stored);
    if (entry === "damaged") damaged++;
    else if (entry !== "newer") entries.set(entry.id, entry);
    else held.add(idIn(stored));
  }
  return { entries, held, damaged };
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
