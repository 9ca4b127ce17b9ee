import { join } from "node:path";
import type { Job } from "../../polling/scheduler.js";
import type { Wish } from "../../polling/wishes.js";
import type { RestCall } from "../../rest/call.js";
import { RestClient, type AccessTokens } from "../../rest/client.js";
import { ContainerKeeper } from "../../rest/containers/keeper.js";
import { DEFAULT_DESCRIPTORS } from "../../rest/containers/calls.js";
import { fetchImage } from "../../rest/endpoints.js";
import { QuotaLedger, type Quota } from "../../rest/quota-ledger.js";
import type { Files } from "../../store/files.js";
import { pause, type Clock } from "../../support/clock.js";
import { CarDataError, toCarDataError, type Problem } from "../../support/errors.js";
import type { HttpResponse, HttpSend } from "../../support/http.js";
import type { Random } from "../../support/random.js";
import { factsOf } from "../../vehicle/catalogue.js";
import type { Update } from "../events.js";
import type { Car, Garage } from "../garage.js";
import type { OperationAnswer, OperationRequest } from "../operations.js";
import { AccessBook, type Access } from "./access.js";
import { Automatic } from "./automatic.js";
import { Discovery } from "./discovery.js";
import { ImageShelf } from "./images.js";
import { Operator } from "./operator.js";
import { quotaReport, type QuotaReport } from "./quota-report.js";
import type { RestState } from "./rest-state.js";
import { Telematics } from "./telematics.js";

export interface RestDeskDoors {
  readonly clock: Clock;
  readonly random: Random;
  readonly send: HttpSend;
  readonly apiUrl: string;
  readonly tokens: AccessTokens;
  /** Why no call can be made at all, or `null`. */
  readonly obstacle: () => Problem | null;
  readonly garage: Garage;
  readonly files: Files;
  /** The account's folder. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onResponse: (call: RestCall, response: HttpResponse) => void;
  /** An automatic call was answered, for the node that is responsible. */
  readonly onAnswer: (node: string, answer: OperationAnswer) => void;
  /** Something failed that nobody waits for, or that is worth knowing. */
  readonly onProblem: (problem: Problem) => void;
  /** The quota or what else is kept has changed. */
  readonly onState: () => void;
  readonly onChange: () => void;
}

/** What a node wants of the REST side. */
export interface NodeWants {
  /** For the data container; empty: the usual ones. `null`: this node reads no telematic data. */
  readonly descriptors: readonly string[] | null;
  readonly wishes: readonly Wish[];
}

/** A text for people; all of them may be hundreds. */
const MOST_NAMED = 5;
/** Until all nodes of a deploy have said what they want. */
const SETTLE_MS = 10_000;

/** Everything that the account does over BMW's REST API, on request and by itself. */
export class RestDesk {
  readonly #ledger: QuotaLedger;
  readonly #client: RestClient;
  readonly #containers: ContainerKeeper;
  readonly #access: AccessBook;
  readonly #telematics: Telematics;
  readonly #discovery: Discovery;
  readonly #operator: Operator;
  readonly #automatic: Automatic;
  readonly #descriptors = new Map<string, readonly string[]>();
  #settledAt = 0;
  #successAt = 0;
  #problem: Problem | null = null;

  constructor(private readonly doors: RestDeskDoors) {
    const { clock, garage, onState } = doors;
    this.#ledger = new QuotaLedger(clock, onState);
    this.#access = new AccessBook(onState);
    this.#client = this.#createClient();
    this.#containers = this.#createContainers();
    const parts = { rest: this.#client, containers: this.#containers, garage, access: this.#access, clock };
    this.#telematics = new Telematics(parts);
    this.#discovery = new Discovery({
      ...parts,
      automatic: () => this.#automatic.wanted && this.#ready(),
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
    return this.#problem;
  }

  /** When BMW answered a call last, in milliseconds; 0 for never. */
  get successAt(): number {
    return this.#successAt;
  }

  get state(): RestState {
    return {
      ledger: this.#ledger.state,
      containers: this.#containers.state,
      polling: this.#automatic.state,
      discovery: this.#discovery.state,
      refusals: this.#access.state,
      successAt: this.#successAt,
    };
  }

  /** Begins to work; costs no call that is not due by the restored state. */
  start(): void {
    this.#discovery.start();
    this.#automatic.start();
  }

  /** Takes over a saved state, or the initial one for another BMW account. */
  restore(state: RestState): void {
    this.#ledger.restore(state.ledger);
    this.#containers.restore(state.containers);
    this.#access.restore(state.refusals);
    this.#discovery.restore(state.discovery);
    this.#automatic.restore(state.polling);
    this.#successAt = state.successAt;
  }

  close(): void {
    this.#automatic.close();
    this.#discovery.close();
  }

  access(vin: string, car: Car): Access {
    return this.#access.of(vin, car);
  }

  /** A node begins to want something; returns what ends that. */
  join(node: string, { descriptors, wishes }: NodeWants): () => void {
    if (descriptors !== null) this.#descriptors.set(node, descriptors.length > 0 ? descriptors : DEFAULT_DESCRIPTORS);
    this.#automatic.join(node, wishes);
    this.#wantsChanged();
    return () => {
      this.#descriptors.delete(node);
      this.#automatic.leave(node);
      this.#wantsChanged();
    };
  }

  /** What is planned for a node: its next call in milliseconds; whether other nodes care for all of its cars. */
  plan(node: string): { readonly next: number | null; readonly other: boolean } {
    return this.#automatic.plan(node);
  }

  /**
   * Does what a person or a flow asks for; emits each answer as it comes.
   * @throws CarDataError the first failure, after the answers of the other cars
   */
  async run(request: OperationRequest, emit: (answer: OperationAnswer) => void): Promise<void> {
    await this.#watched(() => this.#operator.run(request, emit), request.operation !== "quota");
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
    this.#problem = null;
    this.#automatic.look();
  }

  async #watched(act: () => Promise<void>, needsBmw = true): Promise<void> {
    const obstacle = needsBmw ? this.doors.obstacle() : null;
    if (obstacle !== null) throw new CarDataError(obstacle.code, obstacle.params);
    try {
      await act();
    } catch (error) {
      this.#problem = toCarDataError(error).problem;
      throw error;
    } finally {
      this.doors.onChange();
    }
  }

