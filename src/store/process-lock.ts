import { isDeepStrictEqual } from "node:util";
import type { Cancel, Clock } from "../support/clock.js";
import { newProblem, type Problem } from "../support/errors.js";
import type { FolderLock, LockListener } from "./folder-lock.js";
import { LockFile, type Failure, type LockHolder } from "./lock-file.js";
import { processStateOf } from "./process-identity.js";

/** Holds the times of the lock protocol [ms]. */
export interface LockTimes {
  /** Interval at which a holder checks for questions, and others whether it is gone. */
  readonly watch: number;
  /** Wait for an answer. */
  readonly answer: number;
  /** Pause before a holder that runs elsewhere is asked again. */
  readonly askAgain: number;
  /** Time within which two processes that take a lock at once notice each other. */
  readonly settle: number;
  /** Time for which a lock is kept without a user: a deploy brings the next one within moments. */
  readonly grace: number;
}

const TIMES: LockTimes = { watch: 2000, answer: 10_000, askAgain: 15_000, settle: 250, grace: 10_000 };

/** `failure`: why it is unknown whether the rival lives, or why its lock cannot be taken over. */
type LockVerdict = "ours" | { readonly rival: LockHolder | null; readonly failure?: string };

const locks = new Map<string, ProcessLock>();

/**
 * Lets one process at a time work with a folder: BMW's refresh tokens rotate, so that two with one login would end it
 * for each other. The system reports whether the process that is written in the lock lives; where it cannot, because
 * that one is in another container or on another machine, it is asked by a file that it takes away. A killed one blocks
 * nobody, but where that cannot be found out, or nothing be written, the lock stands: tokens that cannot be saved must
 * not be rotated.
 */
export class ProcessLock implements FolderLock {
  readonly #file: LockFile;
  readonly #users = new Set<LockListener>();
  #verdict: LockVerdict | null = null;
  #deciding: Promise<void> | null = null;
  #watch: Cancel | null = null;
  #leaving: Cancel | null = null;
  #askedAt = -Infinity;

  constructor(
    folder: string,
    private readonly clock: Clock,
    private readonly times: LockTimes = TIMES,
  ) {
    this.#file = new LockFile(folder);
  }

  /** Returns the one lock of this process for a folder. */
  static of(folder: string, clock: Clock): ProcessLock {
    const lock = locks.get(folder) ?? new ProcessLock(folder, clock);
    locks.set(folder, lock);
    return lock;
  }

  async join(user: LockListener): Promise<Problem | null> {
    this.#users.add(user);
    this.#leaving?.();
    this.#watch ??= this.clock.every(this.times.watch, () => void this.#look());
    if (this.#verdict === null) await this.#look();
    return problemOf(this.#verdict);
  }

  async check(): Promise<void> {
    await this.#look();
  }

  leave(user: LockListener): void {
    this.#users.delete(user);
    if (this.#users.size > 0) return;
    this.#leaving?.();
    this.#leaving = this.clock.after(this.times.grace, () => {
      this.#release();
    });
  }

  #release(): void {
    this.#watch?.();
    this.#watch = null;
    this.#verdict = null;
    this.#file.release();
  }

  /** Runs one check at a time. */
  #look(): Promise<void> {
    this.#deciding ??= this.#decide().finally(() => (this.#deciding = null));
    return this.#deciding;
  }

  async #decide(): Promise<void> {
    const before = this.#verdict;
    const now = before === "ours" ? await this.#keep() : await this.#take();
    // The last user has left.
    if (this.#watch === null) this.#file.release();
    else this.#settle(before, now);
  }

  #settle(before: LockVerdict | null, now: LockVerdict): void {
    this.#verdict = now;
    const isOther = before !== null && !isDeepStrictEqual(problemOf(before), problemOf(now));
    if (isOther) for (const user of [...this.#users]) user(problemOf(now));
  }

  async #keep(): Promise<LockVerdict> {
    await this.#file.answer();
    const rival = await this.#file.rival();
    return rival === null ? "ours" : { rival };
  }

  async #take(): Promise<LockVerdict> {
    const taking = await this.#file.take();
    // Where there is no lock and none can be made, the folder is used in memory only.
    if (taking === "ours" || "failure" in taking) return "ours";
    const { holder } = taking;
    const life = await this.#lifeOf(holder);
    if (life !== "dead") return { rival: holder, ...(life !== "alive" && life) };
    const again = await this.#file.takeOver(holder);
    if (again !== "ours") return "failure" in again ? { rival: holder, ...again } : { rival: again.holder };
    await this.#pause(this.times.settle);
    return this.#keep();
  }

  async #lifeOf(holder: LockHolder | null): Promise<"alive" | "dead" | Failure> {
    const fate = holder === null ? "unknown" : await processStateOf(holder.process);
    return fate === "unknown" ? this.#askForLife() : fate;
  }

  async #askForLife(): Promise<"alive" | "dead" | Failure> {
    const now = this.clock.now();
    if (Math.abs(now - this.#askedAt) < this.times.askAgain) return "alive";
    const failure = await this.#file.ask();
    if (failure !== null) return failure;
    const step = this.times.answer / 20;
    for (let waited = 0; waited < this.times.answer; waited += step) {
      await this.#pause(step);
      if (!(await this.#file.isAnswered())) continue;
      this.#askedAt = this.clock.now();
      return "alive";
    }
    return "dead";
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve);
    });
  }
}

function problemOf(verdict: LockVerdict | null): Problem | null {
  if (verdict === null || verdict === "ours") return null;
  const { rival, failure } = verdict;
  const { pid, host } = rival?.process ?? { pid: "?", host: "?" };
  if (failure !== undefined) return newProblem("folder_maybe_in_use", { pid, host, reason: failure });
  return newProblem("folder_in_use", { pid, host });
}
