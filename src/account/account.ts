import type { EventEmitter } from "node:events";
import { join } from "node:path";
import { OAuthClient } from "../auth/oauth-client.js";
import { TokenKeeper } from "../auth/token-keeper.js";
import { TokenVault } from "../auth/token-vault.js";
import { API_SCOPE, splitScopes, type TokenSet } from "../auth/tokens.js";
import { nextMidnight } from "../rest/cooldown.js";
import type { Document } from "../store/document.js";
import type { Files } from "../store/files.js";
import { Store } from "../store/store.js";
import type { Clock } from "../support/clock.js";
import { errorOf, toCarDataError, type Problem } from "../support/errors.js";
import type { HttpSend } from "../support/http.js";
import type { Logger } from "../support/logger.js";
import type { Random } from "../support/random.js";
import type { OpenStream } from "../stream/transport.js";
import { accountCodec, type AccountState } from "./account-codec.js";
import { AnnouncedSets } from "./announced.js";
import { announcedCodec } from "./announced-codec.js";
import type { Claimer, Claims } from "./claims.js";
import type { AccountEvents } from "./events.js";
import { Garage } from "./garage.js";
import { garageCodec } from "./garage-codec.js";
import { loggedSend } from "./protocol-log.js";
import { Recorder } from "./recorder.js";
import { RestDesk } from "./rest/rest-desk.js";
import { socFactsOf, userFactsOf, type AccountSettings } from "./settings.js";
import { learningCodec } from "./soc/learning-codec.js";
import { SocDesk } from "./soc/soc-desk.js";
import { describeAccount } from "./describe.js";
import type { AccountStatus } from "./status.js";
import { brokerStreamLogin, bmwStreamLogin } from "./stream-login.js";
import { StreamDesk } from "./stream-desk.js";
import { TrackerDesk } from "./tracker-desk.js";
import { Voice } from "./voice.js";

export interface AccountDoors {
  readonly clock: Clock;
  readonly random: Random;
  /** May throw if `caFile` cannot be read. */
  readonly createSend: (caFile?: string) => HttpSend;
  readonly openStream: OpenStream;
  readonly files: Files;
  /** Folder of this account's files. */
  readonly folder: string;
  readonly claims: Claims;
  readonly log: Logger;
  /** Key of the token vault, from Node-RED's credentials. */
  readonly vaultKey: string | null;
}

/** A login that the user has just made in the editor. */
export interface NewLogin {
  readonly tokens: TokenSet;
  /** Key with which the tokens are to be saved. */
  readonly vaultKey: string;
}

const QUOTA_LOW_AT = 10;

