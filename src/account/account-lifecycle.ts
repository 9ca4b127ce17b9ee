import { once } from "node:events";
import type { NewLogin } from "../auth/token-store.js";
import type { TokenSet } from "../auth/tokens.js";
import { ownerOf } from "../rest/rest-state.js";
import { CarDataError, errorOf, toCarDataError, type Problem } from "../support/errors.js";
import { withTimeLimit } from "../support/time-limit.js";
import type { AccountDependencies } from "./account-dependencies.js";
import { changeCustomer, renameCustomer } from "./customer-change.js";
import { createParts, type AccountParts, type AccountPartsListener } from "./account-parts.js";
import type { AccountSettings } from "./settings.js";

/** Limits a close [ms], whatever does not answer: Node-RED waits 15 seconds, and a busy machine needs some of them. */
const CLOSE_MS = 13_000;
/** Shares of that time: for BMW to answer a call that changes something, and then for the last write. */
const LAST_ANSWERS_MS = 10_000;
const LAST_WRITES_MS = 2000;

/** Begins and ends the work of an account, and draws the consequences of each change of its login. */
export class AccountLifecycle implements AccountPartsListener {
  readonly parts: AccountParts;
  #beginWork: () => void = () => undefined;
  /**
   * Resolves when the account works for the first time: its saved values are loaded, and no other account with its id
   * is at work.
   */
  readonly atWork = new Promise<void>((resolve) => (this.#beginWork = resolve));
  #loading: Promise<void> = Promise.resolve();
  #settleOpening: (start: Promise<void>) => void = () => undefined;
  readonly #opening = new Promise<void>((resolve) => (this.#settleOpening = resolve));
  #isOpened = false;
  /** Aborted when the account accepts nothing more: what is still on its way goes to its successor. */
  readonly #left = new AbortController();
  readonly #tooLate = once(this.#left.signal, "abort").then(() => false);
  #isLoaded = false;

  constructor(
    private readonly settings: AccountSettings,
    dependencies: AccountDependencies,
  ) {
    this.parts = createParts(settings, dependencies, this);
  }

  /** Resolves when what was under way at the close has ended; pending from the opening until then. */
  get takesLogins(): boolean {
    return this.#isOpened && !this.#left.signal.aborted;
  }

  /** Whether the login, saved or passed to `open`, had been loaded before the account left. */
  get isLoaded(): boolean {
    return this.#isLoaded && !this.parts.login.isHeld;
  }

  get #isClosed(): boolean {
    return this.parts.reads.signal.aborted;
  }

  /** Loads the saved state and starts working, if permitted, when `turn` has settled. Never rejects. */
  open(login: NewLogin | null, turn: Promise<unknown>): Promise<void> {
    this.#isOpened = true;
    this.#loading = this.#load(login);
    this.#settleOpening(this.#start(login, turn));
    return this.#opening;
  }

  /**
   * Resolves when requests can be made: what was saved is known by then, which would take the place of answers that came
   * before, and forget the calls that were spent.
   * @throws CarDataError the reason why the account may not work, or `rest_aborted` once it is closed
   */
  async ready(): Promise<void> {
    // An account that is refused may never be opened.
    this.#checkRefusal();
    await Promise.race([this.#opening, this.#tooLate]);
    this.#checkRefusal();
    if (this.#isClosed) throw new CarDataError("rest_aborted");
  }

  /**
   * Takes a new login.
   * @returns `false` if the account had to go before it could take the login, which is then its successor's
   * @throws CarDataError the reason why the account could not work with it; then nothing was changed
   */
  adoptLogin(login: NewLogin): Promise<boolean> {
    return Promise.race([this.#adopt(login), this.#tooLate]);
  }

  async refresh(): Promise<void> {
    await this.ready();
    this.parts.files.check();
    await this.parts.login.manager.force({ byUser: true });
  }

  reconnect(): void {
    this.#checkRefusal();
    this.parts.files.check();
    this.parts.stream.reconnect();
  }

  /**
   * Forgets the login.
   * @returns `false` if the account had to go before the login was forgotten, which is then for its successor to do
   * @throws CarDataError `folder_in_use`
   */
  logout(): Promise<boolean> {
    return Promise.race([this.#logout(), this.#tooLate]);
  }

  async close(underWay: Promise<unknown>): Promise<void> {
    const { context, reads, changes, files, login, fleet, rest, stream, prefixWatch, aliases, emitter } = this.parts;
    const { clock, logger } = context;
    const deadline = new AbortController();
    const cancel = clock.after(CLOSE_MS, () => {
      deadline.abort();
    });
    const inTime = (ms: number, work: Promise<unknown>) =>
      withTimeLimit(clock, ms, work, deadline.signal).catch(() => undefined);
    reads.abort();
    rest.close();
    void login.manager.close();
    prefixWatch?.close();
    const streamClosed = stream.close();
    await inTime(LAST_ANSWERS_MS, this.#lastAnswers(underWay));
    changes.abort();
    await inTime(LAST_WRITES_MS, this.#lastAnswers());
    this.#left.abort();
    await inTime(LAST_WRITES_MS, fleet.close());
    await Promise.all([inTime(CLOSE_MS, streamClosed), files.close(deadline.signal)]);
    cancel();
    for (const claimant of [login, fleet, aliases]) claimant.leave();
    emitter.close();
    logger.close();
  }

  // Consequences of the login

  /** Starts using new tokens. */
  useTokens({ accessToken, idToken, refreshToken, gcid }: TokenSet): void {
    const { context, stream } = this.parts;
    changeCustomer(ownerOf(gcid), this.parts);
    context.logger.hide("tokens", [accessToken, idToken, refreshToken, gcid]);
    stream.renew();
  }

  /** Handles a login that BMW has renewed under another customer id. */
  renameCustomer({ gcid }: TokenSet): void {
    renameCustomer(ownerOf(gcid), this.parts);
  }

  /** Handles a saved login that becomes usable after a time without one. */
  useRegainedLogin(): void {
    this.parts.rest.loggedIn();
    this.parts.stream.startAnew();
  }

  /** Handles a login that only the user can replace. */
  loginNeeded(problem: Problem): void {
    const { context, stream, emitter } = this.parts;
    context.logger.error(problem);
    void stream.stop(problem);
    emitter.emit("event", { name: "loginRequired", reason: problem.code, problem }, context.clock.now());
  }

  /** Pauses the login while another process works with the folder: two that renew it would end it for each other. */
  folderChanged(): void {
    const { files, login, fleet, stream, emitter } = this.parts;
    const { inUse } = files;
    if (inUse !== null && login.tokens !== null) {
      login.manager.suspend();
      void stream.stop(inUse);
    }
    if (inUse === null) {
      login.takeHeld();
      fleet.journal.folderFree();
    }
    emitter.changed();
  }

  // Permission to work

  begin(): void {
    const { fleet, rest, stream } = this.parts;
    if (fleet.isAtWork) return;
    fleet.begin();
    stream.allow();
    stream.start();
    rest.look();
    this.#beginWork();
  }

  end(refusal: Problem): void {
    const { fleet, stream } = this.parts;
    void stream.forbid(refusal);
    if (fleet.isAtWork) fleet.end();
  }

  #checkRefusal(): void {
    const { refusal } = this.parts.login;
    if (refusal !== null) throw errorOf(refusal);
  }

  async #adopt(login: NewLogin): Promise<boolean> {
    const { files, login: present } = this.parts;
    // A login that is loaded later would replace this one.
    await this.#opening;
    if (this.#left.signal.aborted) return false;
    files.check();
    await present.adopt(login);
    if (this.#isClosed) return true;
    this.#loggedIn();
    this.#checkRefusal();
    return true;
  }

  async #logout(): Promise<boolean> {
    const { files, fleet, login, stream } = this.parts;
    await this.#opening;
    if (this.#left.signal.aborted) return false;
    files.check();
    const forgotten = login.logout().then((isOver) => {
      if (isOver) fleet.yield();
    });
    await Promise.all([forgotten, stream.stop({ code: "not_logged_in" })]);
    files.check();
    return true;
  }

  async #start(login: NewLogin | null, turn: Promise<unknown>): Promise<void> {
    const { login: present, ownership, rest, emitter } = this.parts;
    await this.#loading;
    await turn;
    if (this.#isClosed) return;
    present.start();
    // Passes on what was kept for a successor: by now it has claimed all that it needs.
    ownership.free(this.settings.id);
    rest.start();
    if (login !== null && present.tokens !== null) this.#loggedIn();
    emitter.changed();
  }

  async #load(login: NewLogin | null): Promise<void> {
    const { files, login: present, rest, eventLog, fleet } = this.parts;
    await files.open();
    await present.load(login, files.inUse === null);
    this.#isLoaded = !this.#left.signal.aborted;
    const { announced, brokerIdentity } = files;
    await Promise.all([rest.load(), announced.load(), brokerIdentity?.load(), eventLog.load(), fleet.load()]);
  }

  #loggedIn(): void {
    const { context, rest } = this.parts;
    this.useRegainedLogin();
    rest.discover().catch((error: unknown) => {
      if (!this.#isClosed) context.logger.warn(toCarDataError(error));
    });
  }

  /** Resolves when nothing is under way that must not be lost. */
  async #lastAnswers(underWay: Promise<unknown> = Promise.resolve()): Promise<void> {
    await Promise.all([this.#loading, underWay]);
    await Promise.all([this.parts.login.manager.close(), this.parts.rest.settled()]);
  }
}
