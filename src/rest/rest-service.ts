import type { AccountContext } from "../context/account-context.js";
import { DAILY_FEATURES, type DailyFeature } from "../polling/job.js";
import type { PollRequest } from "../polling/poll-request.js";
import type { Scheduler } from "../polling/scheduler.js";
import type { Document } from "../store/document.js";
import { errorOf, toCarDataError, type CarDataError, type Problem } from "../support/errors.js";
import type { HttpResponse } from "../support/http.js";
import { isoTime } from "../support/iso-time.js";
import { alwaysWanted, type IsWanted } from "../support/single-flight.js";
import { definitionOf } from "../vehicle/catalogue.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import type { RestCall } from "./rest-call.js";
import { RestClient, type AccessTokens } from "./rest-client.js";
import { ContainerManager } from "./containers/container-manager.js";
import { lackProblem, WantedDescriptors } from "./containers/wanted-descriptors.js";
import { createScheduler } from "./create-scheduler.js";
import { ImageStore } from "./image-store.js";
import { OperationRunner } from "./operation-runner.js";
import type { OperationAnswer, OperationRequest } from "./operations.js";
import { QuotaLedger, quotaReport, type QuotaSnapshot, type QuotaReportData } from "./quota-ledger.js";
import { RefusalRegistry } from "./refusal-registry.js";
import type { RestContext } from "./rest-context.js";
import { RestHealth } from "./rest-health.js";
import { RestStateFile, type RestStateListener } from "./rest-state-file.js";
import type { AccountState, RestState } from "./rest-state.js";
import { TelematicsReader } from "./telematics-reader.js";
import { VehicleDiscovery } from "./vehicle-discovery.js";
import type { Access, RegisteredVehicle, Vehicles } from "./vehicles.js";

/** The requests of a node: descriptors to read, and calls to be made without a message. */
export interface NodeRequests {
  /** For the data container; empty: the usual ones. `null`: this node reads no telematic data. */
  readonly descriptors: readonly string[] | null;
  readonly pollRequests: readonly PollRequest[];
}

/** Connects the REST side with the rest of the account. */
export interface RestServiceOptions extends RestStateListener {
  readonly document: Document<AccountState>;
  readonly tokens: AccessTokens;
  readonly vehicles: Vehicles;
  /** Why no call can be made at all, or `null`. */
  readonly rejection: () => Problem | null;
  /** When a charge of a car ought to be over by its estimate, in milliseconds; `null` without one. */
  readonly chargeEndOf: (vin: string) => number | null;
  /** Called with every answer of BMW, refusals included. */
  readonly onResponse: (call: RestCall, response: HttpResponse) => void;
  /** An automatic call was answered, for the node that is responsible. */
  readonly onAnswer: (node: string, answer: OperationAnswer) => void;
  /** Something that the status tells has changed. */
  readonly onChange: () => void;
}

/** Does everything that the account does over BMW's REST API, on request and by itself. */
export class RestService {
  readonly #ledger: QuotaLedger;
  readonly #client: RestClient;
  readonly #containers: ContainerManager;
  readonly #refusals: RefusalRegistry;
  readonly #discovery: VehicleDiscovery;
  readonly #operations: OperationRunner;
  readonly #scheduler: Scheduler;
  readonly #wanted: WantedDescriptors;
  readonly #health: RestHealth;
  readonly #file: RestStateFile;

