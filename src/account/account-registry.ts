import type { NewLogin } from "../auth/token-store.js";
import type { Clock } from "../support/clock.js";
import { CarDataError, errorOf, newProblem, type Problem } from "../support/errors.js";
import { withTimeLimit } from "../support/time-limit.js";
import type { Account } from "./account.js";
import { isAliasClaim } from "./aliases.js";
import { clientKey, customerKey, OwnershipRegistry } from "./ownership-registry.js";

const PATIENCE_MS = 10_000;

interface RegisteredAccount {
  readonly account: Account;
  /** `waiting`: a former account with its id is still closing, and may be saving what this one has to read. */
  phase: "new" | "waiting" | "open" | "closing";
  /** Settles when the account is open, if it has begun to open. */
  opened: Promise<void>;
  /** Settles when the account has closed. */
  closed: Promise<void>;
  /** The login with which it was opened. */
  login: WaitingLogin | null;
}

interface WaitingLogin {
  readonly login: NewLogin;
  /** Number of the login or logout among those of this account id. */
  readonly number: number;
}

interface Deploy {
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/**
 * Holds all accounts of this process: the owner of each claim, which of several accounts with one id is at work, and
 * logins of accounts that are not deployed yet. A deploy ends accounts and begins others; what remains is settled when
 * the deploy is over.
 */
export class AccountRegistry {
  readonly ownership = new OwnershipRegistry();
  #entries: RegisteredAccount[] = [];
  /** Logins made for accounts that are not deployed yet, by id. */
  readonly #logins = new Map<string, WaitingLogin>();
  /** Number of the latest login or logout, by id: an earlier one must not replace it, in whichever account it waits. */
  readonly #latest = new Map<string, number>();
  /** The deploy that is under way. */
  #deploy: Deploy | null = null;
  /** Settles when the last account that was opened has started: of several with one login the first is to work. */
  #lastStart: Promise<unknown> = Promise.resolve();

  constructor(private readonly clock: Clock) {}

  /** Returns the deployed account with this id; of several, the one that works. */
  find(id: string): Account | undefined {
    return this.#present.find(({ account }) => account.id === id)?.account;
  }

  /** Returns all deployed accounts. */
  get all(): readonly Account[] {
    return this.#present.map(({ account }) => account);
  }

  /** Returns the ids of all deployed accounts. */
  get ids(): ReadonlySet<string> {
    return new Set(this.#present.map(({ account }) => account.id));
  }

  /**
   * Opens an account that was deployed; if another one with its id is at work, as soon as that has closed. Resolves
   * when it is open, if it is to be.
   */
  async enter(account: Account): Promise<void> {
    this.#entries.push({
      account,
      phase: "new",
      opened: Promise.resolve(),
      closed: Promise.resolve(),
      login: null,
    });
    await this.#openFirst(account.id);
  }

