import { dirname, sep } from "node:path";
import type { Cancel, Clock } from "../support/clock.js";
import { withTimeLimit } from "../support/time-limit.js";
import type { Files } from "./atomic-files.js";
import { Retry } from "./retry.js";

/** Called with the cause when a file cannot be written, and with `null` when it is written. */
export type WriteListener = (path: string, cause: unknown) => void;

interface Pending {
  /** `null`: the file will be removed. */
  content: string | Buffer | null;
  /** Whether it precedes the others of its folder. */
  isUrgent: boolean;
  running: Promise<void> | null;
  /** Cause of the last failure; `null` without one. */
  cause: unknown;
}

/** Limits the wait for a write [ms]; one on a dead network share never ends. */
const WRITE_LIMIT_MS = 10_000;

const ofFiles = new WeakMap<Files, WeakMap<Clock, PendingWrites>>();

/**
 * Queues what this process has to write. Retries until it is on the disk or replaced by something newer, even when its
 * account is closed meanwhile: its successor after a deploy reads from here.
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

  /** Returns the one instance for these files: two would overwrite each other. */
  static of(files: Files, clock: Clock): PendingWrites {
    const byClock = ofFiles.get(files) ?? new WeakMap<Clock, PendingWrites>();
    ofFiles.set(files, byClock);
    const writes = byClock.get(clock) ?? new PendingWrites(files, clock);
    byClock.set(clock, writes);
    return writes;
  }

  /**
   * Returns the content that is, or will be, on the disk; `null` if there is no such file. Rejects if it cannot be
   * read.
   */
  async read(path: string): Promise<Buffer | null> {
    const pending = this.#pending.get(path);
    if (pending === undefined) return this.files.read(path);
    return pending.content === null ? null : Buffer.from(pending.content);
  }

  /**
   * Replaces a file, or removes it (`null`); resolves when that, or something newer, is on the disk. Rejects when it is
   * known not to get there for now, and retries by itself.
   */
  async write(path: string, content: string | Buffer | null, isUrgent = false): Promise<void> {
    const pending = this.#pending.get(path) ?? { content, isUrgent, running: null, cause: null };
    Object.assign(pending, { content, isUrgent });
    this.#pending.set(path, pending);
    if (!isUrgent) await this.#tryUrgent(dirname(path));
    await this.#settle(path);
  }

  /** Returns why a file could not be written; `null` if it was, or is being written. */
  causeOf(path: string): unknown {
    return this.#pending.get(path)?.cause ?? null;
  }

  /** Retries a failed file; rejects if it fails again. */
  async again(path: string): Promise<void> {
    await this.#settle(path);
  }

  /** Drops what waits for a folder that another process uses now. */
  drop(folder: string): void {
    for (const path of this.#pending.keys()) if (path.startsWith(folder + sep)) this.#pending.delete(path);
  }

  /** Listens to the files of a folder; returns a function that stops it. */
  listen(folder: string, listener: WriteListener): Cancel {
    const listeners = this.#listeners.get(folder) ?? new Set();
    this.#listeners.set(folder, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(folder) === listeners) this.#listeners.delete(folder);
    };
  }

  /** Writes the newest content of a file, one attempt at a time. */
  async #settle(path: string): Promise<void> {
    const pending = this.#pending.get(path);
    if (pending === undefined) return;
    try {
      await withTimeLimit(this.clock, WRITE_LIMIT_MS, this.#perform(path, pending));
    } catch (cause) {
      this.#failed(path, pending, cause);
      throw cause;
    }
  }

  async #perform(path: string, pending: Pending): Promise<void> {
    while (pending.running !== null) await pending.running.catch(() => undefined);
    // It, or something newer, was written meanwhile.
    if (this.#pending.get(path) !== pending) return;
    const { content } = pending;
    const writing = content === null ? this.files.remove(path) : this.files.write(path, content);
    pending.running = writing.finally(() => (pending.running = null));
    await pending.running;
    if (pending.content === content && this.#pending.get(path) === pending) this.#written(path, pending);
  }

  #written(path: string, { cause }: Pending): void {
    this.#pending.delete(path);
    if (cause !== null) this.#reportCause(path, null);
    if (!this.#hasFailed) this.#retry.over();
  }

  #failed(path: string, pending: Pending, cause: unknown): void {
    if (this.#pending.get(path) !== pending) return;
    pending.cause = cause;
    this.#reportCause(path, cause);
    this.#retry.plan();
  }

  /** Retries failed urgent files first, because space may be short. */
  async #tryUrgent(folder: string): Promise<void> {
    for (const [path, { isUrgent, cause, running }] of [...this.#pending])
      if (isUrgent && cause !== null && running === null && dirname(path) === folder)
        await this.#settle(path).catch(() => undefined);
  }

  async #tryAll(): Promise<boolean> {
    // A file that does not answer is left alone until it does.
    const failed = [...this.#pending].filter(([, { cause, running }]) => cause !== null && running === null);
    failed.sort(([, one], [, other]) => Number(other.isUrgent) - Number(one.isUrgent));
    for (const [path] of failed) await this.#settle(path).catch(() => undefined);
    return !this.#hasFailed;
  }

  get #hasFailed(): boolean {
    return [...this.#pending.values()].some(({ cause }) => cause !== null);
  }

  #reportCause(path: string, cause: unknown): void {
    for (const listener of this.#listeners.get(dirname(path)) ?? []) listener(path, cause);
  }
}
