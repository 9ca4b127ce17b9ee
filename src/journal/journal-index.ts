import { spanOf, type DeletedEntry, type JournalEntry } from "./entry.js";
import type { JournalFileHeads } from "./journal-file.js";
import { isSameSpan } from "./same-entry.js";

/** Holds what has to be at hand of an entry: the entry itself stays on the disk. Times in ms. */
export interface IndexedEntry {
  readonly id: string;
  readonly kind: JournalEntry["kind"];
  readonly from: number;
  readonly to: number;
  /** Whether the user has deleted it: then it is there only in order not to come back. */
  readonly isDeleted: boolean;
}

/** Holds what has to be at hand of a file. */
export interface FileIndex {
  readonly entries: Map<string, IndexedEntry>;
  readonly held: ReadonlySet<string>;
}

const DAY_MS = 24 * 3600 * 1000;

export function indexOf({ entries, deleted, held }: JournalFileHeads): FileIndex {
  const gone = [...deleted.values()].map((one) => ({ ...indexed(one), isDeleted: true }));
  const all = [...[...entries.values()].map(indexed), ...gone];
  return { entries: new Map(all.map((one) => [one.id, one])), held };
}

export function indexed(entry: JournalEntry | DeletedEntry): IndexedEntry {
  const { id, kind } = entry;
  return { id, kind, ...spanOf(entry), isDeleted: false };
}

/** Returns what is known of the same event: by its id, else by its time. */
export function sameIn(known: ReadonlyMap<string, IndexedEntry>, entry: JournalEntry): IndexedEntry | null {
  const own = known.get(entry.id);
  if (own !== undefined) return own;
  const span = spanOf(entry);
  // Most of them are far away, and an import looks at all of them for each of its entries.
  const isNear = (one: IndexedEntry) => one.from <= span.to && one.to >= span.from;
  for (const one of known.values()) if (isNear(one) && one.kind === entry.kind && isSameSpan(one, span)) return one;
  return null;
}

/** Returns the years in which an entry with an id can lie: an id tells the second in which it began. */
export function yearsOfId(id: string): number[] {
  const [, year, month, day] = /-(\d{4})(\d\d)(\d\d)T/.exec(id) ?? [];
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return Number.isNaN(at) ? [] : yearsOf(at, at);
}

/** Returns the years of the files in which entries of a span [ms] can lie: an entry lies where it began, in its zone. */
export function yearsOf(from: number, to: number): number[] {
  const [first, last] = [new Date(from - 2 * DAY_MS).getUTCFullYear(), new Date(to + DAY_MS).getUTCFullYear()];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Returns the year of an entry in its zone. */
export function yearIn({ start }: JournalEntry): number {
  return Number(start.slice(0, 4));
}
