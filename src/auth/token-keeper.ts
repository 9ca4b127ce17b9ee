import type { Cancel, Clock } from "../support/clock.js";
import { CarDataError, type Problem } from "../support/errors.js";
import { jittered, type Random } from "../support/random.js";
import type { OAuthClient } from "./oauth-client.js";
import { judgeRefresh, judgeRefreshFailure, type RefreshVerdict } from "./refresh-verdict.js";
import { REFRESH_TOKEN_LIFE_MS, type TokenSet } from "./tokens.js";

export interface TokenKeeperDoors {
  readonly oauth: OAuthClient;
  readonly clock: Clock;
  readonly random: Random;
  /** Makes rotated tokens durable; awaited before anything uses them, because the old ones are dead by then. */
  readonly save: (tokens: TokenSet) => Promise<unknown>;
  /** New tokens are in use: after a login or a refresh. */
  readonly onTokens: (tokens: TokenSet) => void;
  /** Once per episode: only a new login by the user helps. */
  readonly onLoginNeeded: (problem: Problem) => void;
  /** `health` may have changed. */
  readonly onHealth: () => void;
}

export interface TokenHealth {
  readonly state: "none" | "ok" | "needed";
  /** Why a login is needed, or what keeps a refresh from working at the moment. */
  readonly problem: Problem | null;
}

const EXPIRY_MARGIN_MS = 300_000;
/** 45 of BMW's 60 minutes: a quarter of an hour to get over trouble before the stream is cut. */
const RENEW_AFTER_SHARE = 0.75;
const TRANSIENT_RETRY_MS = [30_000, 60_000, 120_000, 300_000, 600_000, 900_000];
const RETRY_JITTER = 0.2;
const CONFIRM_REJECTION_MS = 60_000;
const FORCED_AT_MOST_EVERY_MS = 60_000;

/** Holds the tokens of one login and keeps them fresh; never turns trouble on the network into a new login. */
export class TokenKeeper {
  #tokens: TokenSet | null = null;
  #problem: Problem | null = null;
  #loginNeeded = false;
  #refreshing: Promise<void> | null = null;
  #timer: Cancel | null = null;
  #waiting = false;
  #failures = 0;
  #rejections = 0;
  #answerLost = false;
  #lastForced = -Infinity;
  #closed = false;

  constructor(private readonly doors: TokenKeeperDoors) {}

  /** The tokens in use, valid or not. */
  get tokens(): TokenSet | null {
    return this.#tokens;
  }

