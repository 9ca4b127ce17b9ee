import { basename, dirname, join } from "node:path";
import type { Files } from "../store/atomic-files.js";
import { groupedBy } from "../support/grouped.js";
import { deletedEntry, spanOf, type DeletedEntry, type JournalEntry } from "./entry.js";
import type { ImportCounts } from "./import-counts.js";
import { entriesIn, headsIn, journalLine, withoutEntry, type JournalFileHeads } from "./journal-file.js";
import {
  indexed,
  indexOf,
  sameIn,
  yearIn,
  yearsOf,
  yearsOfId,
  type FileIndex,
  type IndexedEntry,
} from "./journal-index.js";
import { joinedEntry } from "./same-entry.js";
import { digestOf, digestText, readDigest, type YearDigest } from "./year-digest.js";

/** Says what became of an entry: `known` was there already, as good or better. */
type Outcome = "new" | "corrected" | "known";

export interface StoredEntry {
  readonly outcome: Outcome;
  /** As it is kept: with the id under which the same event is known. */
  readonly entry: JournalEntry;
}

/** Counts lines that this program cannot use; they stay as they are. */
export interface UselessLines {
  /** That are no entries. */
  readonly damaged: number;
  /** Entries that a newer version has written. */
  readonly newer: number;
}

/** No car has told anything before [ms]. */
const FIRST_START = Date.UTC(2010, 0);

/**
 * Keeps the entries of all cars: one file per car and year to which lines are only appended, a correction as a later line
 * with the same id. Reads a file when it is first needed, and keeps an index and a digest of it. Calls are done one after
 * the other: what one of them reads must not change meanwhile.
 */
export class JournalStore {
  /** By path; a file that could not be read is not here. */
  readonly #indexes = new Map<string, FileIndex>();
  /** By path; one that has changed since is not here. */
  readonly #digests = new Map<string, YearDigest>();
  #lastCall: Promise<unknown> = Promise.resolve();

  /** @param folder of the journal */
  constructor(
    private readonly files: Files,
    private readonly folder: string,
  ) {}

