import type { Cancel, Clock } from "../support/clock.js";
import { withTimeLimit } from "../support/time-limit.js";
import { LockedContent, type Codec } from "./codec.js";
import { documentText, parseDocument } from "./document-format.js";
import { DocumentHandover } from "./document-handover.js";
import type { Files } from "./atomic-files.js";
import { PendingWrites } from "./pending-writes.js";

/** A file that was kept aside: it cannot be decoded, or something has taken its place while it was locked. */
export interface FileAside {
  readonly kind: "damaged" | "superseded";
  readonly path: string;
  readonly aside: string;
  readonly cause: unknown;
}

/**
 * What keeps a document in memory only, and its file as it is. `unreadable`: it can be read or, as it is damaged, moved
 * aside not yet. `newer`: a newer version of this package has written it. `locked`: it is whole, but the key to it is not
 * there. `in-use`: another process works with it. `handing-over`: what it holds is another owner's, and is being kept aside;
 * `cause` is why that has failed so far.
 */
export type DocumentHold =
  | { readonly kind: "unreadable"; readonly path: string; readonly cause: unknown }
  | { readonly kind: "newer"; readonly path: string }
  | { readonly kind: "locked" }
  | { readonly kind: "in-use" }
  | { readonly kind: "handing-over"; readonly cause: unknown };

/** Lists what a document needs besides its codec. */
export interface DocumentOptions {
  readonly path: string;
  readonly files: Files;
  readonly clock: Clock;
  /** Whether its writes precede those of other documents. */
  readonly isUrgent: boolean;
  /** Returns whether no other process uses the file, so that it may be read and written. */
  readonly isOurs: () => boolean;
  readonly onAside: (file: FileAside) => void;
  /** Called when the data kept aside for the present owner are in use again. */
  readonly onTakenBack: (path: string) => void;
  /** Called when `hold` may have changed. */
  readonly onHold: () => void;
}

/** The content of a file. */
interface Saved<T> {
  readonly value: T;
  /** "" if the file does not say. */
  readonly owner: string;
  /** Where it was kept aside; it goes when the document itself is written. */
  readonly aside?: string;
}

/** Minimum time between saves [ms]; coalesced saves spare SD cards. */
const SAVE_AT_MOST_EVERY_MS = 60_000;
/** Limits how long a start waits for a file [ms]. */
const READ_LIMIT_MS = 10_000;

