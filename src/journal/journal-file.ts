import { isWholeLine } from "../store/atomic-files.js";
import { toNdjsonLine } from "../store/recording-writer.js";
import { isObject, nonEmptyText, parseJson, type JsonObject } from "../support/json.js";
import { readDeleted, readEntry, type DeletedEntry, type JournalEntry } from "./entry.js";

/** Holds what the lines of a file say without their details, which are most of a file and seldom needed. */
export interface JournalFileHeads {
  /** The last line of each id, in the order of their first lines. */
  readonly entries: ReadonlyMap<string, JournalEntry>;
  /** By their ids, what the user has deleted. */
  readonly deleted: ReadonlyMap<string, DeletedEntry>;
  /** Ids of lines that a newer version has written: they are not for this one to correct. */
  readonly held: ReadonlySet<string>;
  /** Lines that are no entries, but for a torn last one. */
  readonly damaged: number;
}

/** Where the details of an entry begin in its line, whose last member they are: no text within JSON can look like this. */
const DETAIL = Buffer.from(',"detail":{');
const NEW_LINE = "\n".charCodeAt(0);
/** Editors of Windows put it before the first line. */
const BYTE_ORDER_MARK = Buffer.from("\ufeff");
const CLOSING = "}".charCodeAt(0);
/** An id where each line that this program has written has it: a text within JSON has its quotation marks escaped. */
const ID = /"id":"([^"]*)"/;
const ID_WITHIN_BYTES = 100;

/** Reads the heads of a file of the journal. A last line that was cut off is nothing; any other broken line is counted. */
export function headsIn(content: Buffer | null): JournalFileHeads {
  const known = { entries: new Map<string, JournalEntry>(), deleted: new Map<string, DeletedEntry>() };
  const held = new Set<string>();
  let damaged = 0;
  for (const line of linesOf(content)) {
    const text = headOf(line);
    if (text.trim() === "") continue;
    const stored = parseJson(text);
    const entry = readEntry(stored);
    if (entry === "damaged") damaged++;
    else if (entry === "newer") held.add(idIn(stored));
    else takeLine(known, entry === "deleted" ? readDeleted(stored) : entry);
  }
  return { ...known, held, damaged };
}

/** Takes what a line says of an entry in place of what those before have said. */
function takeLine(
  { entries, deleted }: { entries: Map<string, JournalEntry>; deleted: Map<string, DeletedEntry> },
  line: JournalEntry | DeletedEntry | null,
): void {
  if (line === null) return;
  if ("deleted" in line) {
    entries.delete(line.id);
    deleted.set(line.id, line);
  } else {
    deleted.delete(line.id);
    entries.set(line.id, line);
  }
}

/** Returns the text of a file in which nothing is left of an entry but that it was deleted; other lines stay as they are. */
export function withoutEntry(content: Buffer | null, deleted: DeletedEntry): string {
  const lines = [...linesOf(content)].map((line) => line.toString());
  const others = lines.filter((line) => idIn(parseJson(line)) !== deleted.id);
  return [...others.map((line) => `${line}\n`), toNdjsonLine(withoutNulls(deleted))].join("");
}

/** Reads the entries with some ids, whole, out of a file of the journal; the other lines are passed over. */
export function entriesIn(content: Buffer | null, ids: ReadonlySet<string>): JournalEntry[] {
  const entries = new Map<string, JournalEntry>();
  for (const line of linesOf(content)) {
    const [, id = null] = ID.exec(line.toString("latin1", 0, ID_WITHIN_BYTES)) ?? [];
    if (id !== null && !ids.has(id)) continue;
    const entry = readEntry(parseJson(line.toString()));
    if (typeof entry === "object" && ids.has(entry.id)) entries.set(entry.id, entry);
  }
  return [...entries.values()];
}

/** Visits the lines; a last one without its end only if it is whole all the same, because a kill may have torn it. */
function* linesOf(content: Buffer | null): Generator<Buffer> {
  if (content === null) return;
  let start = content.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0;
  for (let end = content.indexOf(NEW_LINE, start); end >= 0; end = content.indexOf(NEW_LINE, start)) {
    yield content.subarray(start, end);
    start = end + 1;
  }
  const rest = content.subarray(start);
  if (isWholeLine(rest)) yield rest;
}

/** Returns a line without its details. */
function headOf(line: Buffer): string {
  const isWhole = line.at(-1) === CLOSING && line.at(-2) === CLOSING;
  const end = isWhole ? line.indexOf(DETAIL) : -1;
  return end < 0 ? line.toString() : `${line.toString("utf8", 0, end)}}`;
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