  /** Whether calls by itself make sense: a right that is missing does not come back by asking. */
  #ready(): boolean {
    return this.doors.obstacle() === null && this.#problem?.code !== "cu_103";
  }

  #failed(error: CarDataError): void {
    // Repeated failures of one kind are told once.
    if (this.#problem?.code !== error.code) this.doors.onProblem(error.problem);
    this.#problem = error.problem;
    this.doors.onChange();
  }

  #wantsChanged(): void {
    this.#settledAt = this.doors.clock.now() + SETTLE_MS;
    const wanted = [...this.#descriptors.values()].flat();
    this.#containers.setWanted(wanted.length > 0 ? [...new Set(wanted)] : DEFAULT_DESCRIPTORS);
    this.#discovery.plan();
  }

  async #settled(): Promise<void> {
    const { clock, signal } = this.doors;
    const wait = this.#settledAt - clock.now();
    if (wait > 0 && wait <= SETTLE_MS) await pause(clock, wait, signal);
  }

  #createClient(): RestClient {
    const { send, apiUrl, tokens, clock, signal, onResponse } = this.doors;
    const ledger = this.#ledger;
    return new RestClient({
      send,
      apiUrl,
      tokens,
      ledger,
      clock,
      signal,
      onResponse: (call, response) => {
        onResponse(call, response);
        if (response.status > 299) return;
        this.#successAt = clock.now();
        this.#problem = null;
      },
    });
  }

  #createContainers(): ContainerKeeper {
    const { clock, onState, onProblem } = this.doors;
    return new ContainerKeeper({
      rest: this.#client,
      clock,
      isKnown: (descriptor) => factsOf(descriptor) !== undefined,
      settled: () => this.#settled(),
      onState,
      onNotice: onProblem,
      onReduced: (missing) => {
        const named = missing.slice(0, MOST_NAMED);
        const rest = missing.length > named.length ? ["…"] : [];
        const params = { count: missing.length, missing: [...named, ...rest].join(", ") };
        onProblem({ code: "container_reduced", params });
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
      telematics: this.#telematics,
      images: new ImageShelf({
        files,
        folder: join(folder, "images"),
        clock,
        fetch: (vin) => fetchImage(rest, vin, "manual"),
      }),
      clock,
      onAsked: (vin, operation, ok) => {
        if (operation === "telematicData" || operation === "chargingHistory" || operation === "tyreDiagnosis")
          this.#automatic.noted(vin, operation, ok);
      },
    });
  }

  #createAutomatic(): Automatic {
    const { clock, random, garage, onAnswer, onState, onChange } = this.doors;
    return new Automatic({
      clock,
      random,
      ledger: this.#ledger,
      garage,
      access: this.#access,
      ready: () => this.#ready(),
      fetch: (job) => this.#fetch(job),
      onAnswer,
      onProblem: (error) => {
        this.#failed(error);
      },
      onState,
      onChange,
    });
  }

  #fetch(job: Job): Promise<OperationAnswer> {
    if (job.kind === "poll") return this.#telematics.read(job.vin, job.budget);
    return job.feature === "chargingHistory"
      ? this.#operator.chargingHistory(job.vin, "daily", job.pages)
      : this.#operator.tyreDiagnosis(job.vin, "daily");
  }
}
