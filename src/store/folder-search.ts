import type { Clock } from "../support/clock.js";
import type { Problem } from "../support/errors.js";
import type { FolderLock, LockListener } from "./folder-lock.js";
import { Retry } from "./retry.js";

/** The lock of the folder that was found, or why it is unknown which one it is. */
export type Found = { readonly lock: FolderLock } | { readonly problem: Problem };

/**
 * Keeps an account off its folder until it is known to be the right one: while the folder of all accounts cannot be read,
 * files of an earlier version may lie in another. Looks again, after longer and longer pauses; then the lock of the folder
 * decides.
 */
export class FolderSearch implements FolderLock {
  readonly #users = new Set<LockListener>();
  readonly #retry: Retry;
  #lock: FolderLock | null = null;

  constructor(
    clock: Clock,
    private readonly find: () => Found,
  ) {
    this.#retry = new Retry(clock, () => this.#lookAgain());
  }

  async join(user: LockListener): Promise<Problem | null> {
    this.#users.add(user);
    const problem = this.#look();
    if (problem !== null) this.#retry.plan();
    return problem ?? (await this.#lock?.join(user)) ?? null;
  }

  async check(): Promise<void> {
    if (this.#lock === null) await this.#lookAgain();
    else await this.#lock.check();
  }

  leave(user: LockListener): void {
    this.#users.delete(user);
    if (this.#users.size === 0) this.#retry.over();
    this.#lock?.leave(user);
  }

  #look(): Problem | null {
    if (this.#lock !== null) return null;
    const found = this.find();
    if ("problem" in found) return found.problem;
    this.#lock = found.lock;
    return null;
  }

  /** Whether the folder is known; then each user has been notified of its owner. */
  async #lookAgain(): Promise<boolean> {
    if (this.#lock !== null) return true;
    const problem = this.#look();
    if (problem !== null) {
      for (const user of [...this.#users]) user(problem);
      return false;
    }
    await Promise.all([...this.#users].map((user) => this.#hand(user)));
    return true;
  }

  async #hand(user: LockListener): Promise<void> {
    const inUse = await this.#lock?.join(user);
    if (this.#users.has(user)) user(inUse ?? null);
    else this.#lock?.leave(user);
  }
}
