import type { Clock } from "../../support/clock.js";
import type { CarDataError, ErrorCode, Problem } from "../../support/errors.js";
import { retryTime } from "./failures.js";

/** These say nothing of how BMW's API is doing: a request that makes no sense, or that BMW has answered all the same. */
const NO_TROUBLE: ReadonlySet<ErrorCode> = new Set([
  "vehicle_unknown",
  "no_readable_car",
  "date_range_invalid",
  "confirm_needed",
  "container_id_invalid",
  "cu_104",
  "cu_126",
  "cu_127",
  "quota_share_used",
  "rest_aborted",
]);

/** Whether BMW's API answers at the moment, and why not. */
export class RestHealth {
  #problem: Problem | null = null;
  #overAt = Infinity;
  #successAt = 0;
  #hasRight = true;

  constructor(private readonly clock: Clock) {}

  restore(successAt: number): void {
    this.#successAt = successAt;
    this.forgive();
  }

  /** What keeps the API from answering, until it answers or the time has come at which it will. */
  get problem(): Problem | null {
    return this.clock.now() < this.#overAt ? this.#problem : null;
  }

  /** When BMW answered a call last, in milliseconds; 0 for never. */
  get successAt(): number {
    return this.#successAt;
  }

  /** False once BMW has said that the login has no right to the API: that does not come by asking again. */
  get hasRight(): boolean {
    return this.#hasRight;
  }

  answered(): void {
    this.#successAt = this.clock.now();
    this.forgive();
  }

  failed(error: CarDataError): void {
    if (NO_TROUBLE.has(error.code)) return;
    this.#problem = error.problem;
    this.#overAt = retryTime(error) ?? Infinity;
    if (error.code === "cu_103") this.#hasRight = false;
  }

  /** What went wrong with a former login says nothing of the next one. */
  forgive(): void {
    this.#problem = null;
    this.#hasRight = true;
  }
}