/** Keeps one value in one file: loads it tolerantly, saves it as a whole, with one writer at a time. */
export class Document<T> {
  #value: T;
  #dirty = false;
  #readable = true;
  /** Whether the saved content is locked and has been replaced: it is moved aside as soon as possible. */
  #isSuperseded = false;
  /** `null` while the file may be written. */
  #hold: DocumentHold | null = null;
  /** Owner of the content, by a name that does not reveal the person; "" while unknown. */
  #owner = "";
  readonly #handover: DocumentHandover;
  /** Where a copy lies of what has been taken back; `null` if there is none. */
  #aside: string | null = null;
  /** Incremented when something replaces the saved value, which makes a running read obsolete. */
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
    this.#handover = new DocumentHandover(options.path, this.#writes);
  }

  get value(): T {
    return this.#value;
  }

  get path(): string {
    return this.options.path;
  }

  /** Returns false if there was a damaged file, which was kept aside. */
  get readable(): boolean {
    return this.#readable;
  }

  /** Returns false after a failed save, until one succeeds again. */
  get writable(): boolean {
    return this.#writes.causeOf(this.path) === null;
  }

  /** Returns why the value lives in memory only and the saved one is unknown; `null` if it is known. */
  get hold(): DocumentHold | null {
    return this.#hold;
  }

  /**
   * Reads the file; never rejects. One that cannot be decoded is kept aside as `<name>.bad-<time>` and reported. One that
   * cannot be read is left alone, and so is one of a newer version or one that is locked: until `readAgain` works the value
   * lives in memory only.
   * @param late takes what was saved when that is read after all, to join it with what has come meanwhile; the initial
   *   value if it was damaged
   * @returns what was saved, else the initial value
   */
  async load(late: (saved: T) => void = () => undefined): Promise<T> {
    const saved = await this.#read();
    this.#late = late;
    if (saved !== null && this.#dirty) late(saved.value);
    else if (saved !== null) this.#value = saved.value;
    this.#owner ||= saved?.owner ?? "";
    return this.#value;
  }

  /** Reads what `load` could not; returns true if nothing is left to be read. Never rejects. */
  async readAgain(): Promise<boolean> {
    if (this.#hold === null || this.#late === null) return true;
    const saved = await this.#read();
    if (saved === null) return this.hold === null;
    // A simultaneous request must not get it as well.
    this.#epoch++;
    this.#owner ||= saved.owner;
    this.#late(saved.value);
    this.#aside = saved.aside ?? null;
    if (this.#dirty) void this.flush();
    return true;
  }

  /**
   * Says whose the content has to be. That of another owner is kept aside as `<name>.<owner>.json`, and what was kept aside
   * for this one is taken back by the `late` of `load`. Call it after that.
   * @param fresh takes the place of another one's value at once
   * @param formerly whose the content is if it does not say so
   * @returns whether it was another one's
   */
  belongTo(owner: string, fresh: T, formerly = ""): boolean {
    const former = this.#owner || formerly;
    this.#owner = owner;
    if (former === "" || former === owner) return false;
    this.#stopTimer();
    this.#epoch++;
    this.#aside = null;
    // While it is held, it is not known what was saved: that goes aside when it can be read.
    if (this.#hold === null) {
      this.#handover.add(former, this.#text(former));
      this.#setHold({ kind: "handing-over", cause: null });
    }
    this.#value = fresh;
    this.#dirty = true;
    void this.readAgain();
    return true;
  }

  /** The owner has another name by now. */
  rename(former: string, owner: string): void {
    if (this.#owner !== former) return;
    this.#owner = owner;
    this.#dirty = true;
    void this.flush();
  }

  /** Suspends the document, whose file another process uses from now on: the value lives in memory only. */
  suspend(): void {
    if (this.#late === null) return;
    this.#stopTimer();
    this.#handover.end();
    this.#setHold({ kind: "in-use" });
  }

  /** Sets the value and saves it within a minute. */
  set(value: T): void {
    this.#value = value;
    this.#dirty = true;
    if (this.#hold === null) this.#timer ??= this.options.clock.after(SAVE_AT_MOST_EVERY_MS, () => void this.flush());
  }

  /** Sets the value; resolves when it is safely on the disk, or known not to get there for now (`false`). */
  async save(value: T): Promise<boolean> {
    this.#value = value;
    this.#dirty = true;
    return this.flush();
  }

  /**
   * Like `save`, and takes the place of what was saved although that could not be read. What is locked is kept aside as
   * `<name>.locked-<time>`: it may be opened one day.
   */
  async replace(value: T): Promise<boolean> {
    const epoch = ++this.#epoch;
    this.#isSuperseded ||= this.#hold?.kind === "locked";
    if (this.#isSuperseded) {
      await this.#read();
      this.#isSuperseded &&= this.#hold !== null;
    } else if (this.#hold?.kind === "unreadable") this.#setHold(null);
    return epoch === this.#epoch && this.save(value);
  }

  /** Writes what is not written yet. Never rejects: a failure is reported and retried. */
  async flush(): Promise<boolean> {
    if (this.#hold !== null || !this.options.isOurs()) return false;
    this.#stopTimer();
    try {
      if (this.#dirty) await this.#write();
      else await this.#writes.again(this.path);
      this.#forgetAside();
      return true;
    } catch {
      return false;
    }
  }

  /** Forgets the value and removes the file, whatever it holds. Never rejects: a failure is retried. */
  async clear(): Promise<void> {
    this.#stopTimer();
    this.#handover.end();
    this.#value = this.codec.initial();
    this.#dirty = false;
    if (!this.options.isOurs()) return;
    this.#epoch++;
    this.#isSuperseded = false;
    this.#setHold(null);
    await this.#writes.write(this.path, null, this.options.isUrgent).catch(() => undefined);
  }

  async #write(): Promise<void> {
    this.#dirty = false;
    await this.#writes.write(this.path, this.#text(this.#owner), this.options.isUrgent);
  }

  #text(owner: string): string {
    return documentText({ version: this.codec.version, owner, data: this.codec.encode(this.#value) });
  }

  /** Removes the copy that was kept aside, once the document itself holds what was in it. */
  #forgetAside(): void {
    const aside = this.#aside;
    this.#aside = null;
    // Failed writes are retried by themselves.
    if (aside !== null && this.#hold === null) this.#writes.write(aside, null).catch(() => undefined);
  }

  /** Reads the saved value; `null` if it is unknown or was replaced meanwhile. */
  async #read(): Promise<Saved<T> | null> {
    const epoch = this.#epoch;
    const read = await this.#readFile();
    if (epoch !== this.#epoch) return null;
    const isHeld = "kind" in read;
    this.#setHold(isHeld ? read : null);
    return isHeld ? null : read;
  }

  async #readFile(): Promise<Saved<T> | DocumentHold> {
    if (!this.options.isOurs()) return { kind: "in-use" };
    if (this.#handover.isPending) return this.#takeBack();
    try {
      // A file that does not answer is not read twice at once.
      this.#reading ??= this.#writes.read(this.path).finally(() => (this.#reading = null));
      const content = await withTimeLimit(this.options.clock, READ_LIMIT_MS, this.#reading);
      if (!this.options.isOurs()) return { kind: "in-use" };
      if (content === null) return { value: this.codec.initial(), owner: "" };
      const saved = await this.#decode(content.toString("utf8"), this.path);
      if ("kind" in saved || saved.owner === "" || this.#owner === "" || saved.owner === this.#owner) return saved;
      this.#handover.add(saved.owner, content.toString("utf8"));
      return await this.#takeBack();
    } catch (cause) {
      return { kind: "unreadable", path: this.path, cause };
    }
  }

  /** Keeps aside what former owners have left; only then what was kept aside for the present one takes its place. */
  async #takeBack(): Promise<Saved<T> | DocumentHold> {
    const own = this.#handover.contentOf(this.#owner);
    try {
      await this.#handover.keepAside(this.#owner);
    } catch (cause) {
      return { kind: "handing-over", cause };
    }
    const path = this.#handover.pathOf(this.#owner);
    try {
      const content = own ?? (await withTimeLimit(this.options.clock, READ_LIMIT_MS, this.#writes.read(path)));
      const saved = content === null ? null : await this.#decode(content.toString(), path);
      if (saved !== null && "kind" in saved) return saved;
      this.#handover.end();
      if (saved === null) return { value: this.codec.initial(), owner: this.#owner };
      this.options.onTakenBack(this.path);
      return { value: saved.value, owner: this.#owner, aside: path };
    } catch (cause) {
      return { kind: "unreadable", path, cause };
    }
  }

  async #decode(content: string, path: string): Promise<Saved<T> | DocumentHold> {
    try {
      const { version, owner, data } = parseDocument(content);
      if (version > this.codec.version) return { kind: "newer", path };
      return { value: this.codec.decode(data, version), owner };
    } catch (cause) {
      if (cause instanceof LockedContent && !this.#isSuperseded) return { kind: "locked" };
      await this.#putAside(path, cause);
      return { value: this.codec.initial(), owner: "" };
    }
  }

  /** Keeps the file aside; rejects if it cannot be moved, then it stays unchanged. */
  async #putAside(path: string, cause: unknown): Promise<void> {
    const isLocked = cause instanceof LockedContent;
    const time = new Date(this.options.clock.now()).toISOString().replace(/[:.]/g, "-");
    const aside = `${path}.${isLocked ? "locked" : "bad"}-${time}`;
    await this.options.files.rename(path, aside);
    this.#isSuperseded = false;
    this.#readable &&= isLocked;
    this.options.onAside({ kind: isLocked ? "superseded" : "damaged", path, aside, cause });
  }

  #setHold(hold: DocumentHold | null): void {
    if (hold === this.#hold) return;
    this.#hold = hold;
    this.options.onHold();
  }

  #stopTimer(): void {
    this.#timer?.();
    this.#timer = null;
  }
}
