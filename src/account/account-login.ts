import { isDeepStrictEqual } from "node:util";
import { OAuthClient } from "../auth/oauth-client.js";
import { TokenManager, type TokenHealth } from "../auth/token-manager.js";
import type { NewLogin } from "../auth/token-store.js";
import { TokenVault } from "../auth/token-vault.js";
import { API_SCOPE, splitScopes, type TokenSet } from "../auth/tokens.js";
import type { Store } from "../store/store.js";
import type { Clock } from "../support/clock.js";
import { errorOf, newProblem, type Problem } from "../support/errors.js";
import type { HttpSend } from "../support/http.js";
import type { Random } from "../support/random.js";
import { Admission } from "./admission.js";
import type { Claimer, Claims } from "./claims.js";
import type { AccountSettings } from "./settings.js";
import type { Voice } from "./voice.js";

export interface AccountLoginDoors {
  readonly settings: AccountSettings;
  readonly claims: Claims;
  readonly claimer: Claimer;
  readonly store: Store;
  /** Key of the token vault, from Node-RED's credentials. */
  readonly vaultKey: string | null;
  readonly send: HttpSend;
  /** Ends what changes something at BMW. */
  readonly changes: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
  readonly voice: Voice;
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
}

/** The login of an account, and whether the account may work with it. */
export class AccountLogin {
  readonly manager: TokenManager;
  readonly #admission: Admission;
  #notice: Problem | null = null;
  #held: NewLogin | null = null;

  constructor(private readonly doors: AccountLoginDoors) {
    const { settings, claims, claimer, store, vaultKey, send, changes, clock, random, voice } = doors;
    this.#admission = new Admission(claims, claimer, settings);
    this.manager = new TokenManager({
      oauth: new OAuthClient(send, settings.endpoints.authUrl, changes),
      clock,
      random,
      vault: new TokenVault(store, vaultKey),
      onTokens: (tokens) => {
        doors.onTokens(tokens);
        this.review();
      },
      onRenamed: doors.onRenamed,
      onRegained: () => {
        voice.info("The saved login is in use again: no new one is needed");
        doors.onRegained();
      },
      onLoginNeeded: doors.onLoginNeeded,
      onUnsaved: () => {
        voice.warn(newProblem("login_not_saved", { reason: "" }));
      },
      onHealth: () => {
        voice.changed();
      },
    });
  }

  get tokens(): TokenSet | null {
    return this.manager.tokens;
  }

  get health(): TokenHealth {
    return this.manager.health;
  }

  /** False while nobody knows whether there is a saved login, because its file cannot be read. */
  get isKnown(): boolean {
    return this.manager.isKnown;
  }

  /** Why the account may not work at all, until that is over. */
  get refusal(): Problem | null {
    return this.#admission.refusal;
  }

  /** What has happened to the present login, and is worth knowing although it works. */
  get notice(): Problem | null {
    return this.#notice;
  }

  /** With a login, or with values from another source. */
  get isInNeed(): boolean {
    return this.doors.settings.source !== "bmw" || this.tokens !== null;
  }

  /** Why BMW's API cannot be asked at all. */
  get obstacle(): Problem | null {
    if (this.refusal !== null) return this.refusal;
    const { tokens, health } = this;
    if (this.doors.settings.source === "broker" && tokens === null) return { code: "rest_needs_login" };
    const unknown = this.isKnown ? null : this.doors.store.problem;
    if (tokens === null || health.state !== "ok") return health.problem ?? unknown ?? { code: "not_logged_in" };
    return splitScopes(tokens).missing.includes(API_SCOPE) ? { code: "scope_api_missing" } : null;
  }

  /** The account must not even look at its files until the next review: this is why. */
  refuse(problem: Problem): void {
    this.#admission.refuse(problem);
    this.doors.voice.error(problem);
    this.doors.voice.changed();
  }

  /** Says what has happened to the login: in the log, and by the status until the next login, logout or restart. */
  note(notice: Problem): void {
    this.#notice = notice;
    this.doors.voice.warn(notice);
    this.doors.voice.changed();
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
    const { source, clientId } = this.doors.settings;
    this.#held = login;
    if (login !== null && isOurs) await this.#useHeld();
    else if (source === "bmw") await this.manager.load(clientId);
  }

  /** The folder is this process's: takes the login that was held until now. */
  takeHeld(): void {
    void this.#useHeld();
  }

  async #useHeld(): Promise<void> {
    const login = this.#held;
    this.#held = null;
    // It is nowhere but here.
    if (login !== null) await this.manager.login(login).catch(() => undefined);
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
    const obstacle = this.#admission.judge(login.tokens);
    if (obstacle !== null) throw errorOf(obstacle);
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
    this.doors.claims.yield(this.doors.claimer);
    return true;
  }

  /** Claims what the account needs by now, and lets it work if it may. */
  review(): void {
    // A logout or a refresh may end after the account has.
    if (this.doors.claims.hasLeft(this.doors.claimer)) return;
    const former = this.refusal;
    const { voice, onAdmitted, onRefused } = this.doors;
    this.#admission.review(this.tokens);
    const { refusal } = this;
    if (refusal === null) onAdmitted();
    else onRefused(refusal);
    if (refusal !== null && !isDeepStrictEqual(refusal, former)) voice.error(refusal);
    voice.changed();
  }
}