  constructor(
    private readonly context: AccountContext,
    private readonly options: RestServiceOptions,
  ) {
    const { clock, reads } = context;
    const { document, tokens, vehicles, chargeEndOf, onAnswer, onChange } = options;
    const onState = this.#saveState.bind(this);
    this.#wanted = new WantedDescriptors(clock, reads);
    this.#health = new RestHealth(clock, onState);
    this.#ledger = new QuotaLedger(clock, onState);
    this.#refusals = new RefusalRegistry(clock, vehicles, () => this.#discovery.state.mappingsAt, onState);
    this.#client = new RestClient(context, tokens, this.#ledger, this.#answered.bind(this));
    this.#containers = this.#createContainers(onState);
    const parts = this.#share(onState);
    const telematics = new TelematicsReader(parts);
    this.#discovery = new VehicleDiscovery(parts, () => this.#scheduler.wanted);
    const operations = new OperationRunner(parts, telematics, new ImageStore(context), (vin, operation, ok) => {
      if (operation === "telematicData" || operation === "chargingHistory" || operation === "tyreDiagnosis")
        this.#scheduler.recordManualCall(vin, operation, ok);
    });
    this.#operations = operations;
    this.#scheduler = createScheduler(parts, { telematics, operations, chargeEndOf, onAnswer, onChange });
    const kept = { ...parts, discovery: this.#discovery, scheduler: this.#scheduler };
    this.#file = new RestStateFile(document, clock, kept, options);
  }

  get quota(): QuotaSnapshot {
    return this.#ledger.quota;
  }

  /** The quota and what it was spent on. */
  get quotaReport(): QuotaReportData {
    return quotaReport(this.#ledger);
  }

  /** The problem that keeps the API from answering at the moment. */
  get problem(): Problem | null {
    return this.options.rejection() ?? this.#health.problem;
  }

  /** When BMW answered a call last, in milliseconds; 0 for never. */
  get successAt(): number {
    return this.#health.successAt;
  }

  /** Whose login it is or was last, as `ownerOf` tells it; "" if nobody's yet. */
  get owner(): string {
    return this.#file.owner;
  }

  /** The state that outlives a restart. */
  get state(): RestState {
    return this.#file.state;
  }

  /** Goes on with what was saved; never rejects. */
  async load(): Promise<void> {
    await this.#file.load();
  }

  /** Begins to work once it is known what was saved; costs no call that is not due by that. */
  start(): void {
    this.#file.start();
  }

  close(): void {
    this.#file.close();
    this.#scheduler.close();
    this.#discovery.close();
  }

  /** Resolves when nothing is under way any more that changes something at BMW, and what came of it is noted. */
  async settled(): Promise<void> {
    await this.#containers.settled();
  }

  /** Takes note of whose login it is. If it was another customer's before, all of that is forgotten. */
  belongTo(owner: string): void {
    const { owner: former } = this;
    if (former !== "" && former !== owner) this.#client.abort();
    this.#file.belongTo(owner);
    if (former !== owner) this.#saveState();
  }

  /** The customer has another name by now. */
  rename(owner: string): void {
    this.#file.rename(owner);
    this.#saveState();
  }

  /** Takes note of a new login: what was held back by the old one may go out. */
  loggedIn(): void {
    this.#health.forgive();
    this.look();
  }

  /** Plans anew: something has changed that decides what may go out. */
  look(): void {
    this.#discovery.plan();
    this.#scheduler.replan();
  }

  /** Takes note of what a car gave. */
  follow({ vin, events, chargeStoppedAt }: VehicleUpdate): void {
    for (const { name } of events)
      if (name === "tripEnded" || name === "chargingStarted") this.#scheduler.triggered(vin, name);
    // The answer may bring the level that the event of the end waits for.
    if (chargeStoppedAt !== null) this.#scheduler.triggered(vin, "chargingEnded");
  }

  /** A node begins to want something; returns what ends that. */
  join(node: string, { descriptors, pollRequests }: NodeRequests): () => void {
    this.#scheduler.setRequests(node, pollRequests);
    this.#want(node, descriptors);
    return () => {
      this.#scheduler.setRequests(node, null);
      this.#want(node, null);
    };
  }

  /** Tells the next call for a node in milliseconds, and whether other nodes care for all of its cars. */
  plan(node: string): { readonly next: number | null; readonly other: boolean } {
    const vins = [...this.options.vehicles.cars.keys()];
    return { next: this.#scheduler.nextFor(node), other: this.#scheduler.areOthersResponsible(node, vins) };
  }

  access(vin: string, car: RegisteredVehicle): Access {
    return this.#refusals.accessOf(vin, car);
  }

  /** Daily features of a car that rest because BMW refused them, with the end of that as ISO time. */
  resting(vin: string): Partial<Record<DailyFeature, string>> {
    const ends = DAILY_FEATURES.map((feature) => [feature, this.#scheduler.disabledUntil(vin, feature)] as const);
    return Object.fromEntries(ends.flatMap(([feature, end]) => (end === null ? [] : [[feature, isoTime(end)]])));
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
    await this.#watched(() => this.#operations.run(request, emit, isWanted), request.operation !== "quota");
  }

  /** Asks BMW for the cars: 1 call and 1 more for each car that may be read. @throws CarDataError */
  async discover(): Promise<void> {
    await this.#watched(() => this.#discovery.discover());
    this.#scheduler.replan();
  }

  async #watched(act: () => Promise<void>, needsBmw = true): Promise<void> {
    const rejection = needsBmw ? this.options.rejection() : null;
    if (rejection !== null) throw errorOf(rejection);
    try {
      await act();
    } catch (error) {
      this.#health.failed(toCarDataError(error));
      throw error;
    } finally {
      this.options.onChange();
    }
  }

  #answered(call: RestCall, response: HttpResponse): void {
    this.options.onResponse(call, response);
    if (response.status <= 299) this.#health.answered();
  }

  /** A call that nobody waits for has failed. */
  #failed(error: CarDataError): void {
    // Repeated failures of one kind are told once.
    if (this.#health.problem?.code !== error.code) this.#warn(error.problem);
    this.#health.failed(error);
    this.options.onChange();
  }

  #warn(problem: Problem): void {
    if (!this.context.reads.aborted) this.context.logger.warn(problem);
  }

  #want(node: string, descriptors: readonly string[] | null): void {
    this.#wanted.set(node, descriptors);
    this.#containers.setWanted(this.#wanted.all);
    this.#discovery.plan();
  }

  #saveState(): void {
    this.#file.save();
    this.options.onChange();
  }

  // Building

  #createContainers(onState: () => void): ContainerManager {
    return new ContainerManager(this.context.clock, this.#client, {
      isKnown: (descriptor) => definitionOf(descriptor) !== undefined,
      settled: () => this.#wanted.settled(),
      onState,
      onNotice: this.#warn.bind(this),
      onReduced: (missing) => {
        this.#warn(lackProblem(missing));
      },
    });
  }

  #share(onState: () => void): RestContext {
    const { clock, random } = this.context;
    return {
      clock,
      random,
      rest: this.#client,
      ledger: this.#ledger,
      containers: this.#containers,
      vehicles: this.options.vehicles,
      refusals: this.#refusals,
      health: this.#health,
      isReady: () => this.options.rejection() === null && this.#health.hasRight,
      onState,
      onFailure: this.#failed.bind(this),
    };
  }
}