  /**
   * Closes an account that is no longer deployed, or is deployed anew.
   * @param loginUnderWay settles when no login is under way that the account still has to take
   */
  leave(account: Account, loginUnderWay: Promise<unknown>): Promise<void> {
    const entry = this.#entries.find((one) => one.account === account);
    if (entry === undefined) return Promise.resolve();
    entry.phase = "closing";
    entry.closed = account.close(loginUnderWay).finally(() => {
      this.#entries = this.#entries.filter((one) => one !== entry);
      if (!account.isLoaded && entry.login !== null) this.#keep(account.id, entry.login);
      if (this.#deploy === null) void this.#settle();
    });
    return entry.closed;
  }

  /** Begins a deploy: from now on free claims may be taken before it is over. */
  deploying(): void {
    this.#deploy ??= newDeploy();
  }

  /** Ends a deploy: every account that it brings exists. Resolves when what remains of the former ones is settled. */
  async deployed(): Promise<void> {
    const deploy = this.#deploy;
    this.#deploy = null;
    deploy?.end();
    await this.#settle();
  }

  /** Returns the deployed account that has this client id; of several, the one that may use it. */
  holderOf(clientId: string): { readonly id: string; readonly name: string } | null {
    const holder = clientId === "" ? null : this.ownership.holderOf(clientKey(clientId));
    return holder !== null && this.ids.has(holder.id) ? { id: holder.id, name: holder.label } : null;
  }

  /** Returns why a login with this client id would be of no use to the account `id`; `null` if it would be. */
  async rejection(id: string, clientId: string): Promise<Problem | null> {
    const other = await this.#otherOf(clientKey(clientId), id);
    return other === null ? null : newProblem("client_in_use", { other });
  }

  /**
   * Passes a login to its account. A login for other settings than the deployed ones waits for the next deploy, and so
   * does one that an account had to leave to its successor.
   * @throws CarDataError why the account cannot work with it; `login_superseded` if a later login or logout has come
   */
  async deliver(id: string, login: NewLogin): Promise<void> {
    const waiting = { login, number: this.#count(id) };
    for (let taker = this.#takerOf(id, login); taker !== undefined; taker = this.#takerOf(id, login)) {
      if (await taker.adoptLogin(login)) {
        this.#forget(taker, waiting.number);
        return;
      }
      if (!this.#isLatest(id, waiting)) throw new CarDataError("login_superseded");
    }
    this.#logins.set(id, waiting);
    const rejection = (await this.rejection(id, login.tokens.clientId)) ?? (await this.#customerRejection(id, login));
    if (rejection !== null) throw errorOf(rejection);
  }

  /**
   * Makes an account forget its login, and any login under way to it; if it had to go before, its successor.
   * @throws CarDataError as `Account.logout`; `login_superseded` if a later login or logout has come; `rest_aborted` if
   *   there is no successor
   */
  async logout(account: Account): Promise<void> {
    const { id } = account;
    const number = this.#count(id);
    for (let one: Account | undefined = account; one !== undefined; one = await this.#successorOf(id)) {
      this.#forget(one, number);
      // Until then a former account with its id may still be saving.
      await this.#entries.find((entry) => entry.account === one)?.opened;
      // A later login must not be ended by an earlier logout that had to wait.
      if (!this.#isLatest(id, { number })) throw new CarDataError("login_superseded");
      if (await one.logout()) return;
    }
    throw new CarDataError("rest_aborted");
  }

  /** Returns the account that a deploy brings in place of the one with this id, which had to go. */
  async #successorOf(id: string): Promise<Account | undefined> {
    await this.#deployEnd();
    return this.find(id);
  }

  async #customerRejection(id: string, { tokens }: NewLogin): Promise<Problem | null> {
    const other = await this.#otherOf(customerKey(tokens.gcid), id);
    return other === null ? null : newProblem("gcid_in_use", { other });
  }

  /** Waits until no deploy is under way, but not for ever: Node-RED does not say when it gives up. */
  async #deployEnd(): Promise<void> {
    if (this.#deploy !== null) await withTimeLimit(this.clock, PATIENCE_MS, this.#deploy.ended).catch(() => undefined);
  }

  /**
   * Returns the label of the deployed account for which the account `id` would have to wait. Which accounts a deploy
   * leaves is known when it is over.
   */
  async #otherOf(key: string, id: string): Promise<string | null> {
    const { ownership } = this;
    if (ownership.other(key, id) !== null) await this.#deployEnd();
    const holder = ownership.holderOf(key);
    return holder !== null && this.ids.has(holder.id) ? ownership.other(key, id) : null;
  }

  #takerOf(id: string, login: NewLogin): Account | undefined {
    const taker = this.#entries.find(({ account }) => account.id === id && account.takesLogins)?.account;
    return taker !== undefined && fits(login, taker) ? taker : undefined;
  }

  #count(id: string): number {
    const number = (this.#latest.get(id) ?? 0) + 1;
    this.#latest.set(id, number);
    return number;
  }

  #isLatest(id: string, { number }: Pick<WaitingLogin, "number">): boolean {
    return number === this.#latest.get(id);
  }

  /** Keeps a login for the next account with this id. */
  #keep(id: string, waiting: WaitingLogin): void {
    if (this.#isLatest(id, waiting)) this.#logins.set(id, waiting);
  }

  /** Drops what waits for the account and is older than the login or logout with this number. */
  #forget(account: Account, number: number): void {
    const waiting = this.#logins.get(account.id);
    if (waiting !== undefined && waiting.number < number && fits(waiting.login, account))
      this.#logins.delete(account.id);
  }

  get #present(): RegisteredAccount[] {
    return this.#entries.filter(({ phase }) => phase !== "closing");
  }

  async #settle(): Promise<void> {
    const { ids } = this;
    // Whoever wants an alias claimed it when it was created.
    this.ownership.freeAll(isAliasClaim);
    for (const { account } of this.#present) account.aliases.deployed();
    for (const id of this.ownership.awaited) if (!ids.has(id)) this.ownership.free(id);
    await Promise.all([...ids].map((id) => this.#openFirst(id)));
  }

  /**
   * Opens the first of several accounts with one id, as in a subflow that is used more than once; refuses the others.
   */
  async #openFirst(id: string): Promise<void> {
    const [first, ...doubles] = this.#present.filter(({ account }) => account.id === id);
    for (const { account } of doubles) if (account.refusal === null) account.refuse({ code: "account_twice" });
    if (first?.phase === "new") await (first.opened = this.#open(first));
  }

  async #open(entry: RegisteredAccount): Promise<void> {
    const { account } = entry;
    const former = this.#entries.filter((one) => one.account.id === account.id && one.phase === "closing");
    entry.phase = "waiting";
    await Promise.all(former.map(({ closed }) => closed));
    // The account may have been closed meanwhile.
    if (!this.#present.includes(entry)) return;
    entry.phase = "open";
    entry.login = this.#takeLogin(account);
    const started = account.open(entry.login?.login ?? null, this.#lastStart);
    // A disk that does not answer must not keep other accounts from working.
    this.#lastStart = withTimeLimit(this.clock, PATIENCE_MS, started).catch(() => undefined);
    await started;
  }

  #takeLogin(account: Account): WaitingLogin | null {
    const waiting = this.#logins.get(account.id);
    if (waiting === undefined || !fits(waiting.login, account)) return null;
    this.#logins.delete(account.id);
    return waiting;
  }
}

function newDeploy(): Deploy {
  let end: Deploy["end"] = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end };
}

/** Returns whether the account is configured for the login: only then it finds the login again after a restart. */
function fits({ tokens }: NewLogin, { settings: { source, clientId } }: Account): boolean {
  return source === "bmw" && tokens.clientId === clientId.trim();
}
