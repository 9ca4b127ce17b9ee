import { isDeepStrictEqual } from "node:util";
import { OAuthClient } from "../auth/oauth-client.js";
import { TokenManager, type TokenHealth } from "../auth/token-manager.js";
import type { NewLogin } from "../auth/token-store.js";
import { TokenVault } from "../auth/token-vault.js";
import { splitScopes, type TokenSet } from "../auth/tokens.js";
import { API_SCOPE } from "../support/scopes.js";
import type { AccountContext } from "../context/account-context.js";
import type { AccessTokens } from "../rest/rest-client.js";
import { errorOf, newProblem, type Problem } from "../support/errors.js";
import { Admission } from "./admission.js";
import { labelOf, type Owner, type OwnershipRegistry } from "./ownership-registry.js";
import type { AccountSettings } from "./settings.js";

/** Receives the changes of an account's login. */
export interface AccountLoginListener {
  /** New tokens are in use; whether the account may work with them is decided afterwards. */
  readonly onTokens: (tokens: TokenSet) => void;
  /** BMW has renewed the login under another customer id. */
  readonly onRenamed: (tokens: TokenSet) => void;
  /** The saved login is usable after a time without one. */
  readonly onRegained: () => void;
  /** The account may work: called after each such decision. */
  readonly onAdmitted: () => void;
  /** The account may not work: called after each such decision. */
  readonly onRefused: (refusal: Problem) => void;
  /** Only a new login by the user helps. */
  readonly onLoginNeeded: (problem: Problem) => void;
  /** The status of the account has changed. */
  readonly onChange: () => void;
}

/**
 * Manages the login of an account and decides whether the account may work with it: no other account may have its
 * client id or its BMW customer.
 */
export class AccountLogin implements Owner {
  readonly manager: TokenManager;
  readonly #admission: Admission;
  #notice: Problem | null = null;
  #held: NewLogin | null = null;

  constructor(
    private readonly context: AccountContext,
    private readonly settings: AccountSettings,
    private readonly ownership: OwnershipRegistry,
    vaultKey: string | null,
    private readonly listener: AccountLoginListener,
  ) {
    const { send, store, endpoints, changes, logger } = context;
    this.#admission = new Admission(ownership, this, settings);
    this.manager = new TokenManager(context, {
      oauth: new OAuthClient(send, endpoints.authUrl, changes),
      vault: new TokenVault(store, vaultKey),
      onTokens: (tokens) => {
        listener.onTokens(tokens);
        this.review();
      },
      onRenamed: listener.onRenamed,
      onRegained: () => {
        logger.info("The saved login is in use again: no new one is needed");
        listener.onRegained();
      },
      onLoginNeeded: listener.onLoginNeeded,
      onUnsaved: () => {
        logger.warn(newProblem("login_not_saved", { reason: "" }));
      },
      onHealth: listener.onChange,
    });
  }

  get id(): string {
    return this.settings.id;
  }

  get label(): string {
    return labelOf(this.settings);
  }

  get tokens(): TokenSet | null {
    return this.manager.tokens;
  }

  get health(): TokenHealth {
    return this.manager.health;
  }

  /** Provides the tokens for calls to BMW's API. */
  get accessTokens(): AccessTokens {
    return {
      fresh: async () => (await this.manager.fresh()).accessToken,
      force: async (rejected) => (await this.manager.force({ rejected })).accessToken,
    };
  }

  /** Returns false while it is unknown whether there is a saved login, because its file cannot be read. */
  get isKnown(): boolean {
    return this.manager.isKnown;
  }

  /** Returns why the account may not work at all at present; `null` if it may. */
  get refusal(): Problem | null {
    return this.#admission.refusal;
  }

  /** Returns an event in the life of the present login that users should know of although the login works. */
  get notice(): Problem | null {
    return this.#notice;
  }

  /** Returns whether the account has a source of values: a login, or the user's own broker. */
  get isInNeed(): boolean {
    return this.settings.source !== "bmw" || this.tokens !== null;
  }

  /** Returns why BMW's API cannot be called at all; `null` if it can. */
  get rejection(): Problem | null {
    if (this.refusal !== null) return this.refusal;
    const { tokens, health } = this;
    if (this.settings.source === "broker") return { code: "rest_needs_login" };
    const unknown = this.isKnown ? null : this.context.store.problem;
    if (tokens === null || health.state !== "ok") return health.problem ?? unknown ?? { code: "not_logged_in" };
    return splitScopes(tokens).missing.includes(API_SCOPE) ? { code: "scope_api_missing" } : null;
  }

  granted(): void {
    if (!this.context.reads.aborted) this.review();
  }

  lost(): void {
    if (!this.context.reads.aborted) this.review();
  }

  blocked(): void {
    if (!this.context.reads.aborted) this.review();
  }

  /** Keeps the account from touching its files until the next review, with the reason. */
  refuse(problem: Problem): void {
    this.#admission.refuse(problem);
    this.context.logger.error(problem);
    this.listener.onChange();
  }

  /** Reports an event of the login: in the log, and in the status until the next login, logout or restart. */
  note(notice: Problem): void {
    this.#notice = notice;
    this.context.logger.warn(notice);
    this.listener.onChange();
  }

  /** Returns whether a login waits until no other process uses the folder. */
  get isHeld(): boolean {
    return this.#held !== null;
  }

  /**
   * Reads the saved login, or replaces it by one that was made before the account existed.
   * @param isOurs whether this process owns the account's folder; until then such a login is held
   */
  async load(login: NewLogin | null, isOurs: boolean): Promise<void> {
    const { source, clientId } = this.settings;
    this.#held = login;
    if (login !== null && isOurs) await this.#useHeld();
    else if (source === "bmw") await this.manager.load(clientId);
  }

  /** Takes the login that was held until this process owned the folder. */
  takeHeld(): void {
    void this.#useHeld();
  }

  /** Starts using the login, if the account may work. */
  start(): void {
    this.manager.start();
    this.review();
  }

  /**
   * Takes a new login.
   * @throws CarDataError the reason why the account could not work with it; then nothing was changed
   */
  async adopt(login: NewLogin): Promise<void> {
    const refusal = this.#admission.check(login.tokens);
    if (refusal !== null) throw errorOf(refusal);
    this.#notice = null;
    await this.manager.login(login);
  }

  /** Forgets the login; returns whether there is none afterwards, as the user may have logged in again meanwhile. */
  async logout(): Promise<boolean> {
    this.#notice = null;
    await this.manager.logout();
    if (this.tokens !== null) return false;
    this.review();
    // Without a login the account has no use for what another one may be waiting for.
    this.ownership.yield(this);
    return true;
  }

  /** Claims what the account needs now and releases the rest; permits the work if it holds everything. */
  review(): void {
    // A logout or a refresh may end after the account has closed.
    if (this.ownership.hasLeft(this)) return;
    const former = this.refusal;
    const { onAdmitted, onRefused, onChange } = this.listener;
    this.#admission.review(this.tokens);
    const { refusal } = this;
    if (refusal === null) onAdmitted();
    else onRefused(refusal);
    if (refusal !== null && !isDeepStrictEqual(refusal, former)) this.context.logger.error(refusal);
    onChange();
  }

  /** Closes; the claims are kept for a successor. */
  leave(): void {
    this.ownership.leave(this);
  }

  async #useHeld(): Promise<void> {
    const login = this.#held;
    this.#held = null;
    // The new login exists nowhere else.
    if (login !== null) await this.manager.login(login).catch(() => undefined);
  }
}