  /**
   * Adds what was observed. Throws the system's error if a file cannot be read or written; then nothing has changed.
   * @param complete called with what is to be written, joined with what is known of the event
   */
  add(vin: string, entry: JournalEntry, complete: (entry: JournalEntry) => JournalEntry): Promise<StoredEntry> {
    return this.#inTurn(async () => {
      const same = await this.#sameAs(vin, entry);
      if (same === null) return this.#write(vin, complete(entry), "new");
      const known = same.isDeleted ? null : await this.#find(vin, same.id);
      if (known === null) return { outcome: "known", entry };
      const joined = joinedEntry(known, entry);
      // Under another year a correction would lie in another file, beside what it corrects.
      const isNothing = joined === known || yearIn(joined) !== yearIn(known);
      return isNothing ? { outcome: "known", entry: known } : this.#write(vin, complete(joined), "corrected");
    });
  }

  /** Adds entries of another journal, a year at a time; what is known stays as it is. Throws like `add`. */
  merge(vin: string, entries: readonly JournalEntry[]): Promise<ImportCounts> {
    return this.#inTurn(async () => {
      const counts = { added: 0, known: 0, deleted: 0 };
      for (const [year, ofYear] of groupedBy(entries, (entry) => String(yearIn(entry))))
        await this.#mergeYear(vin, Number(year), ofYear, counts);
      return counts;
    });
  }

  /** Returns the entry with an id; `null` if there is none. Throws like `add`. */
  find(vin: string, id: string): Promise<JournalEntry | null> {
    return this.#inTurn(() => this.#find(vin, id));
  }

  /**
   * Deletes an entry: nothing that it told stays on the disk, also of what was corrected. Throws like `add`.
   * @returns what stays of it, so that it does not come back when it is told again; `null` if there was none
   */
  remove(vin: string, id: string): Promise<DeletedEntry | null> {
    return this.#inTurn(async () => {
      const entry = await this.#find(vin, id);
      if (entry === null) return null;
      const [path, deleted] = [this.#path(vin, yearIn(entry)), deletedEntry(entry)];
      const { entries } = await this.#index(vin, yearIn(entry));
      // What it told is in the sums of the digest.
      this.#digests.delete(path);
      await this.files.remove(digestPath(path));
      await this.files.write(path, withoutEntry(await this.files.read(path), deleted));
      entries.set(id, { ...indexed(entry), isDeleted: true });
      return deleted;
    });
  }

  /** Deletes all files of a car. Throws like `add`. */
  removeCar(vin: string): Promise<void> {
    return this.#inTurn(async () => {
      const folder = join(this.folder, vin);
      for (const known of [this.#indexes, this.#digests])
        for (const path of [...known.keys()]) if (dirname(path) === folder) known.delete(path);
      await this.files.remove(folder);
    });
  }

  /** Reads the files anew when they are needed: another process may have written them. */
  forget(): void {
    this.#indexes.clear();
    this.#digests.clear();
  }

  /**
   * Returns the entries of a car that began between two times [ms], by their start. Throws like `add`.
   * @param part "heads": without the details
   */
  begunWithin(vin: string, from: number, to: number, part: "all" | "heads"): Promise<JournalEntry[]> {
    return this.#inTurn(async () => {
      const found: JournalEntry[] = [];
      for (const year of yearsOf(Math.max(from, FIRST_START), to)) {
        const begun = await this.#begunIn(vin, year, from, to);
        const ids = new Set(begun.map(({ id }) => id));
        if (ids.size === 0) continue;
        const heads = async () => [...(await this.#heads(vin, year)).entries.values()].filter(({ id }) => ids.has(id));
        found.push(...(await (part === "all" ? this.#entries(vin, year, [...ids]) : heads())));
      }
      return inOrder(found);
    });
  }

  /** Counts the trips and charges of a car that began between two times [ms], without reading them. Throws like `add`. */
  countWithin(vin: string, from: number, to: number): Promise<Record<JournalEntry["kind"], number>> {
    return this.#inTurn(async () => {
      const counts = { trip: 0, charge: 0 };
      for (const year of yearsOf(from, to))
        for (const { kind } of await this.#begunIn(vin, year, from, to)) counts[kind]++;
      return counts;
    });
  }

  /** Replaces an entry by one with the same id. Throws like `add`. */
  correct(vin: string, entry: JournalEntry): Promise<StoredEntry> {
    return this.#inTurn(() => this.#write(vin, entry, "corrected"));
  }

  /** Returns the entries of a car that went on between two times [ms], by their start. Throws like `add`. */
  between(vin: string, from: number, to: number): Promise<JournalEntry[]> {
    return this.#inTurn(async () => {
      const found: JournalEntry[] = [];
      for (const year of yearsOf(from, to)) {
        const { entries } = await this.#index(vin, year);
        const ids = [...entries.values()].filter((one) => one.from <= to && one.to >= from).map(({ id }) => id);
        if (ids.length > 0) found.push(...(await this.#entries(vin, year, ids)));
      }
      return inOrder(found);
    });
  }

  /** Returns the digests of a car's years until a time [ms], in their order. Throws like `add`. */
  digestsUntil(vin: string, until: number): Promise<YearDigest[]> {
    return this.#inTurn(async () => {
      const digests: YearDigest[] = [];
      for (const year of yearsOf(FIRST_START, until)) {
        const digest = await this.#digest(vin, year);
        if (digest !== null) digests.push(digest);
      }
      return digests;
    });
  }

  /** Counts the lines of a car's years until a time [ms] that are of no use. Throws like `add`. */
  uselessUntil(vin: string, until: number): Promise<UselessLines> {
    return this.#inTurn(async () => {
      const counts = { damaged: 0, newer: 0 };
      for (const year of yearsOf(FIRST_START, until)) {
        const { damaged, held } = await this.#heads(vin, year);
        counts.damaged += damaged;
        counts.newer += held.size;
      }
      return counts;
    });
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const done = this.#lastCall.then(call);
    this.#lastCall = done.catch(() => undefined);
    return done;
  }

  async #sameAs(vin: string, entry: JournalEntry): Promise<IndexedEntry | null> {
    const span = spanOf(entry);
    for (const year of yearsOf(span.from, span.to)) {
      const known = sameIn((await this.#index(vin, year)).entries, entry);
      if (known !== null) return known;
    }
    return null;
  }

  async #find(vin: string, id: string): Promise<JournalEntry | null> {
    for (const year of new Set([...yearsOfId(id), ...this.#yearsRead(vin)])) {
      const known = (await this.#index(vin, year)).entries.get(id);
      if (known?.isDeleted === false) return (await this.#entries(vin, year, [id]))[0] ?? null;
    }
    return null;
  }

  /** Returns the years of a car that were read: an entry of elsewhere may have an id that tells another time than its start. */
  #yearsRead(vin: string): number[] {
    const own = [...this.#indexes.keys()].filter((path) => dirname(path) === join(this.folder, vin));
    return own.map((path) => Number(basename(path, ".ndjson")));
  }

  async #begunIn(vin: string, year: number, from: number, to: number): Promise<IndexedEntry[]> {
    const { entries } = await this.#index(vin, year);
    return [...entries.values()].filter((one) => !one.isDeleted && one.from >= from && one.from <= to);
  }

  async #mergeYear(
    vin: string,
    year: number,
    entries: readonly JournalEntry[],
    counts: { -readonly [Name in keyof ImportCounts]: number },
  ): Promise<void> {
    const { held } = await this.#index(vin, year);
    const fresh = new Map<string, IndexedEntry>();
    for (const entry of entries) {
      const same = (await this.#sameAs(vin, entry)) ?? sameIn(fresh, entry);
      if (same?.isDeleted === true) counts.deleted++;
      else if (same !== null || held.has(entry.id)) counts.known++;
      else fresh.set(entry.id, indexed(entry));
    }
    const added = entries.filter((entry) => fresh.delete(entry.id));
    if (added.length > 0) await this.#append(vin, year, added);
    counts.added += added.length;
  }

  async #write(vin: string, entry: JournalEntry, outcome: Outcome): Promise<StoredEntry> {
    const year = yearIn(entry);
    if ((await this.#index(vin, year)).held.has(entry.id)) return { outcome: "known", entry };
    await this.#append(vin, year, [entry]);
    return { outcome, entry };
  }

  async #append(vin: string, year: number, entries: readonly JournalEntry[]): Promise<void> {
    const path = this.#path(vin, year);
    const index = await this.#index(vin, year);
    // Before, because nobody knows what a write has done that fails.
    this.#digests.delete(path);
    await this.files.append(path, entries.map(journalLine).join(""));
    for (const entry of entries) index.entries.set(entry.id, indexed(entry));
  }

  async #index(vin: string, year: number): Promise<FileIndex> {
    const path = this.#path(vin, year);
    const index = this.#indexes.get(path) ?? indexOf(await this.#heads(vin, year));
    this.#indexes.set(path, index);
    return index;
  }

  /** Returns the digest of a file; `null` without one. It is kept beside the file, and made anew wherever it cannot be. */
  async #digest(vin: string, year: number): Promise<YearDigest | null> {
    const path = this.#path(vin, year);
    const known = this.#digests.get(path);
    if (known !== undefined) return known;
    const stamp = await this.files.stamp(path);
    if (stamp === null) return null;
    const kept = readDigest(await this.files.read(digestPath(path)).catch(() => null), stamp);
    const digest = kept ?? digestOf((await this.#heads(vin, year)).entries.values());
    this.#digests.set(path, digest);
    if (kept === null) await this.files.write(digestPath(path), digestText(digest, stamp)).catch(() => undefined);
    return digest;
  }

  async #heads(vin: string, year: number): Promise<JournalFileHeads> {
    return headsIn(await this.files.read(this.#path(vin, year)));
  }

  async #entries(vin: string, year: number, ids: readonly string[]): Promise<JournalEntry[]> {
    return entriesIn(await this.files.read(this.#path(vin, year)), new Set(ids));
  }

  #path(vin: string, year: number): string {
    return join(this.folder, vin, `${year}.ndjson`);
  }
}

function inOrder(entries: JournalEntry[]): JournalEntry[] {
  return entries.sort((one, other) => spanOf(one).from - spanOf(other).from);
}

/** Returns where the digest of a file is kept. */
function digestPath(path: string): string {
  return path.replace(/ndjson$/, "digest.json");
}
