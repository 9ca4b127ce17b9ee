import { once, type EventEmitter } from "node:events";
import type { NewLogin } from "../auth/token-store.js";
import type { TokenSet } from "../auth/tokens.js";
import { CarDataError, errorOf, toCarDataError, type Problem } from "../support/errors.js";
import type { HttpSend } from "../support/http.js";
import { limited } from "../support/time-limit.js";
import type { AccountDoors } from "./account-doors.js";
import { AccountFiles } from "./account-files.js";
import { AccountLogin } from "./account-login.js";
import { Aliases } from "./aliases.js";
import type { AnnouncedSets } from "./announced.js";
import { Cars } from "./cars.js";
import { changeCustomer, renameCustomer, type CustomerParts } from "./customer.js";
import { carKey, vinOfKey, type Claimer } from "./claims.js";
import type { AccountEvents } from "./events.js";
import type { Garage } from "./garage.js";
import { loggedSend } from "./protocol-log.js";
import { RestDesk } from "./rest/rest-desk.js";
import { ownerOf } from "./rest/rest-state.js";
import type { AccountSettings, VehicleSettings } from "./settings.js";
import type { SocDesk } from "./soc/soc-desk.js";
import { describeAccount } from "./describe.js";
import type { AccountStatus } from "./status.js";
import { brokerStreamLogin, bmwStreamLogin } from "./stream-login.js";
import { StreamDesk } from "./stream-desk.js";
import type { TrackerDesk } from "./tracker-desk.js";
import { Voice } from "./voice.js";

export type { AccountDoors };

/** A close takes no longer, whatever does not answer: Node-RED waits 15 seconds, and a busy machine needs some of them. */
const CLOSE_MS = 13_000;
/** Of these, so long BMW may take to answer what changes something there, and the disk to take the last of that. */
const LAST_ANSWERS_MS = 10_000;
const LAST_WRITES_MS = 2000;

