import { join } from "node:path";
import type { Files } from "../store/atomic-files.js";
import { spanOf, type JournalEntry } from "./entry.js";
import { journalLine, parseJournalFile, type JournalFileContent } from "./journal-file.js";
import { isSameSpan, joinedEntry } from "./same-entry.js";

/** Says what became of an entry: `known` was there already, as good or better. */
type Outcome = "new" | "corrected" | "known";

export interface StoredEntry {
  readonly outcome: Outcome;
  /** As it is kept: with the id under which the same event is known. */
  readonly entry: JournalEntry;
}

/** Holds what has to be at hand of an entry: the entry itself stays on the disk. Times in ms. */
interface IndexedEntry {
  readonly id: string;
  readonly kind: JournalEntry["kind"];
  readonly from: number;
  readonly to: number;
}

/** Holds what has to be at hand of a file. */
interface FileIndex {
  readonly entries: Map<string, IndexedEntry>;
  readonly held: ReadonlySet<string>;
}

/** No car has told anything before [ms]. */
const FIRST_START = Date.UTC(2010, 0);
const DAY_MS = 24 * 3600 * 1000;

/**
 * Keeps the entries of all cars: one file per car and year to which lines are only appended, a correction as a later line
 * with the same id. Reads a file when it is first needed, and keeps an index of it. One call at a time.
 */
export class JournalStore {
  /** By path; a file that could not be read is not here. */
  readonly #indexes = new Map<string, FileIndex>();

  /** @param folder of the journal */
  constructor(
    private readonly files: Files,
    private readonly folder: string,
  ) {}

  /**
   * Adds what was observed. Throws the system's error if a file cannot be read or written; then nothing has changed.
   * @param complete called with what is to be written, joined with what is known of the event
   */
  async add(vin: string, entry: JournalEntry, complete: (entry: JournalEntry) => JournalEntry): Promise<StoredEntry> {
    const known = await this.#sameAs(vin, entry);
    if (known === null) return this.#write(vin, complete(entry), "new");
    const joined = joinedEntry(known, entry);
    // Under another year a correction would lie in another file, beside what it corrects.
    const isNothing = joined === known || yearIn(joined) !== yearIn(known);
    return isNothing ? { outcome: "known", entry: known } : this.#write(vin, complete(joined), "corrected");
  }

  /** Replaces an entry by one with the same id. Throws like `add`. */
  async correct(vin: string, entry: JournalEntry): Promise<StoredEntry> {
    return this.#write(vin, entry, "corrected");
  }

  /** Returns the entries of a car that went on between two times [ms], by their start. Throws like `add`. */
  async between(vin: string, from: number, to: number): Promise<JournalEntry[]> {
    const found: JournalEntry[] = [];
    for (const year of yearsOf(from, to)) {
      const { entries } = await this.#index(vin, year);
      const ids = [...entries.values()].filter((one) => one.from <= to && one.to >= from).map(({ id }) => id);
      if (ids.length === 0) continue;
      const content = await this.#read(vin, year, "all");
      found.push(...ids.flatMap((id) => content.entries.get(id) ?? []));
    }
    return inOrder(found);
  }

  /** Returns all entries of a car until a time [ms] without their details, by their start. Throws like `add`. */
  async headsUntil(vin: string, until: number): Promise<JournalEntry[]> {
    const found: JournalEntry[] = [];
    for (const year of yearsOf(FIRST_START, until)) {
      const { entries } = await this.#read(vin, year, "heads");
      for (const entry of entries.values()) if (spanOf(entry).from <= until) found.push(entry);
    }
    return inOrder(found);
  }

  /** Returns the number of lines of a car's year that are no entries. Throws like `add`. */
  async damagedIn(vin: string, year: number): Promise<number> {
    return (await this.#read(vin, year, "heads")).damaged;
  }

  async #sameAs(vin: string, entry: JournalEntry): Promise<JournalEntry | null> {
    const span = spanOf(entry);
    for (const year of yearsOf(span.from, span.to)) {
      const { entries } = await this.#index(vin, year);
      const isSame = (one: IndexedEntry) => one.kind === entry.kind && (one.id === entry.id || isSameSpan(one, span));
      const known = entries.get(entry.id) ?? [...entries.values()].find(isSame);
      if (known !== undefined) return (await this.#read(vin, year, "all")).entries.get(known.id) ?? null;
    }
    return null;
  }

  async #write(vin: string, entry: JournalEntry, outcome: Outcome): Promise<StoredEntry> {
    const year = yearIn(entry);
    const { entries, held } = await this.#index(vin, year);
    if (held.has(entry.id)) return { outcome: "known", entry };
    await this.files.append(this.#path(vin, year), journalLine(entry));
    entries.set(entry.id, indexed(entry));
    return { outcome, entry };
  }

  async #index(vin: string, year: number): Promise<FileIndex> {
    const path = this.#path(vin, year);
    const known = this.#indexes.get(path);
    if (known !== undefined) return known;
    const { entries, held } = await this.#read(vin, year, "heads");
    const index = { entries: new Map([...entries].map(([id, entry]) => [id, indexed(entry)])), held };
    this.#indexes.set(path, index);
    return index;
  }

  async #read(vin: string, year: number, part: "all" | "heads"): Promise<JournalFileContent> {
    return parseJournalFile(await this.files.read(this.#path(vin, year)), part);
  }

  #path(vin: string, year: number): string {
    return join(this.folder, vin, `${year}.ndjson`);
  }
}

function indexed(entry: JournalEntry): IndexedEntry {
  const { id, kind } = entry;
  return { id, kind, ...spanOf(entry) };
}

/** Returns the years of the files in which entries of a span [ms] can lie: an entry lies where it began, in its zone. */
function yearsOf(from: number, to: number): number[] {
  const [first, last] = [new Date(from - 2 * DAY_MS).getUTCFullYear(), new Date(to + DAY_MS).getUTCFullYear()];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function inOrder(entries: JournalEntry[]): JournalEntry[] {
  return entries.sort((one, other) => spanOf(one).from - spanOf(other).from);
}

/** Returns the year of an entry in its zone. */
function yearIn({ start }: JournalEntry): number {
  return Number(start.slice(0, 4));
}
