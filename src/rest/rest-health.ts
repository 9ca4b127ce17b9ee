import type { Clock } from "../support/clock.js";
import { ERROR_TABLE } from "../support/error-table.js";
import type { CarDataError, Problem } from "../support/errors.js";
import { retryTime } from "./error-predicates.js";
import { rememberedRefusal, isStillValid } from "./remembered-refusal.js";

/** Validity of BMW's answer that the login lacks a right [ms]. */
const DENIED_FOR_MS = 7 * 24 * 3600 * 1000;

/** Tracks whether BMW's API answers at the moment, and why not. */
export class RestHealth {
  #problem: Problem | null = null;
  #overAt = Infinity;
  #successAt = 0;
  #deniedAt: number | null = null;

  /** @param onState called when the saved state has changed */
  constructor(
    private readonly clock: Clock,
    private readonly onState: () => void,
  ) {}

  restore(successAt: number, deniedAt: number | null): void {
    this.#problem = null;
    this.#successAt = successAt;
    this.#deniedAt = deniedAt;
  }

  /** Returns the problem that keeps the API from answering, until it answers or is expected to. */
  get problem(): Problem | null {
    return this.clock.now() < this.#overAt ? this.#problem : null;
  }

  /** Returns when BMW last answered a call [ms]; 0 for never. */
  get successAt(): number {
    return this.#successAt;
  }

  /** Returns when BMW said that the login has no right to the API [ms]; `null` if it has not. */
  get deniedAt(): number | null {
    return this.#deniedAt;
  }

  /** Returns false once BMW has said that the login has no right to the API: asking again does not help. */
  get hasRight(): boolean {
    return this.#deniedAt === null || !isStillValid(this.#deniedAt, DENIED_FOR_MS, this.clock.now());
  }

  /**
   * Throws a missing right.
   * @throws CarDataError `cu_103` while the login has no right to the API
   */
  checkRight(): void {
    if (this.#deniedAt === null || this.hasRight) return;
    throw rememberedRefusal("cu_103", {}, this.#deniedAt, this.#deniedAt + DENIED_FOR_MS);
  }

  answered(): void {
    this.#successAt = this.clock.now();
    this.forgive();
  }

  failed(error: CarDataError): void {
    if (!ERROR_TABLE[error.code].isTrouble || error.known !== undefined) return;
    this.#problem = error.problem;
    this.#overAt = retryTime(error) ?? Infinity;
    if (error.code === "cu_103") this.#deny(this.clock.now());
  }

  /** Forgets trouble with a former login, which means nothing for the next one. */
  forgive(): void {
    this.#problem = null;
    this.#deny(null);
  }

  #deny(at: number | null): void {
    if (this.#deniedAt === at) return;
    this.#deniedAt = at;
    this.onState();
  }
}
