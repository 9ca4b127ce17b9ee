import type { Problem } from "../support/errors.js";

/** How an account is doing, in independent parts: one in trouble never stops another. All times are ISO 8601. */
export interface AccountStatus {
  readonly login: LoginStatus;
  readonly stream: StreamStatus;
  readonly rest: RestStatus;
  readonly quota: QuotaStatus;
  /** What keeps the account's files from being read or written; absent while all is well. */
  readonly files?: Problem;
}

export interface LoginStatus {
  /**
   * `not-needed`: the values come from the user's own broker. `refused`: the account may not work because of another one;
   * it takes over by itself when that is gone.
   */
  readonly state: "none" | "ok" | "needed" | "not-needed" | "refused";
  /** Why a login is needed, why the account may not work, or what keeps the login from being renewed at the moment. */
  readonly problem?: Problem;
  readonly tokenExpiresAt?: string;
  /** When the login runs out unless it is renewed, which happens by itself. */
  readonly loginExpiresAt?: string;
  readonly scopes?: ScopesStatus;
}

export interface ScopesStatus {
  readonly granted: readonly string[];
  readonly missing: readonly string[];
}

export interface StreamStatus {
  /** `quiet`: connected, but no car has sent anything for long, as parked cars do. */
  readonly state: "off" | "connecting" | "live" | "quiet" | "waiting" | "no-right";
  readonly problem?: Problem;
  /** Since when the stream is connected. */
  readonly since?: string;
  readonly lastMessageAt?: string;
  readonly retryAt?: string;
}

export interface RestStatus {
  /** `off`: there is no login for it, or the account may not work. */
  readonly state: "off" | "ok" | "failed";
  /** Why the last call failed, or why the account may not work. */
  readonly problem?: Problem;
  /** When BMW answered a call last; kept over restarts. */
  readonly lastSuccessAt?: string;
}

export interface QuotaStatus {
  readonly used: number;
  readonly remaining: number;
  readonly limit: number;
  readonly window: "utc-day" | "rolling-24h";
  readonly resetsAt: string;
  /** BMW has refused a call; nothing is sent before. */
  readonly blockedUntil?: string;
}

export { isoTime } from "../support/iso-time.js";
