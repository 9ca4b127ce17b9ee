import type { Cancel, Clock } from "../support/clock.js";
import { isObject, parseJson } from "../support/json.js";
import type { Files } from "./files.js";

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

/** What happened to a document that others should hear of. */
export interface DocumentProblem {
  readonly kind: "unreadable" | "unwritable";
  readonly name: string;
  readonly cause: unknown;
}

/** Coalesced saves spare SD cards. */
const SAVE_AT_MOST_EVERY_MS = 60_000;

/** One value kept in one file: loaded tolerantly, saved as a whole, by one writer at a time. */
export class Document<T> {
  #value: T;
  #dirty = false;
  #readable = true;
  #writing: Promise<void> | null = null;
  #timer: Cancel | null = null;
  #writable = true;

  constructor(
    private readonly name: string,
    private readonly path: string,
    private readonly codec: Codec<T>,
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly report: (problem: DocumentProblem) => void,
  ) {
    this.#value = codec.initial();
  }

  get value(): T {
    return this.#value;
  }

  /** False if there was a file that could not be read; it was kept aside. */
  get readable(): boolean {
    return this.#readable;
  }

  /** False after a failed save, until one works again. */
  get writable(): boolean {
    return this.#writable;
  }

  /** Reads the file. One that cannot be read is kept aside as `<name>.bad-<time>` and reported; never throws. */
  async load(): Promise<T> {
    try {
      const content = await this.files.read(this.path);
      if (content !== null) this.#value = this.#decode(content.toString("utf8"));
    } catch (cause) {
      this.#readable = false;
      const aside = `${this.path}.bad-${new Date(this.clock.now()).toISOString().replace(/[:.]/g, "-")}`;
      await this.files.rename(this.path, aside).catch(() => undefined);
      this.report({ kind: "unreadable", name: this.name, cause });
    }
    return this.#value;
  }

  /** Takes the new value and saves it within a minute. */
  set(value: T): void {
    this.#value = value;
    this.#dirty = true;
    this.#timer ??= this.clock.after(SAVE_AT_MOST_EVERY_MS, () => void this.flush());
  }

  /** Takes the new value and resolves when it is safely on the disk, or known not to get there (`false`). */
  async save(value: T): Promise<boolean> {
    this.#value = value;
    this.#dirty = true;
    return this.flush();
  }

  /** Writes what is not written yet. Never rejects: a failure is reported once and tried again with the next save. */
  async flush(): Promise<boolean> {
    this.#timer?.();
    this.#timer = null;
    while (this.#writing !== null) await this.#writing;
    if (!this.#dirty) return this.#writable;
    this.#dirty = false;
    this.#writing = this.#write(this.#encode()).finally(() => (this.#writing = null));
    await this.#writing;
    return this.#writable;
  }

  /** Forgets the value and removes the file. */
  async clear(): Promise<void> {
    this.#timer?.();
    this.#timer = null;
    while (this.#writing !== null) await this.#writing;
    this.#value = this.codec.initial();
    this.#dirty = false;
    await this.files.remove(this.path).catch(() => undefined);
  }

  async #write(text: string): Promise<void> {
    try {
      await this.files.write(this.path, text);
      this.#writable = true;
    } catch (cause) {
      this.#dirty = true;
      if (this.#writable) this.report({ kind: "unwritable", name: this.name, cause });
      this.#writable = false;
    }
  }

  #encode(): string {
    return JSON.stringify({ version: this.codec.version, data: this.codec.encode(this.#value) });
  }

  #decode(content: string): T {
    const file = parseJson(content);
    if (!isObject(file) || typeof file["version"] !== "number") throw new Error("not a document");
    return this.codec.decode(file["data"], file["version"]);
  }
}
