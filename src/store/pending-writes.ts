import { dirname, sep } from "node:path";
import type { Cancel, Clock } from "../support/clock.js";
import { limited } from "../support/time-limit.js";
import type { Files } from "./files.js";
import { Retry } from "./retry.js";

/** Hears of a file that cannot be written at present, and with `null` that it is written. */
export type WriteListener = (path: string, cause: unknown) => void;

interface Pending {
  /** `null`: the file is to be removed. */
  content: string | Buffer | null;
  /** Goes before the others of its folder. */
  isUrgent: boolean;
  running: Promise<void> | null;
  /** Why the last attempt failed; `null` while none has. */
  cause: unknown;
}

/** As long a write is waited for; one on a dead network share never ends. */
const WRITE_LIMIT_MS = 10_000;

const ofFiles = new WeakMap<Files, WeakMap<Clock, PendingWrites>>();

/**
 * What this process has to write. What cannot be written is kept and tried again until it is on the disk or something
 * newer has taken its place, also when its account is closed meanwhile: its successor after a deploy reads from here.
 */
export class PendingWrites {
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Map<string, Set<WriteListener>>();
  readonly #retry: Retry;

  private constructor(
    private readonly files: Files,
    private readonly clock: Clock,
  ) {
    this.#retry = new Retry(clock, () => this.#tryAll());
  }

  /** The one instance for these files: two would write over each other. */
  static of(files: Files, clock: Clock): PendingWrites {
    const byClock = ofFiles.get(files) ?? new WeakMap<Clock, PendingWrites>();
    ofFiles.set(files, byClock);
    const writes = byClock.get(clock) ?? new PendingWrites(files, clock);
    byClock.set(clock, writes);
    return writes;
  }

  /** The content as it is on the disk, or will be; `null` if there is no such file. Rejects if it cannot be read. */
  async read(path: string): Promise<Buffer | null> {
    const pending = this.#pending.get(path);
    if (pending === undefined) return this.files.read(path);
    return pending.content === null ? null : Buffer.from(pending.content);
  }

  /**
   * Replaces a file, or removes it (`null`); resolves when that, or something newer, is on the disk. Rejects when it is
   * known not to get there for now; it is tried again by itself.
   */
  async write(path: string, content: string | Buffer | null, isUrgent = false): Promise<void> {
    const pending = this.#pending.get(path) ?? { content, isUrgent, running: null, cause: null };
    Object.assign(pending, { content, isUrgent });
    this.#pending.set(path, pending);
    if (!isUrgent) await this.#tryUrgent(dirname(path));
    await this.#settle(path);
  }

  /** Why a file is not on the disk as it ought to be; `null`: it is, or is just being written. */
  causeOf(path: string): unknown {
    return this.#pending.get(path)?.cause ?? null;
  }

  /** Tries a file once more if it has failed; rejects if it fails again. */
  async again(path: string): Promise<void> {
    await this.#settle(path);
  }

  /** Forgets what waits for a folder: it is another process's by now. */
  drop(folder: string): void {
    for (const path of this.#pending.keys()) if (path.startsWith(folder + sep)) this.#pending.delete(path);
  }

  /** Hears of the files of a folder; returns what ends that. */
  listen(folder: string, listener: WriteListener): Cancel {
    const listeners = this.#listeners.get(folder) ?? new Set();
    this.#listeners.set(folder, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(folder) === listeners) this.#listeners.delete(folder);
    };
  }

  /** Has the newest content of a file written, one attempt at a time. */
  async #settle(path: string): Promise<void> {
    const pending = this.#pending.get(path);
    if (pending === undefined) return;
    try {
      await limited(this.clock, WRITE_LIMIT_MS, this.#perform(path, pending));
    } catch (cause) {
      this.#failed(path, pending, cause);
      throw cause;
    }
  }

  async #perform(path: string, pending: Pending): Promise<void> {
    while (pending.running !== null) await pending.running.catch(() => undefined);
    // It was written meanwhile, or something newer was.
    if (this.#pending.get(path) !== pending) return;
    const { content } = pending;
    const writing = content === null ? this.files.remove(path) : this.files.write(path, content);
    pending.running = writing.finally(() => (pending.running = null));
    await pending.running;
    if (pending.content === content && this.#pending.get(path) === pending) this.#written(path, pending);
  }

  #written(path: string, { cause }: Pending): void {
    this.#pending.delete(path);
    if (cause !== null) this.#tell(path, null);
    if (!this.#hasFailed) this.#retry.over();
  }

  #failed(path: string, pending: Pending, cause: unknown): void {
    if (this.#pending.get(path) !== pending) return;
    pending.cause = cause;
    this.#tell(path, cause);
    this.#retry.plan();
  }

  /** What is urgent and has failed before gets the room first. */
  async #tryUrgent(folder: string): Promise<void> {
    for (const [path, { isUrgent, cause, running }] of [...this.#pending])
      if (isUrgent && cause !== null && running === null && dirname(path) === folder)
        await this.#settle(path).catch(() => undefined);
  }

  async #tryAll(): Promise<boolean> {
    // One that does not answer is left alone until it does.
    const failed = [...this.#pending].filter(([, { cause, running }]) => cause !== null && running === null);
    failed.sort(([, one], [, other]) => Number(other.isUrgent) - Number(one.isUrgent));
    for (const [path] of failed) await this.#settle(path).catch(() => undefined);
    return !this.#hasFailed;
  }

  get #hasFailed(): boolean {
    return [...this.#pending.values()].some(({ cause }) => cause !== null);
  }

  #tell(path: string, cause: unknown): void {
    for (const listener of this.#listeners.get(dirname(path)) ?? []) listener(path, cause);
  }
}
