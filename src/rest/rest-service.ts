import type { AccountContext } from "../context/account-context.js";
import { DAILY_FEATURES, type DailyFeature } from "../polling/job.js";
import type { PlannedJob } from "../polling/plan.js";
import type { PollRequest } from "../polling/poll-request.js";
import type { Scheduler } from "../polling/scheduler.js";
import type { Document } from "../store/document.js";
import { errorOf, toCarDataError, type CarDataError, type Problem } from "../support/errors.js";
import type { HttpResponse } from "../support/http.js";
import { isoTime } from "../support/iso-time.js";
import type { JsonObject } from "../support/json.js";
import { alwaysWanted, type IsWanted } from "../support/single-flight.js";
import { definitionOf } from "../vehicle/catalogue.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import type { BinaryContent, RestCall } from "./rest-call.js";
import { RestClient, type AccessTokens } from "./rest-client.js";
import type { Container } from "./containers/container-calls.js";
import { ContainerManager } from "./containers/container-manager.js";
import type { ContainerState } from "./containers/container-state.js";
import { lackProblem, WantedDescriptors } from "./containers/wanted-descriptors.js";
import { createScheduler } from "./create-scheduler.js";
import { ImageStore } from "./image-store.js";
import { OperationRunner } from "./operation-runner.js";
import type { Operation, OperationAnswer, OperationRequest } from "./operations.js";
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
  /** For the data container; empty: the default ones. `null`: this node reads no telematic data. */
  readonly descriptors: readonly string[] | null;
  readonly pollRequests: readonly PollRequest[];
}

/** Describes the data container of the account, as far as it is known without a call. */
export interface KnownContainer extends Pick<ContainerState, "container" | "refused"> {
  /** Whether any node reads telematic data through it. */
  readonly isNeeded: boolean;
}

/** Connects the REST side with the rest of the account. */
export interface RestServiceOptions extends RestStateListener {
  readonly document: Document<AccountState>;
  readonly tokens: AccessTokens;
  readonly vehicles: Vehicles;
  /** Resolves when the account can handle requests; rejects with the reason why it may not work. */
  readonly ready: () => Promise<void>;
  /** Returns why no call can be made at all; `null` if one can. */
  readonly rejection: () => Problem | null;
  /** Returns when a charge of a car is expected to end by its estimate [ms]; `null` without one. */
  readonly chargeEndOf: (vin: string) => number | null;
  /** Called with every answer of BMW, refusals included. */
  readonly onResponse: (call: RestCall, response: HttpResponse) => void;
  /** Called with the answer of an automatic call, for the responsible node. */
  readonly onAnswer: (node: string, answer: OperationAnswer) => void;
  /** Called with the sessions of each charging history of a car, whoever has asked for it. */
  readonly onHistory: (vin: string, sessions: readonly JsonObject[]) => void;
  /** Called when the status has changed. */
  readonly onChange: () => void;
}