  get health(): TokenHealth {
    if (this.#loginNeeded) return { state: "needed", problem: this.#problem };
    return { state: this.#tokens === null ? "none" : "ok", problem: this.#problem };
  }

  /** Starts with saved tokens: no call to BMW while they are good for more than five minutes. */
  resume(tokens: TokenSet): void {
    this.#tokens = tokens;
    const now = this.doors.clock.now();
    if (now - tokens.refreshTokenObtainedAt > REFRESH_TOKEN_LIFE_MS) {
      this.requireLogin({ code: "refresh_token_too_old" });
      return;
    }
    this.doors.onTokens(tokens);
    const planned = renewalTime(tokens);
    this.#refreshLater((planned > now ? planned : tokens.expiresAt - marginOf(tokens)) - now);
  }

  /** Takes the tokens of a new login. */
  adopt(tokens: TokenSet): void {
    this.#recover();
    this.#use(tokens);
  }

  /** Enters the state in which only the user can help. */
  requireLogin(problem: Problem): void {
    this.#cancelTimer();
    const first = !this.#loginNeeded;
    this.#loginNeeded = true;
    this.#problem = problem;
    this.doors.onHealth();
    if (first) this.doors.onLoginNeeded(problem);
  }

  /** Forgets the login. */
  forget(): void {
    this.#recover();
    this.#tokens = null;
    this.doors.onHealth();
  }

  /**
   * Tokens that are good for more than five minutes, refreshed if need be; all callers share one refresh.
   * @throws CarDataError `not_logged_in`, the reason why a login is needed, or `refresh_unreachable`
   */
  async fresh(): Promise<TokenSet> {
    const tokens = this.#usable();
    const left = tokens.expiresAt - this.doors.clock.now();
    if (left > marginOf(tokens)) return tokens;
    // While a retry is planned, callers do not add attempts of their own.
    if (!this.#waiting) await this.#refresh();
    const renewed = this.#usable();
    if (renewed.expiresAt <= this.doors.clock.now()) throw this.#trouble();
    return renewed;
  }

  /**
   * Refreshes although the clock calls the tokens valid: BMW may refuse such a token.
   * @param rejected the token that was refused; if another one is in use by now, that one is returned at once
   * @param byUser lifts the limit of one forced refresh a minute
   * @returns the tokens in use afterwards, the same as before if the limit held the refresh back
   */
  async force({ rejected, byUser = false }: { rejected?: string; byUser?: boolean } = {}): Promise<TokenSet> {
    const tokens = this.#usable();
    if (rejected !== undefined && rejected !== tokens.accessToken && rejected !== tokens.idToken) return tokens;
    const now = this.doors.clock.now();
    if (!byUser && Math.abs(now - this.#lastForced) < FORCED_AT_MOST_EVERY_MS) return tokens;
    this.#lastForced = now;
    await this.#refresh();
    if (this.#problem !== null) throw this.#trouble();
    return this.#usable();
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
  }

  #usable(): TokenSet {
    if (this.#tokens === null) throw new CarDataError("not_logged_in");
    if (this.#loginNeeded) throw this.#trouble();
    return this.#tokens;
  }

  #trouble(): CarDataError {
    const problem = this.#problem ?? { code: "not_logged_in" };
    return new CarDataError(problem.code, problem.params);
  }

  /** One refresh at a time; everybody who asks meanwhile gets the same result. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshOnce().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #refreshOnce(): Promise<void> {
    const old = this.#tokens;
    if (old === null || this.#loginNeeded) return;
    this.#cancelTimer();
    let verdict: RefreshVerdict;
    try {
      const answer = await this.doors.oauth.refresh(old.clientId, old.refreshToken);
      verdict = judgeRefresh(answer, old, this.doors.clock.now());
    } catch (error) {
      verdict = judgeRefreshFailure(error);
    }
    // A login or a logout may have come meanwhile.
    if (this.#closed || this.#tokens !== old) return;
    if (verdict.kind === "renewed") {
      await this.doors.save(verdict.tokens);
      this.#recover();
      this.#use(verdict.tokens);
    } else this.#fail(verdict);
  }

  #fail(verdict: Exclude<RefreshVerdict, { kind: "renewed" }>): void {
    this.#problem = verdict.problem;
    if (verdict.kind === "rejected") {
      // One hiccup is forgiven, unless a lost answer explains it: then the token was rotated and is gone.
      if (this.#rejections++ > 0 || this.#answerLost) {
        this.requireLogin(verdict.problem);
        return;
      }
      this.#retryLater(CONFIRM_REJECTION_MS);
    } else {
      this.#answerLost ||= verdict.answerLost;
      const step = TRANSIENT_RETRY_MS[Math.min(this.#failures++, TRANSIENT_RETRY_MS.length - 1)] ?? 0;
      this.#retryLater(jittered(step, RETRY_JITTER, this.doors.random));
    }
    this.doors.onHealth();
  }

  #recover(): void {
    this.#cancelTimer();
    this.#problem = null;
    this.#loginNeeded = false;
    this.#failures = 0;
    this.#rejections = 0;
    this.#answerLost = false;
  }

  #use(tokens: TokenSet): void {
    if (this.#closed) return;
    this.#tokens = tokens;
    this.#refreshLater(renewalTime(tokens) - this.doors.clock.now());
    this.doors.onTokens(tokens);
    this.doors.onHealth();
  }

  #refreshLater(ms: number): void {
    this.#cancelTimer();
    this.#timer = this.doors.clock.after(Math.max(0, ms), () => void this.#refresh());
  }

  #retryLater(ms: number): void {
    this.#refreshLater(ms);
    this.#waiting = true;
  }

  #cancelTimer(): void {
    this.#timer?.();
    this.#timer = null;
    this.#waiting = false;
  }
}

function renewalTime(tokens: TokenSet): number {
  return tokens.receivedAt + RENEW_AFTER_SHARE * (tokens.expiresAt - tokens.receivedAt);
}

/** Five minutes; less for tokens that live so short that they would never count as good. */
function marginOf(tokens: TokenSet): number {
  return Math.min(EXPIRY_MARGIN_MS, (1 - RENEW_AFTER_SHARE) * (tokens.expiresAt - tokens.receivedAt));
}
