import { join } from "node:path";
import { DAILY_FEATURES, type DailyFeature } from "../../polling/jobs.js";
import type { Job } from "../../polling/scheduler.js";
import type { Wish } from "../../polling/wishes.js";
import { RestClient } from "../../rest/client.js";
import { ContainerKeeper } from "../../rest/containers/keeper.js";
import { QuotaLedger, type Quota } from "../../rest/quota-ledger.js";
import { errorOf, toCarDataError, type CarDataError, type Problem } from "../../support/errors.js";
import { alwaysWanted, type IsWanted } from "../../support/shared-work.js";
import { factsOf } from "../../vehicle/catalogue.js";
import type { Update } from "../events.js";
import type { Car } from "../garage.js";
import type { OperationAnswer, OperationRequest } from "../operations.js";
import { isoTime } from "../status.js";
import { AccessBook, type Access } from "./access.js";
import { Automatic } from "./automatic.js";
import { KnownRefusals } from "./known-refusals.js";
import { Discovery } from "./discovery.js";
import { ImageShelf } from "./images.js";
import { joinRestStates } from "./join-rest-states.js";
import { Operator } from "./operator.js";
import { quotaReport, type QuotaReport } from "./quota-report.js";
import { RestHealth } from "./health.js";
import { decodeRestState, type RestState } from "./rest-state.js";
import type { RestDeskDoors } from "./rest-doors.js";
import { Telematics } from "./telematics.js";
import { lackProblem, WantedDescriptors } from "./wanted.js";

/** What a node wants of the REST side. */
export interface NodeWants {
  /** For the data container; empty: the usual ones. `null`: this node reads no telematic data. */
  readonly descriptors: readonly string[] | null;
  readonly wishes: readonly Wish[];
}

/** Everything that the account does over BMW's REST API, on request and by itself. */
export class RestDesk {
  readonly #ledger: QuotaLedger;
  readonly #client: RestClient;
  readonly #containers: ContainerKeeper;
  readonly #access: AccessBook;
  readonly #known: KnownRefusals;
  readonly #telematics: Telematics;
  readonly #discovery: Discovery;
  readonly #operator: Operator;
  readonly #automatic: Automatic;
  readonly #wanted: WantedDescriptors;
  readonly #health: RestHealth;
  #owner = "";

  constructor(private readonly doors: RestDeskDoors) {
    const { clock, garage, onState } = doors;
    this.#wanted = new WantedDescriptors(clock, doors.signal);
    this.#health = new RestHealth(clock, onState);
    this.#ledger = new QuotaLedger(clock, onState);
    this.#access = new AccessBook(onState);
    this.#known = new KnownRefusals({
      clock,
      garage,
      access: this.#access,
      mappedAt: () => this.#discovery.state.mappingsAt,
      onChange: onState,
    });
    this.#client = this.#createClient();
    this.#containers = this.#createContainers();
    const parts = { rest: this.#client, containers: this.#containers, garage, access: this.#access, clock };
    this.#telematics = new Telematics(parts);
    this.#discovery = new Discovery({
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

  /** Whose login it is or was last, as `ownerOf` tells it; "" if nobody's yet. */
  get owner(): string {
    return this.#owner;
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

  /** The login is that of this customer. If it was another one's before, all of that is forgotten. */
  belongTo(owner: string): void {
    const former = this.#owner;
    if (former === owner) return;
    if (former !== "") {
      this.#client.abort();
      this.restore(decodeRestState({}));
    }
    this.rename(owner);
  }

  /** The customer has another name by now. */
  rename(owner: string): void {
    this.#owner = owner;
    this.doors.onState();
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
  join(node: string, { descriptors, wishes }: NodeWants): () => void {
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
  follow(update: Update): void {
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

  #createContainers(): ContainerKeeper {
    const { clock, onState, onProblem } = this.doors;
    return new ContainerKeeper({
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

  #createOperator(): Operator {
    const { clock, garage, files, folder } = this.doors;
    const rest = this.#client;
    return new Operator({
      rest,
      ledger: this.#ledger,
      containers: this.#containers,
      garage,
      access: this.#access,
      known: this.#known,
      checkRight: () => {
        this.#health.checkRight();
      },
      telematics: this.#telematics,
      images: new ImageShelf({ files, folder: join(folder, "images"), clock }),
      clock,
      onAsked: (vin, operation, ok) => {
        if (operation === "telematicData" || operation === "chargingHistory" || operation === "tyreDiagnosis")
          this.#automatic.noted(vin, operation, ok);
      },
    });
  }

  #createAutomatic(): Automatic {
    const { clock, random, garage, chargeEndOf, onAnswer, onState, onChange } = this.doors;
    return new Automatic({
      clock,
      random,
      ledger: this.#ledger,
      garage,
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
