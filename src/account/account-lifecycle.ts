import { once } from "node:events";
import type { NewLogin } from "../auth/token-store.js";
import type { TokenSet } from "../auth/tokens.js";
import { ownerOf } from "../rest/rest-state.js";
import { CarDataError, errorOf, toCarDataError, type Problem } from "../support/errors.js";
import { withTimeLimit } from "../support/time-limit.js";
import type { AccountDependencies } from "./account-dependencies.js";
import { changeCustomer, renameCustomer } from "./customer.js";
import { createParts, type AccountParts, type AccountPartsListener } from "./account-parts.js";
import type { AccountSettings } from "./settings.js";

/** A close takes no longer, whatever does not answer: Node-RED waits 15 seconds, and a busy machine needs some of them. */
const CLOSE_MS = 13_000;
/** The share of that in which BMW may answer a call that changes something, and then the disk may take the last of it. */
const LAST_ANSWERS_MS = 10_000;
const LAST_WRITES_MS = 2000;

/** Begins and ends the work of an account, and draws the consequences of what becomes of its login. */
export class AccountLifecycle implements AccountPartsListener {
  readonly parts: AccountParts;
  #beginWork: () => void = () => undefined;
  /** Resolves when the account works for the first time: its saved values are there, and it is no other one's double. */
  readonly atWork = new Promise<void>((resolve) => (this.#beginWork = resolve));
  #loading: Promise<void> = Promise.resolve();
  #opening: Promise<void> = Promise.resolve();
  #isOpened = false;
  /** Aborted when the account takes nothing more: what is on its way to it then is its successor's. */
  readonly #left = new AbortController();
  readonly #tooLate = once(this.#left.signal, "abort").then(() => false);
  #isLoaded = false;

  constructor(
    private readonly settings: AccountSettings,
    dependencies: AccountDependencies,
  ) {
    this.parts = createParts(settings, dependencies, this);
  }

  /** From its opening until what was under way at its close has ended. */
  get takesLogins(): boolean {
    return this.#isOpened && !this.#left.signal.aborted;
  }

  /** Whether the saved login, or the one that the account was opened with, was there before the account left. */
  get isLoaded(): boolean {
    return this.#isLoaded && !this.parts.login.isHeld;
  }

  get #isClosed(): boolean {
    return this.parts.reads.signal.aborted;
  }

  /** Loads what was saved and starts working, if that may be, when `turn` has settled. Never rejects. */
  open(login: NewLogin | null, turn: Promise<unknown>): Promise<void> {
    this.#isOpened = true;
    this.#loading = this.#load(login);
    this.#opening = this.#start(login, turn);
    return this.#opening;
  }

  /** @throws CarDataError the reason why the account may not work, or `rest_aborted` once it is closed */
  async ready(): Promise<void> {
    await this.#opening;
    this.#checkRefusal();
    if (this.#isClosed) throw new CarDataError("rest_aborted");
  }

  /**
   * @returns `false` if the account had to go before it could take the login: that is its successor's
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

  async logout(): Promise<void> {
    const { fleet, login, stream } = this.parts;
    await this.#opening;
    this.#checkFolder();
    const forgotten = login.logout().then((isOver) => {
      if (isOver) fleet.yield();
    });
    await Promise.all([forgotten, stream.stop({ code: "not_logged_in" })]);
    this.#checkFolder();
  }

  async close(underWay: Promise<unknown>): Promise<void> {
    const { context, reads, changes, files, login, fleet, rest, stream, aliases, emitter } = this.parts;
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
    const streamClosed = stream.close();
    await inTime(LAST_ANSWERS_MS, this.#lastAnswers(underWay));
    changes.abort();
    await inTime(LAST_WRITES_MS, this.#lastAnswers());
    this.#left.abort();
    fleet.close();
    await Promise.all([inTime(CLOSE_MS, streamClosed), files.close(deadline.signal)]);
    cancel();
    for (const claimer of [login, fleet, aliases]) claimer.leave();
    emitter.close();
    logger.close();
  }

  // Consequences of the login

  /** New tokens are in use. */
  useTokens({ accessToken, idToken, refreshToken, gcid }: TokenSet): void {
    const { context, stream } = this.parts;
    changeCustomer(ownerOf(gcid), this.parts);
    context.logger.hide("tokens", [accessToken, idToken, refreshToken, gcid]);
    stream.renew();
  }

  /** BMW has renewed the login under another customer id. */
  renameCustomer({ gcid }: TokenSet): void {
    renameCustomer(ownerOf(gcid), this.parts);
  }

  /** The saved login is in use after a time without. */
  useRegainedLogin(): void {
    this.parts.rest.loggedIn();
    this.parts.stream.startAnew();
  }

  /** Only a new login by the user helps. */
  loginNeeded(problem: Problem): void {
    const { context, stream, emitter } = this.parts;
    context.logger.error(problem);
    void stream.stop(problem);
    emitter.emit("event", { name: "loginRequired", reason: problem.code, problem }, context.clock.now());
  }

  /** Another process that works with the folder renews the login: both would end it for each other. */
  folderChanged(): void {
    const { files, login, stream, emitter } = this.parts;
    const { inUse } = files;
    if (inUse !== null && login.tokens !== null) {
      login.manager.suspend();
      void stream.stop(inUse);
    }
    if (inUse === null) login.takeHeld();
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
    // A login that is loaded later would take the place of this one.
    await this.#opening;
    if (this.#left.signal.aborted) return false;
    files.check();
    await present.adopt(login);
    if (this.#isClosed) return true;
    this.#loggedIn();
    this.#checkRefusal();
    return true;
  }

  /** @throws CarDataError `folder_in_use`, `rest_aborted` */
  #checkFolder(): void {
    if (this.#left.signal.aborted) throw new CarDataError("rest_aborted");
    this.parts.files.check();
  }

  async #start(login: NewLogin | null, turn: Promise<unknown>): Promise<void> {
    const { login: present, ownership, rest, emitter } = this.parts;
    await this.#loading;
    await turn;
    if (this.#isClosed) return;
    present.start();
    // The successor of a closed account has claimed by now what it needs of what was kept for it.
    ownership.free(this.settings.id);
    rest.start();
    if (login !== null && present.tokens !== null) this.#loggedIn();
    emitter.changed();
  }

  async #load(login: NewLogin | null): Promise<void> {
    const { files, login: present, rest, fleet } = this.parts;
    await files.open();
    await present.load(login, files.inUse === null);
    this.#isLoaded = !this.#left.signal.aborted;
    await Promise.all([rest.load(), files.announced.load(), fleet.load()]);
  }

  #loggedIn(): void {
    const { context, rest } = this.parts;
    this.useRegainedLogin();
    rest.discover().catch((error: unknown) => {
      if (!this.#isClosed) context.logger.warn(toCarDataError(error));
    });
  }

  /** Resolves when nothing is on its way that must not be lost. */
  async #lastAnswers(underWay: Promise<unknown> = Promise.resolve()): Promise<void> {
    await Promise.all([this.#loading, underWay]);
    await Promise.all([this.parts.login.manager.close(), this.parts.rest.settled()]);
  }
}
