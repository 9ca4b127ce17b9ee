import type { Store } from "../store/store.js";
import type { Clock } from "../support/clock.js";
import type { Endpoints } from "../support/endpoints.js";
import type { HttpSend } from "../support/http.js";
import type { Random } from "../support/random.js";
import type { AccountLogger } from "./account-logger.js";

/**
 * The outside world as the parts of one account see it. They are given all of it, so that a test replaces time, chance,
 * HTTP or the disk in one place, and each says by `Pick` what it needs.
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
  /** Ends what only reads, and keeps anything more from going out: the account closes. */
  readonly reads: AbortSignal;
  /** Ends what changes something at BMW, of which the answer must not be lost: it is waited for as long as can be. */
  readonly changes: AbortSignal;
}