/** One BMW login with everything that belongs to it: tokens, stream, REST, cars and files. */
export class Account implements Claimer {
  readonly events: EventEmitter<AccountEvents>;
  readonly garage: Garage;
  readonly soc: SocDesk;
  readonly rest: RestDesk;
  readonly trackers: TrackerDesk;
  readonly announced: AnnouncedSets;
  readonly #voice: Voice;
  readonly #abort = new AbortController();
  readonly #store: Store;
  readonly #state: Document<AccountState>;
  readonly #vault: TokenVault;
  readonly #keeper: TokenKeeper;
  readonly #stream: StreamDesk;
  readonly #recorder: Recorder;
  /** Why this account may not work at all. */
  #refusal: Problem | null = null;
  #loading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    readonly settings: AccountSettings,
    private readonly doors: AccountDoors,
  ) {
    const { clock, random, files, folder } = doors;
    const { endpoints } = settings;
    this.#voice = new Voice(doors.log, settings.debug, () => this.garage.cars.keys());
    this.events = this.#voice.events;
    this.#store = new Store(folder, files, clock, (problem) => {
      this.#voice.documentProblem(problem);
    });
    this.#state = this.#store.document("account", accountCodec);
    this.announced = new AnnouncedSets(this.#store.document("announced", announcedCodec));
    this.#vault = new TokenVault(this.#store, doors.vaultKey);
    this.garage = this.#createGarage();
    this.soc = this.#createSoc();
    const send = loggedSend(doors.createSend(endpoints.caFile), (text) => {
      this.#voice.protocol(text);
    });
    this.#keeper = new TokenKeeper({
      oauth: new OAuthClient(send, endpoints.authUrl, this.#abort.signal),
      clock,
      random,
      save: (tokens) => this.#vault.save(tokens),
      onTokens: (tokens) => {
        this.#useTokens(tokens);
      },
      onLoginNeeded: (problem) => {
        this.#loginNeeded(problem);
      },
      onHealth: () => {
        this.#voice.changed();
      },
    });
    this.#recorder = new Recorder(settings.record, join(folder, "recordings"), files, clock, (problem) => {
      this.#voice.warn(problem);
    });
    this.rest = this.#createRest(send);
    this.trackers = this.#createTrackers(send);
    this.#stream = this.#createStream();
  }

  get id(): string {
    return this.settings.id;
  }

  /** How other accounts and logs call this one. */
  get label(): string {
    return this.settings.name || this.settings.id;
  }

  get status(): AccountStatus {
    return describeAccount({
      settings: this.settings,
      health: this.#keeper.health,
      tokens: this.#keeper.tokens,
      refusal: this.#refusal,
      stream: this.#stream.state,
      quiet: this.#stream.quiet,
      lastMessageAt: this.#stream.lastMessageAt,
      restProblem: this.rest.problem,
      restSuccessAt: this.rest.successAt,
      quota: this.rest.quota,
    });
  }

  /**
   * Loads what was saved and starts working; resolves when that is under way. Never rejects.
   * @param login a login that was made before the account existed
   */
  async open(login: NewLogin | null = null): Promise<void> {
    this.#refusal = this.#claimClient();
    if (this.#refusal !== null) {
      this.#voice.error(this.#refusal);
      this.#voice.changed();
      return;
    }
    this.#loading = this.#load(login === null);
    await this.#loading;
    if (this.#closed) return;
    this.#stream.allow();
    this.rest.start();
    if (login !== null) await this.adoptLogin(login);
    else this.#stream.start();
    this.#voice.changed();
  }

  /** A node begins to use this account; the first one opens the stream. */
  retain(user: string): void {
    this.#stream.retain(user);
  }

  /** A node stops using this account; without any node left the stream is closed. `removed`: it will not come back. */
  release(user: string, removed: boolean): void {
    this.#stream.release(user, removed);
  }

  /** Takes a new login made in the editor: saves it, connects at once and asks BMW for the cars. */
  async adoptLogin({ tokens, vaultKey }: NewLogin): Promise<void> {
    // What is loaded later would take the place of what comes now.
    await this.#loading;
    this.#vault.rekey(vaultKey);
    if (!(await this.#vault.save(tokens))) this.#voice.warn({ code: "login_not_saved", params: { reason: "" } });
    if (this.#closed || this.#refusal !== null) return;
    this.#keeper.adopt(tokens);
    this.rest.loggedIn();
    this.#stream.startAnew();
    this.#discoverDetached();
  }

  /** Renews the tokens now, although the clock may call them valid. */
  async refresh(): Promise<void> {
    await this.#keeper.force({ byUser: true });
  }

  /** Connects the stream anew. */
  reconnect(): void {
    if (this.#refusal !== null) throw errorOf(this.#refusal);
    this.#stream.reconnect();
  }

  async logout(): Promise<void> {
    this.#keeper.forget();
    await this.#vault.clear();
    await this.#stream.stop({ code: "not_logged_in" });
  }

  /** Takes secrets, coordinates and full VINs out of a text for others. */
  redact(text: string): string {
    return this.#voice.redact(text);
  }

  /** Ends everything within seconds; what is not saved yet is. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#abort.abort();
    this.#keeper.close();
    this.rest.close();
    await this.#stream.close();
    this.garage.close();
    this.trackers.close();
    this.soc.close();
    await Promise.all([this.#store.flush(), this.#recorder.close()]);
    this.doors.claims.release(this);
    this.#voice.close();
  }

  // Building

  #createGarage(): Garage {
    const { claims, clock } = this.doors;
    return new Garage({
      document: this.#store.document("vehicles", garageCodec),
      clock,
      factsOf: (vin) => userFactsOf(this.settings, vin),
      claim: (vin) => claims.claim(`vin:${vin}`, this) === null,
      ignored: new Set(this.settings.vehicles.filter(({ ignore }) => ignore).map(({ vin }) => vin)),
      onUpdate: (update) => {
        this.#voice.guarded(() => {
          this.soc.follow(update);
        });
        this.#voice.guarded(() => {
          this.trackers.follow(update);
        });
        this.rest.follow(update);
        this.#voice.guarded(() => this.events.emit("update", update));
      },
      onFound: (vin) => {
        this.#voice.tell({ name: "vehicleFound", vin }, clock.now());
      },
      onFull: (most) => {
        this.#voice.warn({ code: "too_many_vehicles", params: { most } });
      },
    });
  }

  #createSoc(): SocDesk {
    return new SocDesk({
      document: this.#store.document("learning", learningCodec),
      clock: this.doors.clock,
      garage: this.garage,
      factsOf: (vin) => socFactsOf(this.settings, vin),
      onEstimate: (vin) => {
        this.#voice.guarded(() => this.events.emit("estimate", vin));
      },
      onLearned: (vin) => {
        this.#voice.guarded(() => this.events.emit("learned", vin));
      },
    });
  }

  #createRest(send: HttpSend): RestDesk {
    const { clock, random, files, folder } = this.doors;
    const keeper = this.#keeper;
    return new RestDesk({
      clock,
      random,
      send,
      apiUrl: this.settings.endpoints.apiUrl,
      tokens: {
        fresh: async () => (await keeper.fresh()).accessToken,
        force: async (rejected) => (await keeper.force({ rejected })).accessToken,
      },
      obstacle: () => this.#obstacle(),
      garage: this.garage,
      chargeEndOf: (vin) => this.soc.chargeEndOf(vin),
      files,
      folder,
      signal: this.#abort.signal,
      onResponse: (call, response) => {
        this.#recorder.response(call, response);
      },
      onAnswer: (node, answer) => {
        this.#voice.guarded(() => this.events.emit("answer", node, answer));
      },
      onProblem: (problem) => {
        if (!this.#closed) this.#voice.warn(problem);
      },
      onState: () => {
        this.#restChanged();
      },
      onChange: () => {
        this.#voice.changed();
      },
    });
  }

  #createTrackers(send: HttpSend): TrackerDesk {
    return new TrackerDesk({
      clock: this.doors.clock,
      signal: this.#abort.signal,
      send,
      moving: (vin) => this.garage.cars.get(vin)?.vehicle.underWay ?? false,
      onMove: (vin, move) => {
        this.soc.tracked(vin, move);
      },
      onLook: (vin, position) => {
        this.#recorder.fix(vin, position);
      },
      onProblem: (problem) => {
        this.#voice.warn(problem);
      },
    });
  }

  #createStream(): StreamDesk {
    const { clock, random, claims, openStream } = this.doors;
    const { settings } = this;
    const claimStream = (gcid: string) => claims.claim(`gcid:${gcid}`, this);
    const login =
      settings.source === "bmw"
        ? bmwStreamLogin(this.#keeper, settings.endpoints, claimStream)
        : brokerStreamLogin(settings.broker, `cardata-${random.bytes(4).toString("hex")}`);
    return new StreamDesk({
      login,
      open: openStream,
      clock,
      random,
      onState: (state) => {
        this.#voice.protocol(
          `stream ${state.kind}${"problem" in state && state.problem ? `: ${state.problem.code}` : ""}`,
        );
      },
      onMessage: (topic, payload, receivedAt, retained) => {
        this.#receive(topic, payload, receivedAt, retained);
      },
      onConnected: () => {
        this.#voice.info("Stream connected");
        this.#voice.tell({ name: "connected" }, clock.now());
      },
      onDisconnected: (problem) => {
        this.#voice.warn(problem, "Stream disconnected: ");
        this.#voice.tell({ name: "disconnected", reason: problem.code, problem }, clock.now());
      },
      onChange: () => {
        this.#voice.changed();
      },
    });
  }

  // Login

  #claimClient(): Problem | null {
    const { source, clientId } = this.settings;
    if (source !== "bmw" || clientId === "") return null;
    const other = this.doors.claims.claim(`client:${clientId.toLowerCase()}`, this);
    return other === null ? null : { code: "client_in_use", params: { other } };
  }

  /** Why BMW's API cannot be asked at all. */
  #obstacle(): Problem | null {
    if (this.#refusal !== null) return this.#refusal;
    const { tokens, health } = this.#keeper;
    if (this.settings.source === "broker" && tokens === null) return { code: "rest_needs_login" };
    if (tokens === null || health.state !== "ok") return health.problem ?? { code: "not_logged_in" };
    return splitScopes(tokens).missing.includes(API_SCOPE) ? { code: "scope_api_missing" } : null;
  }

  async #load(resume: boolean): Promise<void> {
    await this.#store.tidy();
    await Promise.all([this.#state.load(), this.garage.load(), this.announced.load()]);
    await this.soc.load();
    this.rest.restore(this.#state.value);
    if (this.settings.source === "bmw" && resume) await this.#resumeLogin();
  }

  async #resumeLogin(): Promise<void> {
    const { tokens, problem } = await this.#vault.load();
    if (this.#closed) return;
    if (problem !== null) this.#keeper.requireLogin(problem);
    else if (tokens?.clientId === this.settings.clientId) this.#keeper.resume(tokens);
  }

  #useTokens(tokens: TokenSet): void {
    if (this.rest.own(tokens.gcid)) this.#forgetFormerOwner();
    this.#voice.hide("tokens", [tokens.accessToken, tokens.idToken, tokens.refreshToken, tokens.gcid]);
    this.#stream.renew();
  }

  #loginNeeded(problem: Problem): void {
    this.#voice.error(problem);
    void this.#stream.stop(problem);
    this.#voice.tell({ name: "loginRequired", reason: problem.code, problem }, this.doors.clock.now());
  }

  /** Another BMW customer has logged in, who has other cars. */
  #forgetFormerOwner(): void {
    this.doors.claims.release(this, "gcid:");
    this.doors.claims.release(this, "vin:");
    this.garage.clear();
    this.soc.clear();
    this.#state.set({ ...this.#state.value, quotaToldFor: 0 });
  }

  // What happens

  #receive(topic: string, payload: Buffer, receivedAt: number, retained: boolean): void {
    this.#voice.protocol(`stream message of ${payload.length} bytes`);
    this.#recorder.message(topic, payload, retained);
    this.#voice.guarded(() => {
      this.garage.receive(topic, payload, receivedAt, retained);
    });
  }

  #restChanged(): void {
    const { remaining, resetsAt } = this.rest.quota;
    const { quotaToldFor } = this.#state.value;
    const now = this.doors.clock.now();
    const tell = remaining <= QUOTA_LOW_AT && quotaToldFor < now;
    // The pause after a refusal of BMW is shorter than the day, and there may be more of them.
    const toldFor = tell ? Math.max(resetsAt, nextMidnight(now)) : quotaToldFor;
    void this.#state.save({ ...this.rest.state, quotaToldFor: toldFor });
    if (tell) this.#voice.tell({ name: "quotaLow", remaining, resetsAt }, now);
    this.#voice.changed();
  }

  #discoverDetached(): void {
    this.rest.discover().catch((error: unknown) => {
      if (!this.#closed) this.#voice.warn(toCarDataError(error));
    });
  }
}
