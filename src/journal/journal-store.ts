import { join } from "node:path";
import type { Files } from "../store/atomic-files.js";
import { spanOf, type JournalEntry } from "./entry.js";
import { entriesIn, headsIn, journalLine, type JournalFileHeads } from "./journal-file.js";
import { isSameSpan, joinedEntry } from "./same-entry.js";
import { digestOf, digestText, readDigest, type YearDigest } from "./year-digest.js";

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
      const known = await this.#sameAs(vin, entry);
      if (known === null) return this.#write(vin, complete(entry), "new");
      const joined = joinedEntry(known, entry);
      // Under another year a correction would lie in another file, beside what it corrects.
      const isNothing = joined === known || yearIn(joined) !== yearIn(known);
      return isNothing ? { outcome: "known", entry: known } : this.#write(vin, complete(joined), "corrected");
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
      return found.sort((one, other) => spanOf(one).from - spanOf(other).from);
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

  /** Returns the number of lines of a car's year that are no entries. Throws like `add`. */
  damagedIn(vin: string, year: number): Promise<number> {
    return this.#inTurn(async () => (await this.#heads(vin, year)).damaged);
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const done = this.#lastCall.then(call);
    this.#lastCall = done.catch(() => undefined);
    return done;
  }

  async #sameAs(vin: string, entry: JournalEntry): Promise<JournalEntry | null> {
    const span = spanOf(entry);
    for (const year of yearsOf(span.from, span.to)) {
      const { entries } = await this.#index(vin, year);
      const isSame = (one: IndexedEntry) => one.kind === entry.kind && (one.id === entry.id || isSameSpan(one, span));
      const known = entries.get(entry.id) ?? [...entries.values()].find(isSame);
      if (known !== undefined) return (await this.#entries(vin, year, [known.id]))[0] ?? null;
    }
    return null;
  }

  async #write(vin: string, entry: JournalEntry, outcome: Outcome): Promise<StoredEntry> {
    const year = yearIn(entry);
    const path = this.#path(vin, year);
    const { entries, held } = await this.#index(vin, year);
    if (held.has(entry.id)) return { outcome: "known", entry };
    // Before, because nobody knows what a write has done that fails.
    this.#digests.delete(path);
    await this.files.append(path, journalLine(entry));
    entries.set(entry.id, indexed(entry));
    return { outcome, entry };
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

function indexOf({ entries, held }: JournalFileHeads): FileIndex {
  return { entries: new Map([...entries].map(([id, entry]) => [id, indexed(entry)])), held };
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

/** Returns where the digest of a file is kept. */
function digestPath(path: string): string {
  return path.replace(/ndjson$/, "digest.json");
}

/** Returns the year of an entry in its zone. */
function yearIn({ start }: JournalEntry): number {
  return Number(start.slice(0, 4));
}
