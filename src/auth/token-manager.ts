import type { AccountContext } from "../context/account-context.js";
import type { Cancel } from "../support/clock.js";
import { CarDataError, type Problem } from "../support/errors.js";
import type { OAuthClient } from "./oauth-client.js";
import { RefreshBackoff } from "./refresh-backoff.js";
import { TokenStore, type NewLogin, type SaveOutcome } from "./token-store.js";
import type { TokenVault } from "./token-vault.js";
import { classifyRefresh, classifyRefreshFailure, type FailedRefresh, type RefreshVerdict } from "./token-verdicts.js";
import { isFresh, waitBeforeRenewal } from "./token-renewal.js";
import { REFRESH_TOKEN_LIFE_MS, type TokenSet } from "./tokens.js";

interface TokenManagerOptions {
  readonly oauth: OAuthClient;
  readonly vault: TokenVault;
  /** Called when new tokens are in use: after the start, a login or a refresh. */
  readonly onTokens: (tokens: TokenSet) => void;
  /** BMW has renewed the login under another customer id; it is in use afterwards. */
  readonly onRenamed: (tokens: TokenSet) => void;
  /** The saved login is in use after a time without: it could be read late only, or BMW takes it again. */
  readonly onRegained: () => void;
  /** Called once per episode when only a new login by the user helps. */
  readonly onLoginNeeded: (problem: Problem) => void;
  /** Called when tokens are in use that are not on the disk. */
  readonly onUnsaved: () => void;
  /** Called when `health` may have changed. */
  readonly onHealth: () => void;
}

export interface TokenHealth {
  readonly state: "none" | "ok" | "needed";
  /** Reason why a login is needed, or why a refresh is impossible at the moment. */
  readonly problem: Problem | null;
}

/** Holds a running refresh and its tokens. */
interface RunningRefresh {
  readonly of: TokenSet;
  readonly ended: Promise<void>;
}

const FORCED_AT_MOST_EVERY_MS = 60_000;

/** Keeps the tokens of one login valid; a network failure never requires a new login. */
export class TokenManager {
  readonly #store: TokenStore;
  #phase: "new" | "started" | "closed" = "new";
  #problem: Problem | null = null;
  #loginNeeded = false;
  #refresh: RunningRefresh | null = null;
  #timer: Cancel | null = null;
  #waiting = false;
  readonly #backoff: RefreshBackoff;
  #lastForced = -Infinity;

  constructor(
    private readonly context: Pick<AccountContext, "clock" | "random">,
    private readonly options: TokenManagerOptions,
  ) {
    this.#store = new TokenStore(options.vault);
    this.#backoff = new RefreshBackoff(context.random);
  }

  /** Returns the tokens in use, valid or not. */
  get tokens(): TokenSet | null {
    return this.#store.tokens;
  }

