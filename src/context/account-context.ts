import type { Store } from "../store/store.js";
import type { Clock } from "../support/clock.js";
import type { Endpoints } from "../support/endpoints.js";
import type { HttpSend } from "../support/http.js";
import type { Random } from "../support/random.js";
import type { AccountLogger } from "./account-logger.js";

/**
 * Provides the outside world to the parts of one account. They are given all of it, so that a test replaces time,
 * chance, HTTP or the disk in one place, and each names by `Pick` what it needs.
 */
export interface AccountContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly send: HttpSend;
  /** Addresses of BMW's services. */
  readonly endpoints: Endpoints;
  /** The durable documents of the account. */
  readonly store: Store;
  readonly logger: AccountLogger;
  /** Aborts requests that only read, and keeps further ones from being sent: the account closes. */
  readonly reads: AbortSignal;
  /** Aborts requests that change something at BMW, of which the answer must not be lost: as late as possible. */
  readonly changes: AbortSignal;
}
