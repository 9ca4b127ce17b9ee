import { isDeepStrictEqual } from "node:util";
import { OAuthClient } from "../auth/oauth-client.js";
import { TokenManager, type TokenHealth } from "../auth/token-manager.js";
import type { NewLogin } from "../auth/token-store.js";
import { TokenVault } from "../auth/token-vault.js";
import { API_SCOPE, splitScopes, type TokenSet } from "../auth/tokens.js";
import type { AccountContext } from "../context/account-context.js";
import type { AccessTokens } from "../rest/rest-client.js";
import { errorOf, newProblem, type Problem } from "../support/errors.js";
import { Admission } from "./admission.js";
import { labelOf, type Owner, type OwnershipRegistry } from "./ownership-registry.js";
import type { AccountSettings } from "./settings.js";

/** Hears what becomes of the login of an account. */
export interface AccountLoginListener {
  /** New tokens are in use; whether the account may work with them is judged afterwards. */
  readonly onTokens: (tokens: TokenSet) => void;
  /** BMW has renewed the login under another customer id. */
  readonly onRenamed: (tokens: TokenSet) => void;
  /** The saved login is in use after a time without. */
  readonly onRegained: () => void;
  /** The account may work: called whenever that was judged. */
  readonly onAdmitted: () => void;
  /** The account may not work: called whenever that was judged. */
  readonly onRefused: (refusal: Problem) => void;
  /** Only a new login by the user helps. */
  readonly onLoginNeeded: (problem: Problem) => void;
  /** Something that the status tells has changed. */
  readonly onChange: () => void;
}

/**
 * The login of an account, and whether the account may work with it: its client id and its BMW customer must be nobody
 * else's.
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

  /** The tokens as the calls to BMW's API need them. */
  get accessTokens(): AccessTokens {
    return {
      fresh: async () => (await this.manager.fresh()).accessToken,
      force: async (rejected) => (await this.manager.force({ rejected })).accessToken,
    };
  }

  /** False while nobody knows whether there is a saved login, because its file cannot be read. */
  get isKnown(): boolean {
    return this.manager.isKnown;
  }

  /** Why the account may not work at all, until that is over. */
  get refusal(): Problem | null {
    return this.#admission.refusal;
  }

  /** Something that has happened to the present login, and is worth knowing although it works. */
  get notice(): Problem | null {
    return this.#notice;
  }

  /** With a login, or with values from another source. */
  get isInNeed(): boolean {
    return this.settings.source !== "bmw" || this.tokens !== null;
  }

  /** Why BMW's API cannot be asked at all. */
  get rejection(): Problem | null {
    if (this.refusal !== null) return this.refusal;
    const { tokens, health } = this;
    if (this.settings.source === "broker" && tokens === null) return { code: "rest_needs_login" };
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

  /** The account must not even look at its files until the next review: this is why. */
  refuse(problem: Problem): void {
    this.#admission.refuse(problem);
    this.context.logger.error(problem);
    this.listener.onChange();
  }

  /** Says what has happened to the login: in the log, and by the status until the next login, logout or restart. */
  note(notice: Problem): void {
    this.#notice = notice;
    this.context.logger.warn(notice);
    this.listener.onChange();
  }

  /** Whether a login waits until the folder is no other process's. */
  get isHeld(): boolean {
    return this.#held !== null;
  }

  /**
   * Reads the saved login, or takes the place of it with one that was made before the account existed.
   * @param isOurs whether the account's folder is this process's; until then such a login is held
   */
  async load(login: NewLogin | null, isOurs: boolean): Promise<void> {
    const { source, clientId } = this.settings;
    this.#held = login;
    if (login !== null && isOurs) await this.#useHeld();
    else if (source === "bmw") await this.manager.load(clientId);
  }

  /** Takes the login that was held until now: the folder is this process's. */
  takeHeld(): void {
    void this.#useHeld();
  }

  /** Begins to use the login, if the account may. */
  start(): void {
    this.manager.start();
    this.review();
  }

  /**
   * Takes a new login.
   * @throws CarDataError the reason why the account could not work with it; then nothing was changed
   */
  async adopt(login: NewLogin): Promise<void> {
    const refusal = this.#admission.judge(login.tokens);
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
    // Without a login it has no use for what another one may wait for.
    this.ownership.yield(this);
    return true;
  }

  /** Claims what the account needs by now and lets go of what it no longer does; it may work if it has all. */
  review(): void {
    // A logout or a refresh may end after the account has.
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

  /** The account closes; its successor may come back for what it has. */
  leave(): void {
    this.ownership.leave(this);
  }

  async #useHeld(): Promise<void> {
    const login = this.#held;
    this.#held = null;
    // It is nowhere but here.
    if (login !== null) await this.manager.login(login).catch(() => undefined);
  }
}
