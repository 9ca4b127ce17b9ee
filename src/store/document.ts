import type { Cancel, Clock } from "../support/clock.js";
import { depthWithin, isObject } from "../support/json.js";
import { limited } from "../support/time-limit.js";
import type { Files } from "./files.js";
import { PendingWrites } from "./pending-writes.js";

/** How a document's value is written and read again. */
export interface Codec<T> {
  /** Raised when an older program could not read what this one writes. */
  readonly version: number;
  /** The value of a document that was never saved. */
  initial(): T;
  /** A JSON value. */
  encode(value: T): unknown;
  /** The value out of what `encode` of this or an older version made; throws if that is not possible. */
  decode(data: unknown, version: number): T;
}

/** A file that was read and cannot be decoded; it was kept aside. */
export interface DamagedFile {
  readonly path: string;
  readonly aside: string;
  readonly cause: unknown;
}

/**
 * What keeps a document in memory only, and its file as it is. `unreadable`: it can be read or, as it is damaged, moved
 * aside not yet. `newer`: a newer version of this package has written it. `in-use`: another process works with it.
 */
export type Hold =
  | { readonly kind: "unreadable"; readonly path: string; readonly cause: unknown }
  | { readonly kind: "newer"; readonly path: string }
  | { readonly kind: "in-use" };

/** What a document is made of, beside its codec. */
export interface DocumentOptions {
  readonly path: string;
  readonly files: Files;
  readonly clock: Clock;
  /** Its writes go before those of the others. */
  readonly isUrgent: boolean;
  /** Whether the file is nobody else's, so that it may be read and written. */
  readonly isOurs: () => boolean;
  readonly onDamaged: (file: DamagedFile) => void;
  /** `hold` may be another. */
  readonly onHold: () => void;
}

/** Coalesced saves spare SD cards. */
const SAVE_AT_MOST_EVERY_MS = 60_000;
/** A start does not wait longer for a file. */
const READ_LIMIT_MS = 10_000;

/** One value kept in one file: loaded tolerantly, saved as a whole, by one writer at a time. */
export class Document<T> {
  #value: T;
  #dirty = false;
  #readable = true;
  /** `null` while the file may be written. */
  #hold: Hold | null = null;
  /** Raised when something takes the place of what was saved, so that reading that has become pointless. */
  #epoch = 0;
  #late: ((saved: T) => void) | null = null;
  #reading: Promise<Buffer | null> | null = null;
  #timer: Cancel | null = null;
  readonly #writes: PendingWrites;

  constructor(
    private readonly codec: Codec<T>,
    private readonly options: DocumentOptions,
  ) {
    this.#value = codec.initial();
    this.#writes = PendingWrites.of(options.files, options.clock);
  }

  get value(): T {
    return this.#value;
  }

  get path(): string {
    return this.options.path;
  }

  /** False if there was a damaged file; it was kept aside. */
  get readable(): boolean {
    return this.#readable;
  }

  /** False after a failed save, until one works again. */
  get writable(): boolean {
    return this.#writes.causeOf(this.path) === null;
  }

  /** Why the value lives in memory only, and what was saved is not known; `null` if it is. */
  get hold(): Hold | null {
    return this.#hold;
  }

