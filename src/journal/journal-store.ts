import { join } from "node:path";
import type { Files } from "../store/atomic-files.js";
import { spanOf, type JournalEntry } from "./entry.js";
import { journalLine, parseJournalFile, type JournalFileContent } from "./journal-file.js";
import { isSameSpan, joinedEntry } from "./same-entry.js";

/** Says what became of an entry: `known` was there already, as good or better. */
export type Outcome = "new" | "corrected" | "known";

export interface StoredEntry {
  readonly outcome: Outcome;
  /** As it is kept: with the id under which the same event is known. */
  readonly entry: JournalEntry;
}

const MOST_KEPT_FILES = 6;
/** No car has told anything before [ms]. */
const FIRST_START = Date.UTC(2010, 0);
const DAY_MS = 24 * 3600 * 1000;

/**
 * Keeps the entries of all cars: one file per car and year to which lines are only appended, a correction as a later line
 * with the same id. Reads a file when it is first needed. One call at a time.
 */
export class JournalStore {
  /** What the files say that were read last, by path; one that could not be read is not here. */
  readonly #read = new Map<string, JournalFileContent>();

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
    // An entry lies in the file of the year in which it began, in its zone.
    for (let year = yearOf(from - 2 * DAY_MS); year <= yearOf(to + DAY_MS); year++) {
      const { entries } = await this.#content(vin, year);
      for (const entry of entries.values()) if (spanOf(entry).from <= to && spanOf(entry).to >= from) found.push(entry);
    }
    return found.sort((one, other) => spanOf(one).from - spanOf(other).from);
  }

  /** Returns all entries of a car until a time [ms], by their start. Throws like `add`. */
  async allUntil(vin: string, until: number): Promise<JournalEntry[]> {
    return this.between(vin, FIRST_START, until);
  }

  /** Returns the number of lines of a car's year that are no entries. */
  async damagedIn(vin: string, year: number): Promise<number> {
    return (await this.#content(vin, year)).damaged;
  }

  async #sameAs(vin: string, entry: JournalEntry): Promise<JournalEntry | null> {
    const span = spanOf(entry);
    const near = await this.between(vin, span.from, span.to);
    return (
      near.find((one) => one.kind === entry.kind && (one.id === entry.id || isSameSpan(spanOf(one), span))) ?? null
    );
  }

  async #write(vin: string, entry: JournalEntry, outcome: Outcome): Promise<StoredEntry> {
    const year = yearIn(entry);
    const content = await this.#content(vin, year);
    if (content.held.has(entry.id)) return { outcome: "known", entry };
    await this.files.append(this.#path(vin, year), journalLine(entry));
    this.#keep(this.#path(vin, year), { ...content, entries: new Map(content.entries).set(entry.id, entry) });
    return { outcome, entry };
  }

  async #content(vin: string, year: number): Promise<JournalFileContent> {
    const path = this.#path(vin, year);
    const known = this.#read.get(path) ?? parseJournalFile(await this.files.read(path));
    this.#keep(path, known);
    return known;
  }

  /** Keeps what was used last: years that nobody asks for take no memory. */
  #keep(path: string, content: JournalFileContent): void {
    this.#read.delete(path);
    this.#read.set(path, content);
    for (const oldest of this.#read.keys()) if (this.#read.size > MOST_KEPT_FILES) this.#read.delete(oldest);
  }

  #path(vin: string, year: number): string {
    return join(this.folder, vin, `${year}.ndjson`);
  }
}

function yearOf(time: number): number {
  return new Date(time).getUTCFullYear();
}

/** Returns the year of an entry in its zone. */
function yearIn({ start }: JournalEntry): number {
  return Number(start.slice(0, 4));
}