/** Makes all calls of the account to BMW's REST API, on request and by itself. */
export class RestService {
  readonly #ledger: QuotaLedger;
  readonly #client: RestClient;
  readonly #containers: ContainerManager;
  readonly #refusals: RefusalRegistry;
  readonly #discovery: VehicleDiscovery;
  readonly #operations: OperationRunner;
  readonly #telematics: TelematicsReader;
  readonly #images: ImageStore;
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
    this.#images = new ImageStore(context);
    const operations = new OperationRunner(parts, telematics, this.#images, {
      onAsked: (vin, operation, ok) => {
        if (operation === "telematicData" || operation === "chargingHistory" || operation === "tyreDiagnosis")
          this.#scheduler.recordManualCall(vin, operation, ok);
      },
      onHistory: options.onHistory,
    });
    this.#operations = operations;
    this.#telematics = telematics;
    this.#scheduler = createScheduler(parts, { telematics, operations, chargeEndOf, onAnswer, onChange });
    const kept = { ...parts, discovery: this.#discovery, scheduler: this.#scheduler };
    this.#file = new RestStateFile(document, clock, kept, options);
  }

  get quota(): QuotaSnapshot {
    return this.#ledger.quota;
  }

  /** Returns the quota and the calls that were spent of it. */
  get quotaReport(): QuotaReportData {
    return quotaReport(this.#ledger);
  }

  /** Returns the problem that keeps the API from answering at the moment. */
  get problem(): Problem | null {
    return this.options.rejection() ?? this.#health.problem;
  }

  /** Returns when BMW last answered a call [ms]; 0 for never. */
  get successAt(): number {
    return this.#health.successAt;
  }

  /** Returns the present or last customer, as `ownerOf` gives it; "" if there was none yet. */
  get owner(): string {
    return this.#file.owner;
  }

  get container(): KnownContainer {
    const { container, refused } = this.#containers.state;
    return { container, refused, isNeeded: this.#wanted.all.length > 0 };
  }

  /** Returns the state that outlives a restart. */
  get state(): RestState {
    return this.#file.state;
  }

  /** Restores the saved state; never rejects. */
  async load(): Promise<void> {
    await this.#file.load();
  }

  /** Starts automatic work once the saved state is known; makes no call that is not due then. */
  start(): void {
    this.#file.start();
  }

  close(): void {
    this.#file.close();
    this.#scheduler.close();
    this.#discovery.close();
  }

  /** Resolves when nothing is under way any more that changes something at BMW, and its outcome is recorded. */
  async settled(): Promise<void> {
    await this.#containers.settled();
  }

  /** Takes the login as this customer's. Forgets the state of another customer. */
  belongTo(owner: string): void {
    const { owner: former } = this;
    if (former !== "" && former !== owner) this.#client.abort();
    this.#file.belongTo(owner);
    if (former !== owner) this.#saveState();
  }

  /** Keeps the state under the new name of the customer. */
  rename(owner: string): void {
    this.#file.rename(owner);
    this.#saveState();
  }

  /** Handles a new login: releases calls that the old one delayed. */
  loggedIn(): void {
    this.#health.forgive();
    this.look();
  }

  /** Plans anew after a change of what may be called. */
  look(): void {
    this.#discovery.plan();
    this.#scheduler.replan();
  }

  /** Processes an update of a car. */
  follow({ vin, events, chargeStoppedAt }: VehicleUpdate): void {
    for (const { name } of events)
      if (name === "tripEnded" || name === "chargingStarted") this.#scheduler.triggered(vin, name);
    // The answer may bring the level for which the event of the end waits.
    if (chargeStoppedAt !== null) this.#scheduler.triggered(vin, "chargingEnded");
  }

  /** Registers the requests of a node; returns a function that removes them. */
  join(node: string, { descriptors, pollRequests }: NodeRequests): () => void {
    this.#scheduler.setRequests(node, pollRequests);
    this.#want(node, descriptors);
    return () => {
      this.#scheduler.setRequests(node, null);
      this.#want(node, null);
    };
  }

  /** Returns the next call for a node [ms], and whether other nodes are responsible for all of its cars. */
  plan(node: string): { readonly next: number | null; readonly other: boolean } {
    const vins = [...this.options.vehicles.cars.keys()];
    return { next: this.#scheduler.nextFor(node), other: this.#scheduler.areOthersResponsible(node, vins) };
  }

  /** Returns the calls that the account will make by itself, the soonest first. */
  get planned(): readonly PlannedJob[] {
    return this.#scheduler.planned;
  }

  access(vin: string, car: RegisteredVehicle): Access {
    return this.#refusals.accessOf(vin, car);
  }

  /** Returns the daily features of a car that pause because BMW refused them, with the end of the pause as ISO time. */
  resting(vin: string): Partial<Record<DailyFeature, string>> {
    const ends = DAILY_FEATURES.map((feature) => [feature, this.#scheduler.disabledUntil(vin, feature)] as const);
    return Object.fromEntries(ends.flatMap(([feature, end]) => (end === null ? [] : [[feature, isoTime(end)]])));
  }

  /**
   * Runs a request of a person or a flow; emits each answer as it comes.
   * @param isWanted whether the caller still waits; once not, no further call is sent
   * @throws CarDataError the first failure, after the answers of the other cars
   */
  async run(
    request: OperationRequest,
    emit: (answer: OperationAnswer) => void,
    isWanted: IsWanted = alwaysWanted,
  ): Promise<void> {
    await this.#watched(() => this.#operations.run(request, emit, isWanted), request.operation !== "quota");
  }

  /**
   * Returns what is known for an operation without a call: present values, and pictures that were fetched before. Never
   * rejects.
   * @param vin of a car, "" of all
   */
  async known(operation: Operation, vin: string): Promise<OperationAnswer[]> {
    const vins = [...this.options.vehicles.cars.keys()].filter((one) => vin === "" || one === vin);
    if (operation === "telematicData") return vins.map((one) => this.#telematics.spared(one));
    return operation === "image" ? this.#images.known(vins) : [];
  }

  /** Returns the picture of a car if it was fetched before, without a call. */
  async keptImage(vin: string): Promise<BinaryContent | null> {
    return this.#images.kept(vin);
  }

  /** Keeps a picture that another Node-RED has fetched; returns whether it was not known yet. Never rejects. */
  async keepImage(vin: string, picture: BinaryContent): Promise<boolean> {
    return this.#images.keep(vin, picture);
  }

  /**
   * Asks BMW for the cars: 1 call and 1 more for each car that may be read.
   * @throws CarDataError
   */
  async discover(): Promise<void> {
    await this.#watched(() => this.#discovery.discover());
    this.#scheduler.replan();
  }

  /**
   * Lists the data containers of the BMW account, by one call at most.
   * @throws CarDataError
   */
  async containers(): Promise<readonly Container[]> {
    return this.#watched(() => {
      this.#health.checkRight();
      return this.#containers.listOnce();
    });
  }

  async #watched<T>(act: () => Promise<T>, needsBmw = true): Promise<T> {
    if (needsBmw) await this.options.ready();
    const rejection = needsBmw ? this.options.rejection() : null;
    if (rejection !== null) throw errorOf(rejection);
    try {
      return await act();
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

  /** Logs the failure of a call that nobody waits for. */
  #failed(error: CarDataError): void {
    // Repeated failures of one kind are logged once.
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