/** One BMW login with everything that belongs to it: tokens, stream, REST, cars and files. */
export class Account implements Claimer {
  readonly events: EventEmitter<AccountEvents>;
  readonly rest: RestDesk;
  readonly aliases: Aliases;
  readonly #voice: Voice;
  /** Ends what only reads. */
  readonly #reads = new AbortController();
  /** Ends what changes something at BMW, and of which the answer must not be lost. */
  readonly #changes = new AbortController();
  readonly #files: AccountFiles;
  readonly #login: AccountLogin;
  readonly #cars: Cars;
  readonly #stream: StreamDesk;
  #isAtWork = false;
  #beginWork: () => void = () => undefined;
  /** Resolves when the account works for the first time: its saved values are there, and it is no other one's double. */
  readonly atWork = new Promise<void>((resolve) => (this.#beginWork = resolve));
  #loading: Promise<void> = Promise.resolve();
  #opening: Promise<void> = Promise.resolve();
  #isOpened = false;
  #closed = false;
  /** Aborted when the account takes nothing more: what is on its way to it then is its successor's. */
  readonly #left = new AbortController();
  readonly #tooLate = once(this.#left.signal, "abort").then(() => false);
  #isLoaded = false;

  constructor(
    readonly settings: AccountSettings,
    private readonly doors: AccountDoors,
  ) {
    this.#voice = new Voice(doors.log, settings.debug, () => this.garage.cars.keys());
    this.#voice.hide("settings", [settings.clientId, settings.broker.password, doors.vaultKey ?? ""]);
    this.events = this.#voice.events;
    this.#files = this.#createFiles();
    const send = loggedSend(doors.createSend(settings.endpoints.caFile), this.#voice.protocol.bind(this.#voice));
    this.#login = this.#createLogin(send);
    this.#cars = this.#createCars(send);
    this.rest = this.#createRest(send);
    this.#stream = this.#createStream();
    this.aliases = new Aliases(this, settings.vehicles, doors.claims, this.#voice.warn.bind(this.#voice));
  }

  get id(): string {
    return this.settings.id;
  }

  get garage(): Garage {
    return this.#cars.garage;
  }

  /** What stands at brokers of the cars, by node. */
  get announced(): AnnouncedSets {
    return this.#files.announced;
  }

  get soc(): SocDesk {
    return this.#cars.soc;
  }

  get trackers(): TrackerDesk {
    return this.#cars.trackers;
  }

  /** With a login, or with values from another source. */
  get isInNeed(): boolean {
    return this.#login.isInNeed;
  }

  /** How other accounts and logs call this one. */
  get label(): string {
    return this.settings.name || this.settings.id;
  }

  /** The cars as the user has set them up, without aliases that another account has. */
  get vehicles(): readonly VehicleSettings[] {
    return this.aliases.vehicles;
  }

  get status(): AccountStatus {
    const { settings, rest } = this;
    return describeAccount({ settings, login: this.#login, stream: this.#stream, rest, files: this.#files.problem });
  }

  /** Why the account may not work at all, until that is over. */
  get refusal(): Problem | null {
    return this.#login.refusal;
  }

  /** From its opening until what was under way at its close has ended. */
  get takesLogins(): boolean {
    return this.#isOpened && !this.#left.signal.aborted;
  }

  /** Whether the saved login, or the one that it was opened with, was there before it left. */
  get isLoaded(): boolean {
    return this.#isLoaded && !this.#login.isHeld;
  }

  /** The account must not even look at its files until it is opened: this is why. */
  refuse(problem: Problem): void {
    this.#login.refuse(problem);
  }

  /**
   * Loads what was saved and starts working, if it may; resolves when that is under way. Never rejects.
   * @param login a login that was made before the account existed
   * @param turn settles when those have started that go before
   */
  open(login: NewLogin | null = null, turn: Promise<unknown> = Promise.resolve()): Promise<void> {
    this.#isOpened = true;
    this.#loading = this.#load(login);
    this.#opening = this.#start(login, turn);
    return this.#opening;
  }

  /**
   * Resolves when the account can deal with what is asked of it.
   * @throws CarDataError the reason why it may not work, or `rest_aborted` once it is closed
   */
  async ready(): Promise<void> {
    await this.#opening;
    if (this.refusal !== null) throw errorOf(this.refusal);
    if (this.#closed) throw new CarDataError("rest_aborted");
  }

  granted(key: string): void {
    if (this.#closed) return;
    const vin = vinOfKey(key);
    if (vin === null) this.#login.review();
    else if (this.#isAtWork) this.#cars.wake(vin);
  }

  lost(key: string): void {
    if (this.#closed) return;
    const vin = vinOfKey(key);
    if (vin === null) this.#login.review();
    else this.#cars.rest(vin);
  }

  blocked(key: string): void {
    if (!this.#closed && vinOfKey(key) === null) this.#login.review();
  }

  /** A node begins to use this account; the first one opens the stream. */
  retain(user: string): void {
    this.#stream.retain(user);
  }

  /** A node stops using this account; without any node left the stream is closed. `removed`: it will not come back. */
  release(user: string, removed: boolean): void {
    this.#stream.release(user, removed);
  }

  /**
   * Takes a new login made in the editor: saves it, connects at once and asks BMW for the cars. While the account closes,
   * it is saved for its successor.
   * @returns `false` if the account had to go before it could: the login is its successor's
   * @throws CarDataError the reason why the account could not work with it; then nothing was changed
   */
  adoptLogin(login: NewLogin): Promise<boolean> {
    return Promise.race([this.#adopt(login), this.#tooLate]);
  }

  /** Renews the tokens now, although the clock may call them valid. */
  async refresh(): Promise<void> {
    await this.ready();
    this.#files.check();
    await this.#login.manager.force({ byUser: true });
  }

  /** Connects the stream anew. */
  reconnect(): void {
    if (this.refusal !== null) throw errorOf(this.refusal);
    this.#files.check();
    this.#stream.reconnect();
  }

  /** @throws CarDataError `folder_in_use`, `rest_aborted` if the account had to go before the login was forgotten */
  async logout(): Promise<void> {
    await this.#opening;
    this.#check();
    const forgotten = this.#login.logout();
    await Promise.all([forgotten, this.#stream.stop({ code: "not_logged_in" })]);
    this.#check();
  }

  /** Takes secrets, coordinates and full VINs out of a text for others. */
  redact(text: string): string {
    return this.#voice.redact(text);
  }

  /**
   * Ends everything within seconds. Nothing new begins; what changes something at BMW gets ten seconds to be answered, and
   * is saved before the rest ends.
   * @param underWay what may still bring a login: it is waited for in the same time
   */
  async close(underWay: Promise<unknown> = Promise.resolve()): Promise<void> {
    const { clock, claims } = this.doors;
    const deadline = new AbortController();
    const cancel = clock.after(CLOSE_MS, () => {
      deadline.abort();
    });
    const inTime = (ms: number, work: Promise<unknown>) =>
      limited(clock, ms, work, deadline.signal).catch(() => undefined);
    this.#closed = true;
    this.#files.state.close();
    this.#reads.abort();
    this.rest.close();
    void this.#login.manager.close();
    const streamClosed = this.#stream.close();
    await inTime(LAST_ANSWERS_MS, this.#lastAnswers(underWay));
    this.#changes.abort();
    await inTime(LAST_WRITES_MS, this.#lastAnswers());
    this.#left.abort();
    this.#cars.close();
    await Promise.all([inTime(CLOSE_MS, streamClosed), this.#files.close(deadline.signal)]);
    cancel();
    claims.leave(this);
    this.aliases.leave();
    this.#voice.close();
  }

  // Building

  #createFiles(): AccountFiles {
    return new AccountFiles({
      settings: this.settings,
      doors: this.doors,
      voice: this.#voice,
      rest: () => this.rest,
      onChange: this.#folderChanged.bind(this),
    });
  }

  #createLogin(send: HttpSend): AccountLogin {
    const { claims, vaultKey, clock, random } = this.doors;
    return new AccountLogin({
      settings: this.settings,
      claims,
      claimer: this,
      store: this.#files.store,
      vaultKey,
      send,
      changes: this.#changes.signal,
      clock,
      random,
      voice: this.#voice,
      onTokens: (tokens) => {
        this.#useTokens(tokens);
      },
      onAdmitted: () => {
        this.#begin();
      },
      onRefused: (refusal) => {
        this.#end(refusal);
      },
      onRenamed: (tokens) => {
        renameCustomer(ownerOf(tokens.gcid), this.#ofCustomer);
      },
      onRegained: () => {
        this.rest.loggedIn();
        this.#stream.startAnew();
      },
      onLoginNeeded: (problem) => {
        this.#loginNeeded(problem);
      },
    });
  }

  #createCars(send: HttpSend): Cars {
    const { claims, clock } = this.doors;
    return new Cars({
      settings: this.settings,
      store: this.#files.store,
      clock,
      send,
      signal: this.#reads.signal,
      voice: this.#voice,
      claim: (vin) => this.#isAtWork && claims.claim(carKey(vin), this) === null,
      onUpdate: (update) => {
        this.rest.follow(update);
      },
      onLook: this.#files.recorder.fix.bind(this.#files.recorder),
    });
  }

  #createRest(send: HttpSend): RestDesk {
    const { clock, random, files, folder } = this.doors;
    const { manager } = this.#login;
    return new RestDesk({
      clock,
      random,
      send,
      apiUrl: this.settings.endpoints.apiUrl,
      tokens: {
        fresh: async () => (await manager.fresh()).accessToken,
        force: async (rejected) => (await manager.force({ rejected })).accessToken,
      },
      obstacle: () => this.#login.obstacle,
      garage: this.garage,
      chargeEndOf: (vin) => this.soc.chargeEndOf(vin),
      files,
      folder,
      signal: this.#reads.signal,
      changes: this.#changes.signal,
      onResponse: (call, response) => {
        this.#files.recorder.response(call, response);
      },
      onAnswer: (node, answer) => {
        this.#voice.guarded(() => this.events.emit("answer", node, answer));
      },
      onProblem: (problem) => {
        if (!this.#closed) this.#voice.warn(problem);
      },
      onState: () => {
        this.#files.state.save();
        this.#voice.changed();
      },
      onChange: () => {
        this.#voice.changed();
      },
    });
  }

  #createStream(): StreamDesk {
    const { clock, random, openStream } = this.doors;
    const { settings } = this;
    const login =
      settings.source === "bmw"
        ? bmwStreamLogin(this.#login.manager, settings.endpoints)
        : brokerStreamLogin(settings.broker, `cardata-${random.bytes(4).toString("hex")}`);
    return new StreamDesk({
      ...this.#voice.ofStream(clock),
      login,
      open: openStream,
      clock,
      random,
      onMessage: this.#receive.bind(this),
    });
  }

  // Login

  async #adopt(login: NewLogin): Promise<boolean> {
    // What is loaded later would take the place of what comes now.
    await this.#opening;
    if (this.#left.signal.aborted) return false;
    this.#files.check();
    await this.#login.adopt(login);
    if (!this.#closed) this.#loggedIn();
    if (!this.#closed && this.refusal !== null) throw errorOf(this.refusal);
    return true;
  }

  /** @throws CarDataError `folder_in_use`, `rest_aborted` */
  #check(): void {
    if (this.#left.signal.aborted) throw new CarDataError("rest_aborted");
    this.#files.check();
  }

  async #start(login: NewLogin | null, turn: Promise<unknown>): Promise<void> {
    await this.#loading;
    await turn;
    if (this.#closed) return;
    this.#login.start();
    // The successor of a closed account has claimed by now what it needs of what was kept for it.
    this.doors.claims.free(this.id);
    this.#files.state.start();
    if (login !== null && this.#login.tokens !== null) this.#loggedIn();
    this.#voice.changed();
  }

  async #load(login: NewLogin | null): Promise<void> {
    await this.#files.open();
    await this.#login.load(login, this.#files.inUse === null);
    this.#isLoaded = !this.#left.signal.aborted;
    await Promise.all([this.#files.load(), this.#cars.load()]);
    this.#files.state.restore();
  }

  /** Another process that works with the folder renews the login: both would end it for each other. */
  #folderChanged(): void {
    const { inUse } = this.#files;
    if (inUse !== null && this.#login.tokens !== null) {
      this.#login.manager.suspend();
      void this.#stream.stop(inUse);
    }
    if (inUse === null) this.#login.takeHeld();
    this.#voice.changed();
  }

  #useTokens(tokens: TokenSet): void {
    changeCustomer(ownerOf(tokens.gcid), this.#ofCustomer);
    this.#voice.hide("tokens", [tokens.accessToken, tokens.idToken, tokens.refreshToken, tokens.gcid]);
    this.#stream.renew();
  }

  #loggedIn(): void {
    this.rest.loggedIn();
    this.#stream.startAnew();
    this.#discoverDetached();
  }

  #loginNeeded(problem: Problem): void {
    this.#voice.error(problem);
    void this.#stream.stop(problem);
    this.#voice.tell({ name: "loginRequired", reason: problem.code, problem }, this.doors.clock.now());
  }

  get #ofCustomer(): CustomerParts {
    const { rest } = this;
    return {
      login: this.#login,
      cars: this.#cars,
      files: this.#files,
      rest,
      releaseCars: this.#releaseCars.bind(this),
    };
  }

  // Whether it may work

  #begin(): void {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    this.#cars.wake();
    this.#stream.allow();
    this.#stream.start();
    this.rest.look();
    this.#beginWork();
  }

  #end(refusal: Problem): void {
    void this.#stream.forbid(refusal);
    if (!this.#isAtWork) return;
    this.#isAtWork = false;
    this.#cars.rest();
    this.#releaseCars();
  }

  #releaseCars(): void {
    this.doors.claims.release(this, (key) => vinOfKey(key) !== null);
  }

  /** Resolves when nothing is on its way that must not be lost. */
  async #lastAnswers(underWay: Promise<unknown> = Promise.resolve()): Promise<void> {
    await Promise.all([this.#loading, underWay]);
    await Promise.all([this.#login.manager.close(), this.rest.settled()]);
  }

  // What happens

  #receive(topic: string, payload: Buffer, receivedAt: number, retained: boolean): void {
    this.#voice.protocol(`stream message of ${payload.length} bytes`);
    this.#files.recorder.message(topic, payload, retained);
    this.#voice.guarded(() => {
      this.garage.receive(topic, payload, receivedAt, retained);
    });
  }

  #discoverDetached(): void {
    this.rest.discover().catch((error: unknown) => {
      if (!this.#closed) this.#voice.warn(toCarDataError(error));
    });
  }
}
