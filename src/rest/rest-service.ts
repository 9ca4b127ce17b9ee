import { join } from "node:path";
import { isoTime } from "../support/iso-time.js";
import type { Vehicles } from "./vehicles.js";
import type { Car } from "./vehicles.js";
import { DAILY_FEATURES, type DailyFeature } from "../polling/jobs.js";
import type { PollRequest } from "../polling/poll-requests.js";
import type { Job } from "../polling/scheduler.js";
import type { Files } from "../store/files.js";
import type { Clock } from "../support/clock.js";
import { type CarDataError, errorOf, type Problem, toCarDataError } from "../support/errors.js";
import type { HttpResponse, HttpSend } from "../support/http.js";
import type { Random } from "../support/random.js";
import { alwaysWanted, type IsWanted } from "../support/shared-work.js";
import { factsOf } from "../vehicle/catalogue.js";
import { type Access, AccessBook, KnownRefusals } from "./known-refusals.js";
import { AutomaticPolling } from "./automatic-polling.js";
import type { RestCall } from "./call.js";
import { type AccessTokens, RestClient } from "./client.js";
import { ContainerManager } from "./containers/container-manager.js";
import { lackProblem, WantedDescriptors } from "./containers/wanted-descriptors.js";
import { ImageStore } from "./image-store.js";
import { joinRestStates } from "./join-rest-states.js";
import { OperationRunner } from "./operation-runner.js";
import type { OperationAnswer, OperationRequest } from "./operations.js";
import { type Quota, QuotaLedger, quotaReport, type QuotaReport } from "./quota-ledger.js";
import { RestHealth } from "./rest-health.js";
import { decodeRestState, ownerOf, type RestState } from "./rest-state.js";
import { TelematicsReader } from "./telematics-reader.js";
import { VehicleDiscovery } from "./vehicle-discovery.js";
import type { VehicleOutcome } from "../vehicle/outcome.js";

/** What a node wants of the REST side. */
export interface NodeRequests {
  /** For the data container; empty: the usual ones. `null`: this node reads no telematic data. */
  readonly descriptors: readonly string[] | null;
  readonly pollRequests: readonly PollRequest[];
}

/** Everything that the account does over BMW's REST API, on request and by itself. */
export class RestService {
  readonly #ledger: QuotaLedger;
  readonly #client: RestClient;
  readonly #containers: ContainerManager;
  readonly #access: AccessBook;
  readonly #known: KnownRefusals;
  readonly #telematics: TelematicsReader;
  readonly #discovery: VehicleDiscovery;
  readonly #operator: OperationRunner;
  readonly #automatic: AutomaticPolling;
  readonly #wanted: WantedDescriptors;
  readonly #health: RestHealth;
  #owner = "";