  /**
   * Reads the file; never rejects. One that cannot be decoded is kept aside as `<name>.bad-<time>` and reported. One that
   * cannot be read is left alone, and so is one of a newer version: until `readAgain` works the value lives in memory only.
   * @param late takes what was saved when that is read after all, to join it with what has come meanwhile; the initial
   *   value if it was damaged
   * @returns what was saved, else the initial value
   */
  async load(late: (saved: T) => void = () => undefined): Promise<T> {
    const saved = await this.#read();
    this.#late = late;
    if (saved !== null && this.#dirty) late(saved.value);
    else if (saved !== null) this.#value = saved.value;
    return this.#value;
  }

  /** Reads what `load` could not; true if nothing is left to be read. Never rejects. */
  async readAgain(): Promise<boolean> {
    if (this.#hold === null || this.#late === null) return true;
    const saved = await this.#read();
    if (saved === null) return this.hold === null;
    this.#late(saved.value);
    if (this.#dirty) void this.flush();
    return true;
  }

  /** From now on the file is another process's: what is known by now lives in memory only. */
  suspend(): void {
    if (this.#late === null) return;
    this.#stopTimer();
    this.#setHold({ kind: "in-use" });
  }

  /** Takes the new value and saves it within a minute. */
  set(value: T): void {
    this.#value = value;
    this.#dirty = true;
    if (this.#hold === null) this.#timer ??= this.options.clock.after(SAVE_AT_MOST_EVERY_MS, () => void this.flush());
  }

  /** Takes the new value and resolves when it is safely on the disk, or known not to get there for now (`false`). */
  async save(value: T): Promise<boolean> {
    this.#value = value;
    this.#dirty = true;
    return this.flush();
  }

  /** Like `save`, and takes the place of what was saved although that could not be read. */
  async replace(value: T): Promise<boolean> {
    this.#epoch++;
    if (this.#hold?.kind === "unreadable") this.#setHold(null);
    return this.save(value);
  }

  /** Writes what is not written yet. Never rejects: a failure is reported, and tried again by itself. */
  async flush(): Promise<boolean> {
    if (this.#hold !== null || !this.options.isOurs()) return false;
    this.#stopTimer();
    try {
      if (this.#dirty) await this.#write();
      else await this.#writes.again(this.path);
      return true;
    } catch {
      return false;
    }
  }

  /** Forgets the value and removes the file, whatever it holds. Never rejects: what fails is tried again by itself. */
  async clear(): Promise<void> {
    this.#stopTimer();
    this.#value = this.codec.initial();
    this.#dirty = false;
    if (!this.options.isOurs()) return;
    this.#epoch++;
    this.#setHold(null);
    await this.#writes.write(this.path, null, this.options.isUrgent).catch(() => undefined);
  }

  async #write(): Promise<void> {
    this.#dirty = false;
    const text = JSON.stringify({ version: this.codec.version, data: this.codec.encode(this.#value) });
    await this.#writes.write(this.path, text, this.options.isUrgent);
  }

  /** What was saved; `null`: that is not known, or something has taken its place meanwhile. */
  async #read(): Promise<{ readonly value: T } | null> {
    const epoch = this.#epoch;
    const read = await this.#readFile();
    if (epoch !== this.#epoch) return null;
    const isHeld = "kind" in read;
    this.#setHold(isHeld ? read : null);
    return isHeld ? null : read;
  }

  async #readFile(): Promise<{ readonly value: T } | Hold> {
    if (!this.options.isOurs()) return { kind: "in-use" };
    try {
      // One that does not answer is not asked twice at once.
      this.#reading ??= this.#writes.read(this.path).finally(() => (this.#reading = null));
      const content = await limited(this.options.clock, READ_LIMIT_MS, this.#reading);
      if (!this.options.isOurs()) return { kind: "in-use" };
      return content === null ? { value: this.codec.initial() } : await this.#decode(content.toString("utf8"));
    } catch (cause) {
      return { kind: "unreadable", path: this.path, cause };
    }
  }

  async #decode(content: string): Promise<{ readonly value: T } | Hold> {
    try {
      const file = parsed(content);
      if (!isObject(file) || !Number.isSafeInteger(file["version"])) throw new Error("not a document");
      const version = Number(file["version"]);
      if (version > this.codec.version) return { kind: "newer", path: this.path };
      return { value: this.codec.decode(file["data"], version) };
    } catch (cause) {
      await this.#putAside(cause);
      return { value: this.codec.initial() };
    }
  }

  /** Rejects if the file cannot be moved; then it stays as it is. */
  async #putAside(cause: unknown): Promise<void> {
    const aside = `${this.path}.bad-${new Date(this.options.clock.now()).toISOString().replace(/[:.]/g, "-")}`;
    await this.options.files.rename(this.path, aside);
    this.#readable = false;
    this.options.onDamaged({ path: this.path, aside, cause });
  }

  #setHold(hold: Hold | null): void {
    if (hold === this.#hold) return;
    this.#hold = hold;
    this.options.onHold();
  }

  #stopTimer(): void {
    this.#timer?.();
    this.#timer = null;
  }
}

/** The value of JSON text. What is written here holds no number that is none, so one that is too large is nothing. */
function parsed(content: string): unknown {
  const value: unknown = JSON.parse(content, (_name, member: unknown) =>
    typeof member === "number" && !Number.isFinite(member) ? null : member,
  );
  if (!depthWithin(value)) throw new Error("nested too deep");
  return value;
}
