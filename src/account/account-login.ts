import { isDeepStrictEqual } from "node:util";
import { OAuthClient } from "../auth/oauth-client.js";
import { type TokenHealth, TokenManager } from "../auth/token-manager.js";
import type { NewLogin } from "../auth/token-store.js";
import { TokenVault } from "../auth/token-vault.js";
import { API_SCOPE, splitScopes, type TokenSet } from "../auth/tokens.js";
import type { Store } from "../store/store.js";
import type { Clock } from "../support/clock.js";
import { errorOf, newProblem, type Problem } from "../support/errors.js";
import type { HttpSend } from "../support/http.js";
import type { Random } from "../support/random.js";
import type { AccountLogger } from "./account-logger.js";
import { type Claimer, clientKey, customerKey, type OwnershipRegistry } from "./ownership-registry.js";
import type { AccountSettings } from "./settings.js";

interface AccountLoginDoors {
  readonly settings: AccountSettings;
  readonly claims: OwnershipRegistry;
  readonly claimer: Claimer;
  readonly store: Store;
  /** Key of the token vault, from Node-RED's credentials. */
  readonly vaultKey: string | null;
  readonly send: HttpSend;
  /** Ends what changes something at BMW. */
  readonly changes: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
  readonly voice: AccountLogger;
  /** New tokens are in use; whether the account may work with them is judged afterwards. */
  readonly onTokens: (tokens: TokenSet) => void;
  /** The saved login could be read after the start only, and is in use now. */
  readonly onLate: () => void;
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
      onLate: doors.onLate,
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

  /** Reads the saved login, or takes the place of it with one that was made before the account existed. */
  async load(login: NewLogin | null): Promise<void> {
    const { source, clientId } = this.doors.settings;
    // That one is nowhere but here.
    if (login !== null) await this.manager.login(login).catch(() => undefined);
    else if (source === "bmw") await this.manager.load(clientId);
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
    await this.manager.login(login);
  }

  /** Forgets the login; returns whether there is none afterwards, as the user may have logged in again meanwhile. */
  async logout(): Promise<boolean> {
    await this.manager.logout();
    if (this.tokens !== null) return false;
    this.review();
    // Without a login it has no use for what another one may wait for.
    this.doors.claims.yield(this.doors.claimer);
    return true;
  }

  /** Claims what the account needs by now, and lets it work if it may. */
  review(): void {
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

/** Whether an account may work: its client id and its BMW customer must be nobody else's. */
class Admission {
  #refusal: Problem | null = null;

  constructor(
    private readonly claims: OwnershipRegistry,
    private readonly claimer: Claimer,
    private readonly settings: Pick<AccountSettings, "source" | "clientId">,
  ) {}

  /** Why the account may not work. */
  get refusal(): Problem | null {
    return this.#refusal;
  }

  /** The account must not even look at its files: this is why. Ends with the next review. */
  refuse(problem: Problem): void {
    this.#refusal = problem;
  }

  /**
   * Claims what the account needs with these tokens, and lets go of what it no longer does. Whether it may work follows
   * from that; what it has to wait for is granted later.
   */
  review(tokens: TokenSet | null): void {
    const claimed = new Set<string>();
    this.#refusal = null;
    // One after the other: an account that cannot work must not keep a third one from it.
    for (const { key, code } of this.#needed(tokens)) {
      if (this.#refusal !== null) break;
      claimed.add(key);
      this.#refusal = refusalOf(code, this.claims.claim(key, this.claimer));
    }
    this.claims.release(this.claimer, (key) => /^(client|gcid):/.test(key) && !claimed.has(key));
  }

  /** Why the account could not work with these tokens, if it were to take them. */
  judge(tokens: TokenSet): Problem | null {
    const { claims, claimer } = this;
    const refusals = this.#needed(tokens).map(({ key, code }) => refusalOf(code, claims.other(key, claimer.id)));
    return refusals.find((refusal) => refusal !== null) ?? null;
  }

  #needed(tokens: TokenSet | null): { key: string; code: RefusalCode }[] {
    const { source, clientId } = this.settings;
    if (source !== "bmw") return [];
    const client = clientId === "" ? [] : [{ key: clientKey(clientId), code: "client_in_use" as const }];
    return tokens === null ? client : [...client, { key: customerKey(tokens.gcid), code: "gcid_in_use" as const }];
  }
}

type RefusalCode = "client_in_use" | "gcid_in_use";

function refusalOf(code: RefusalCode, other: string | null): Problem | null {
  return other === null ? null : newProblem(code, { other });
}
