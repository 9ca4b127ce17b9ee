import type { NewLogin } from "../auth/token-store.js";
import type { Clock } from "../support/clock.js";
import { errorOf, newProblem, type Problem } from "../support/errors.js";
import { limited } from "../support/time-limit.js";
import type { Account } from "./account.js";
import { clientKey, customerKey, OwnershipRegistry } from "./ownership-registry.js";

const PATIENCE_MS = 10_000;

interface RegisteredAccount {
  readonly account: Account;
  /** `waiting`: a former one with its id is still closing, and may be saving what this one has to read. */
  phase: "new" | "waiting" | "open" | "closing";
  /** Settles when the account has closed. */
  closed: Promise<void>;
}

/**
 * All accounts of this process: who owns what, which of several with one id is at work, and logins of accounts that are
 * not there yet. A deploy ends accounts and begins others; what it leaves is settled when it is over.
 */
export class AccountRegistry {
  readonly ownership = new OwnershipRegistry();
  #entries: RegisteredAccount[] = [];
  /** Logins made for accounts that are not deployed yet, by id. */
  readonly #logins = new Map<string, NewLogin>();
  #isDeploying = false;
  /** Settles when the last account that was opened has started: of several with one login the first shall work. */
  #lastStart: Promise<unknown> = Promise.resolve();

  constructor(private readonly clock: Clock) {}

  /** The account with this id that is deployed; of several, the one that works. */
  find(id: string): Account | undefined {
    return this.#present.find(({ account }) => account.id === id)?.account;
  }

  /** Ids of all accounts that are deployed. */
  get ids(): ReadonlySet<string> {
    return new Set(this.#present.map(({ account }) => account.id));
  }

  /**
   * An account is deployed: it opens, unless another one with its id is at work; then when that one has gone. Resolves
   * when it is open, if it is to be.
   */
  async enter(account: Account): Promise<void> {
    this.#entries.push({ account, phase: "new", closed: Promise.resolve() });
    await this.#openFirst(account.id);
  }

  /**
   * An account is no longer deployed, or is deployed anew: it closes.
   * @param loginUnderWay settles when no login is under way that the account still has to take
   */
  leave(account: Account, loginUnderWay: Promise<unknown>): Promise<void> {
    const entry = this.#entries.find((one) => one.account === account);
    if (entry === undefined) return Promise.resolve();
    entry.phase = "closing";
    entry.closed = account.close(loginUnderWay).finally(() => {
      this.#entries = this.#entries.filter((one) => one !== entry);
      if (!this.#isDeploying) void this.#settle();
    });
    return entry.closed;
  }

  /** A deploy has begun: what is free now may be claimed again before it is over. */
  deploying(): void {
    this.#isDeploying = true;
  }

  /** The deploy is over: every account that it brings is there. Resolves when what it leaves is settled. */
  async deployed(): Promise<void> {
    this.#isDeploying = false;
    await this.#settle();
  }

  /** Why a login with this client id would be of no use to the account `id`. */
  obstacle(id: string, clientId: string): Problem | null {
    const other = this.ownership.other(clientKey(clientId), id);
    return other === null ? null : newProblem("client_in_use", { other });
  }

  /**
   * Gives a login to its account. One that the deployed account is not set for waits for the next deploy.
   * @throws CarDataError why the account cannot work with it
   */
  async deliver(id: string, login: NewLogin): Promise<void> {
    const taker = this.#entries.find(({ account }) => account.id === id && account.takesLogins)?.account;
    if (taker !== undefined && fits(login, taker)) {
      await taker.adoptLogin(login);
      return;
    }
    this.#logins.set(id, login);
    const obstacle = this.obstacle(id, login.tokens.clientId) ?? this.#customerObstacle(id, login);
    if (obstacle !== null) throw errorOf(obstacle);
  }

  #customerObstacle(id: string, { tokens }: NewLogin): Problem | null {
    const other = this.ownership.other(customerKey(tokens.gcid), id);
    return other === null ? null : newProblem("gcid_in_use", { other });
  }

  get #present(): RegisteredAccount[] {
    return this.#entries.filter(({ phase }) => phase !== "closing");
  }

  async #settle(): Promise<void> {
    const { ids } = this;
    for (const id of this.ownership.awaited) if (!ids.has(id)) this.ownership.free(id);
    await Promise.all([...ids].map((id) => this.#openFirst(id)));
  }

  /** Opens the first account of several with one id, as in a subflow that is used more than once; the others are refused. */
  async #openFirst(id: string): Promise<void> {
    const [first, ...doubles] = this.#present.filter(({ account }) => account.id === id);
    for (const { account } of doubles) if (account.refusal === null) account.refuse({ code: "account_twice" });
    if (first?.phase === "new") await this.#open(first);
  }

  async #open(entry: RegisteredAccount): Promise<void> {
    const { account } = entry;
    const former = this.#entries.filter((one) => one.account.id === account.id && one.phase === "closing");
    entry.phase = "waiting";
    await Promise.all(former.map(({ closed }) => closed));
    // It may have had to go meanwhile.
    if (!this.#present.includes(entry)) return;
    entry.phase = "open";
    const started = account.open(this.#takeLogin(account), this.#lastStart);
    // A disk that does not answer must not keep others from working.
    this.#lastStart = limited(this.clock, PATIENCE_MS, started).catch(() => undefined);
    await started;
  }

  #takeLogin(account: Account): NewLogin | null {
    const login = this.#logins.get(account.id);
    if (login === undefined || !fits(login, account)) return null;
    this.#logins.delete(account.id);
    return login;
  }
}

/** Whether the account is set for the login: only then it finds it again after a restart. */
function fits({ tokens }: NewLogin, { settings: { source, clientId } }: Account): boolean {
  return source === "bmw" && tokens.clientId === clientId.trim();
}