  get health(): TokenHealth {
    if (this.#loginNeeded) return { state: "needed", problem: this.#problem };
    return { state: this.tokens === null ? "none" : "ok", problem: this.#problem };
  }

  /** Loads the saved login of a client; it is not used before `start`. */
  async load(clientId: string): Promise<void> {
    const problem = await this.#store.load(clientId, (late) => {
      this.#loadedLate(late);
    });
    if (problem !== null && this.#phase !== "closed") this.#requireLogin(problem);
  }

  /** Returns false while it is unknown whether there is a saved login, because its file cannot be read. */
  get isKnown(): boolean {
    return this.#store.isKnown;
  }

  /** Another process works with the saved login: this one keeps its hands off until `onRegained`. */
  suspend(): void {
    this.#store.suspend();
    this.#recover();
    this.options.onHealth();
  }

  /** Starts using the tokens, without a call to BMW while they are valid for more than five minutes. */
  start(): void {
    if (this.#phase !== "new") return;
    this.#phase = "started";
    if (this.tokens !== null) this.#use(this.tokens);
  }

  /**
   * Saves a new login, then uses it.
   * @throws CarDataError `login_superseded` if the user has logged in again, or out, meanwhile
   */
  async login(login: NewLogin): Promise<void> {
    const outcome = await this.#store.login(login);
    if (outcome === "superseded") throw new CarDataError("login_superseded");
    this.#recover();
    this.#replaceTokens(login.tokens, outcome);
  }

  /** Forgets the login: in memory at once, on the disk when this resolves. */
  async logout(): Promise<void> {
    const forgotten = this.#store.logout();
    this.#recover();
    this.options.onHealth();
    await forgotten;
  }

  /**
   * Returns tokens that are valid for more than five minutes, refreshed if necessary; all callers share one refresh.
   * @throws CarDataError `not_logged_in`, the reason why a login is needed, `refresh_unreachable` or `rest_aborted`
   */
  async fresh(): Promise<TokenSet> {
    const tokens = this.#usable();
    if (isFresh(tokens, this.context.clock.now())) return tokens;
    // While a retry is planned, callers add no attempts of their own.
    if (!this.#waiting) await this.#refreshOnce(tokens);
    const renewed = this.#usable();
    if (renewed.expiresAt <= this.context.clock.now()) throw this.#loginError();
    return renewed;
  }

  /**
   * Refreshes although the tokens are valid by the clock, because BMW may refuse such a token.
   * @param rejected refused token; if another one is in use by now, that one is returned at once
   * @param byUser lifts the limit of one forced refresh per minute
   * @returns the tokens in use afterwards, unchanged if the limit prevented the refresh
   */
  async force({ rejected, byUser = false }: { rejected?: string; byUser?: boolean } = {}): Promise<TokenSet> {
    const tokens = this.#usable();
    if (rejected !== undefined && rejected !== tokens.accessToken && rejected !== tokens.idToken) return tokens;
    const now = this.context.clock.now();
    // A refusal is confirmed later, not by the next one who asks, who has to know that it is not certain yet.
    if (!byUser && this.#waiting) throw this.#loginError();
    if (!byUser && Math.abs(now - this.#lastForced) < FORCED_AT_MOST_EVERY_MS) return tokens;
    this.#lastForced = now;
    await this.#refreshOnce(tokens);
    if (this.#problem !== null) throw this.#loginError();
    return this.#usable();
  }

  /** Closes the manager. Resolves when pending requests are answered or aborted, and everything is on the disk. */
  async close(): Promise<void> {
    this.#phase = "closed";
    this.#cancelTimer();
    await this.#refresh?.ended;
    await this.#store.settled();
  }

  #loadedLate(problem: Problem | null): void {
    if (this.#phase === "closed") return;
    if (problem !== null) this.#requireLogin(problem);
    else if (this.tokens !== null && this.#phase === "started") {
      this.#recover();
      this.#use(this.tokens);
      this.options.onRegained();
    }
  }

  #usable(): TokenSet {
    if (this.tokens === null) throw new CarDataError("not_logged_in");
    if (this.#loginNeeded) throw this.#loginError();
    return this.tokens;
  }

  #loginError(): CarDataError {
    const problem = this.#problem ?? { code: "not_logged_in" };
    return new CarDataError(problem.code, problem.params);
  }

  /** Enters the state in which only the user can help. */
  #requireLogin(problem: Problem): void {
    this.#cancelTimer();
    const first = !this.#loginNeeded;
    this.#loginNeeded = true;
    this.#problem = problem;
    this.options.onHealth();
    if (first) this.options.onLoginNeeded(problem);
  }

  /** Runs one refresh of the same tokens at a time; all callers meanwhile get the same result. */
  async #refreshOnce(tokens: TokenSet): Promise<void> {
    // They may be rotated already, and their successors dropped for the new login.
    if (this.#store.isChanging) await this.#store.settled();
    if (this.tokens !== tokens || this.#loginNeeded) return;
    if (this.#refresh?.of !== tokens) this.#begin(tokens);
    await this.#refresh?.ended;
  }

  #begin(tokens: TokenSet): void {
    if (this.#phase === "closed") throw new CarDataError("rest_aborted");
    this.#cancelTimer();
    const refresh: RunningRefresh = {
      of: tokens,
      ended: this.#requestRefresh(tokens).finally(() => {
        if (this.#refresh === refresh) this.#refresh = null;
      }),
    };
    this.#refresh = refresh;
  }

  async #requestRefresh(old: TokenSet): Promise<void> {
    const verdict = await this.#verdict(old);
    if (verdict.kind === "renewed") {
      // Before anything else: BMW has rotated the tokens, and the new ones exist only here.
      const outcome = await this.#store.renew(old, verdict.tokens);
      if (outcome === "superseded") return;
      const wasNeeded = this.#loginNeeded;
      this.#recover();
      if (verdict.tokens.gcid !== old.gcid) this.options.onRenamed(verdict.tokens);
      this.#replaceTokens(verdict.tokens, outcome);
      if (wasNeeded) this.options.onRegained();
    } else if (this.tokens === old) this.#fail(verdict, old);
  }

  async #verdict(old: TokenSet): Promise<RefreshVerdict> {
    try {
      const answer = await this.options.oauth.refresh(old.clientId, old.refreshToken);
      return classifyRefresh(answer, old, this.context.clock.now());
    } catch (error) {
      return classifyRefreshFailure(error);
    }
  }

  #fail(verdict: FailedRefresh, tokens: TokenSet): void {
    if (this.#loginNeeded) {
      this.#tryAgainRarely();
      return;
    }
    const pause = this.#backoff.after(verdict);
    if (pause === null) {
      this.#requireLogin({ code: this.#isTooOld(tokens) ? "refresh_token_too_old" : "refresh_rejected" });
      this.#tryAgainRarely();
      return;
    }
    this.#problem = verdict.problem;
    this.#refreshLater(pause);
    this.#waiting = this.#timer !== null;
    this.options.onHealth();
  }

  /** Explains BMW's refusal; the clock alone would prove nothing, as it may be wrong. */
  #isTooOld({ refreshTokenObtainedAt }: TokenSet): boolean {
    return this.context.clock.now() - refreshTokenObtainedAt > REFRESH_TOKEN_LIFE_MS;
  }

  /** Waits for hours, then tries once more a login that BMW refuses: it may have been a mistake of BMW's. */
  #tryAgainRarely(): void {
    const wait = this.#backoff.afterFinalRefusal();
    if (wait === null) return;
    this.#later(wait, (tokens) => {
      if (this.#loginNeeded && this.#refresh === null) this.#begin(tokens);
    });
  }

  #recover(): void {
    this.#cancelTimer();
    this.#problem = null;
    this.#loginNeeded = false;
    this.#backoff.reset();
  }

  #replaceTokens(tokens: TokenSet, outcome: SaveOutcome): void {
    if (outcome === "unsaved") this.options.onUnsaved();
    if (this.#phase === "started") this.#use(tokens);
  }

  #use(tokens: TokenSet): void {
    this.#refreshLater(waitBeforeRenewal(tokens, this.context.clock.now()));
    this.options.onTokens(tokens);
    this.options.onHealth();
  }

  #refreshLater(ms: number): void {
    this.#later(ms, (tokens) => {
      // Nobody waits for it; failures show in `health`.
      this.#refreshOnce(tokens).catch(() => undefined);
    });
  }

  /** Acts on the tokens that are in use then, in place of whatever else was planned. */
  #later(ms: number, act: (tokens: TokenSet) => void): void {
    this.#cancelTimer();
    if (this.#phase !== "started") return;
    this.#timer = this.context.clock.after(ms, () => {
      if (this.tokens !== null) act(this.tokens);
    });
  }

  #cancelTimer(): void {
    this.#timer?.();
    this.#timer = null;
    this.#waiting = false;
  }
}