  constructor(private readonly doors: RestDeskDoors) {
    const { clock, vehicles, onState } = doors;
    this.#wanted = new WantedDescriptors(clock, doors.signal);
    this.#health = new RestHealth(clock, onState);
    this.#ledger = new QuotaLedger(clock, onState);
    this.#access = new AccessBook(onState);
    this.#known = new KnownRefusals({
      clock,
      vehicles,
      access: this.#access,
      mappedAt: () => this.#discovery.state.mappingsAt,
      onChange: onState,
    });
    this.#client = this.#createClient();
    this.#containers = this.#createContainers();
    const parts = { rest: this.#client, containers: this.#containers, vehicles, access: this.#access, clock };
    this.#telematics = new TelematicsReader(parts);
    this.#discovery = new VehicleDiscovery({
      ...parts,
      ready: () => this.#ready(),
      automatic: () => this.#automatic.wanted,
      onState,
      onProblem: (error) => {
        this.#failed(error);
      },
    });
    this.#operator = this.#createOperator();
    this.#automatic = this.#createAutomatic();
  }

  get quota(): Quota {
    return this.#ledger.quota;
  }

  /** The quota and what it was spent on. */
  get quotaReport(): QuotaReport {
    return quotaReport(this.#ledger);
  }

  /** What keeps the API from answering at the moment. */
  get problem(): Problem | null {
    return this.doors.obstacle() ?? this.#health.problem;
  }

  /** When BMW answered a call last, in milliseconds; 0 for never. */
  get successAt(): number {
    return this.#health.successAt;
  }

  get state(): RestState {
    return {
      owner: this.#owner,
      ledger: this.#ledger.state,
      containers: this.#containers.state,
      polling: this.#automatic.state,
      discovery: this.#discovery.state,
      refusals: this.#access.state,
      operationRefusals: this.#known.state,
      deniedAt: this.#health.deniedAt,
      successAt: this.#health.successAt,
    };
  }

  /** Begins to work; costs no call that is not due by the restored state. */
  start(): void {
    this.#discovery.start();
    this.#automatic.start();
  }

  /** Takes over a saved state. */
  restore(state: RestState): void {
    this.#owner = state.owner;
    this.#ledger.restore(state.ledger);
    this.#containers.restore(state.containers);
    this.#access.restore(state.refusals);
    this.#known.restore(state.operationRefusals);
    this.#discovery.restore(state.discovery);
    this.#automatic.restore(state.polling);
    this.#health.restore(state.successAt, state.deniedAt);
  }

  /** Joins a saved state that could be read late only, of the same owner, with what has come meanwhile. */
  joinSaved(saved: RestState): void {
    const state = joinRestStates(saved, this.state);
    this.#owner = state.owner;
    this.#ledger.restore(state.ledger);
    if (this.#containers.state.container === null) this.#containers.restore(state.containers);
    this.#access.restore(state.refusals);
    this.#discovery.join(state.discovery);
    this.#automatic.restore(state.polling);
    this.#known.restore(state.operationRefusals);
    if (this.#health.successAt === 0) this.#health.restore(state.successAt, state.deniedAt);
    this.#automatic.look();
  }

  /** The login is that of this customer. If it was another one's before, all of that is forgotten: returns true. */
  own(gcid: string): boolean {
    const owner = ownerOf(gcid);
    const former = this.#owner;
    if (former === owner) return false;
    const isOther = former !== "";
    if (isOther) {
      this.#client.abort();
      this.restore(decodeRestState({}));
    }
    this.#owner = owner;
    this.doors.onState();
    return isOther;
  }

  close(): void {
    this.#automatic.close();
    this.#discovery.close();
  }

  /** Resolves when nothing is under way any more that changes something at BMW, and what came of it is noted. */
  async settled(): Promise<void> {
    await this.#containers.settled();
  }

  access(vin: string, car: Car): Access {
    return this.#access.of(vin, car);
  }

  /** A node begins to want something; returns what ends that. */
  join(node: string, { descriptors, pollRequests: wishes }: NodeRequests): () => void {
    this.#automatic.join(node, wishes);
    this.#want(node, descriptors);
    return () => {
      this.#automatic.leave(node);
      this.#want(node, null);
    };
  }

  /** Daily features of a car that rest because BMW refused them, with the end of that as ISO time. */
  resting(vin: string): Partial<Record<DailyFeature, string>> {
    const ends = DAILY_FEATURES.map((feature) => [feature, this.#automatic.restsUntil(vin, feature)] as const);
    return Object.fromEntries(ends.flatMap(([feature, end]) => (end === null ? [] : [[feature, isoTime(end)]])));
  }

  /** What is planned for a node: its next call in milliseconds; whether other nodes care for all of its cars. */
  plan(node: string): { readonly next: number | null; readonly other: boolean } {
    return this.#automatic.plan(node);
  }

  /**
   * Does what a person or a flow asks for; emits each answer as it comes.
   * @param isWanted whether the one who asks still waits; once not, no further call is sent
   * @throws CarDataError the first failure, after the answers of the other cars
   */
  async run(
    request: OperationRequest,
    emit: (answer: OperationAnswer) => void,
    isWanted: IsWanted = alwaysWanted,
  ): Promise<void> {
    await this.#watched(() => this.#operator.run(request, emit, isWanted), request.operation !== "quota");
  }

  /** 1 call and 1 more for each car that may be read. @throws CarDataError */
  async discover(): Promise<void> {
    await this.#watched(() => this.#discovery.discover());
    this.#automatic.look();
  }

  /** The desk of a car gave something. */
  follow(update: VehicleOutcome): void {
    this.#automatic.follow(update);
  }

  /** A new login: what was held back by the old one may go out. */
  loggedIn(): void {
    this.#health.forgive();
    this.look();
  }

  /** Something has changed that decides what may go out. */
  look(): void {
    this.#discovery.plan();
    this.#automatic.look();
  }

  async #watched(act: () => Promise<void>, needsBmw = true): Promise<void> {
    const obstacle = needsBmw ? this.doors.obstacle() : null;
    if (obstacle !== null) throw errorOf(obstacle);
    try {
      await act();
    } catch (error) {
      this.#health.failed(toCarDataError(error));
      throw error;
    } finally {
      this.doors.onChange();
    }
  }

  /** Whether calls by itself make sense: a right that is missing does not come back by asking. */
  #ready(): boolean {
    return this.doors.obstacle() === null && this.#health.hasRight;
  }

  #failed(error: CarDataError): void {
    // Repeated failures of one kind are told once.
    if (this.#health.problem?.code !== error.code) this.doors.onProblem(error.problem);
    this.#health.failed(error);
    this.doors.onChange();
  }

  #want(node: string, descriptors: readonly string[] | null): void {
    this.#wanted.set(node, descriptors);
    this.#containers.setWanted(this.#wanted.all);
    this.#discovery.plan();
  }

  #createClient(): RestClient {
    const { send, apiUrl, tokens, clock, signal, changes, onResponse } = this.doors;
    const ledger = this.#ledger;
    return new RestClient({
      send,
      apiUrl,
      tokens,
      ledger,
      clock,
      signal,
      changes,
      onResponse: (call, response) => {
        onResponse(call, response);
        if (response.status <= 299) this.#health.answered();
      },
    });
  }

  #createContainers(): ContainerManager {
    const { clock, onState, onProblem } = this.doors;
    return new ContainerManager({
      rest: this.#client,
      clock,
      isKnown: (descriptor) => factsOf(descriptor) !== undefined,
      settled: () => this.#wanted.settled(),
      onState,
      onNotice: onProblem,
      onReduced: (missing) => {
        onProblem(lackProblem(missing));
      },
    });
  }

  #createOperator(): OperationRunner {
    const { clock, vehicles, files, folder } = this.doors;
    const rest = this.#client;
    return new OperationRunner({
      rest,
      ledger: this.#ledger,
      containers: this.#containers,
      vehicles,
      access: this.#access,
      known: this.#known,
      checkRight: () => {
        this.#health.checkRight();
      },
      telematics: this.#telematics,
      images: new ImageStore({ files, folder: join(folder, "images"), clock }),
      clock,
      onAsked: (vin, operation, ok) => {
        if (operation === "telematicData" || operation === "chargingHistory" || operation === "tyreDiagnosis")
          this.#automatic.noted(vin, operation, ok);
      },
    });
  }

  #createAutomatic(): AutomaticPolling {
    const { clock, random, vehicles, chargeEndOf, onAnswer, onState, onChange } = this.doors;
    return new AutomaticPolling({
      clock,
      random,
      ledger: this.#ledger,
      vehicles,
      chargeEndOf,
      access: this.#access,
      ready: () => this.#ready(),
      fetch: (job, isWanted) => this.#fetch(job, isWanted),
      onAnswer,
      onProblem: (error) => {
        this.#failed(error);
      },
      onState,
      onChange,
    });
  }

  #fetch(job: Job, isWanted: IsWanted): Promise<OperationAnswer> {
    if (job.kind === "poll") return this.#telematics.read(job.vin, job.budget, { isWanted });
    return this.#operator.daily(job.feature, job.vin, job.pages, isWanted);
  }
}

/** What the REST side of an account needs of everything around it. */
interface RestDeskDoors {
  readonly clock: Clock;
  readonly random: Random;
  readonly send: HttpSend;
  readonly apiUrl: string;
  readonly tokens: AccessTokens;
  /** Why no call can be made at all, or `null`. */
  readonly obstacle: () => Problem | null;
  readonly vehicles: Vehicles;
  /** When a charge of a car ought to be over by its estimate, in milliseconds; `null` without one. */
  readonly chargeEndOf: (vin: string) => number | null;
  readonly files: Files;
  /** The account's folder. */
  readonly folder: string;
  /** Ends what only reads, and keeps anything more from going out. */
  readonly signal: AbortSignal;
  /** Ends what changes something at BMW. */
  readonly changes: AbortSignal;
  readonly onResponse: (call: RestCall, response: HttpResponse) => void;
  /** An automatic call was answered, for the node that is responsible. */
  readonly onAnswer: (node: string, answer: OperationAnswer) => void;
  /** Something failed that nobody waits for, or that is worth knowing. */
  readonly onProblem: (problem: Problem) => void;
  /** The quota or what else is kept has changed. */
  readonly onState: () => void;
  readonly onChange: () => void;
}
