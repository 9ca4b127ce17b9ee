import type { DailyFeature } from "../polling/job.js";
import { CarDataError, toCarDataError } from "../support/errors.js";
import type { JsonObject } from "../support/json.js";
import { SingleFlight, type IsWanted } from "../support/single-flight.js";
import { maskVin } from "../support/vin.js";
import { withCheck, checkWanted, whileWanted, type Budget, type RestApi } from "./rest-call.js";
import { readHistory } from "./charging-history.js";
import { requireContainerId } from "./containers/container-calls.js";
import type { ContainerManager } from "./containers/container-manager.js";
import { fetchBasicData, fetchChargingSettings, fetchImage, fetchMappings, fetchTyreDiagnosis } from "./requests.js";
import { concernsOneCar, isHeld } from "./error-predicates.js";
import type { ImageStore } from "./image-store.js";
import type { AnswerOfOperation, CarOperation, Operation, OperationAnswer, OperationRequest } from "./operations.js";
import { quotaReport } from "./quota-ledger.js";
import type { RestContext } from "./rest-context.js";
import type { TelematicsReader } from "./telematics-reader.js";
import { takeMappings } from "./vehicles.js";

/** Holds how a request calls BMW about a car. */
interface OperationCall {
  readonly request: OperationRequest;
  readonly budget: Budget;
  /** Checked before each call: throws if nobody waits for it, or its answer is known. */
  readonly rest: RestApi;
  readonly check: () => void;
  readonly isWanted: IsWanted;
}

/** The operations about the account. */
type AccountOperation = Exclude<Operation, CarOperation>;

type ForCar = {
  readonly [Name in CarOperation]: (vin: string, call: OperationCall) => Promise<AnswerOfOperation<Name>>;
};
type ForAccount = {
  readonly [Name in AccountOperation]: (
    request: OperationRequest,
    rest: RestApi,
    isWanted: IsWanted,
  ) => Promise<AnswerOfOperation<Name>>;
};

/** A request that asks for nothing in particular. */
const PLAIN_REQUEST = {
  vin: null,
  from: null,
  to: null,
  force: false,
  insist: false,
  containerAction: "list",
  containerId: null,
  confirm: false,
} as const;

/** Receives what requests have brought. */
export interface OperationListener {
  /** A requested call for a car was sent, and has ended. */
  readonly onAsked: (vin: string, operation: CarOperation, ok: boolean) => void;
  /** BMW has told charges of a car. */
  readonly onHistory: (vin: string, sessions: readonly JsonObject[]) => void;
}

/** Runs the requests of people and flows: every operation of cardata-telematics. */
export class OperationRunner {
  readonly #forCar: ForCar;
  readonly #forAccount: ForAccount;
  readonly #answers = new SingleFlight<OperationAnswer>();

  constructor(
    private readonly context: RestContext,
    private readonly telematics: TelematicsReader,
    private readonly images: ImageStore,
    private readonly listener: OperationListener,
  ) {
    this.#forCar = {
      telematicData: (vin, call) => this.#telematicData(vin, call),
      basicData: (vin, call) => this.#basicData(vin, call),
      chargingHistory: (vin, { rest, budget, request }) => readHistory(rest, vin, budget, request, context.clock.now()),
      tyreDiagnosis: async (vin, { rest, budget }) => {
        return { operation: "tyreDiagnosis", vin, payload: await fetchTyreDiagnosis(rest, vin, budget) };
      },
      image: (vin, call) => this.#image(vin, call),
      chargingSettings: async (vin, { rest, budget }) => {
        return { operation: "chargingSettings", vin, payload: await fetchChargingSettings(rest, vin, budget) };
      },
    };
    this.#forAccount = {
      vehicles: (_request, rest) => this.#vehicles(rest),
      containers: (request, _rest, isWanted) => manageContainers(context.containers, request, isWanted),
      quota: async () => ({ operation: "quota", vin: null, payload: quotaReport(context.ledger) }),
    };
  }

  /**
   * Runs a request. Identical requests that wait at the same time share one run.
   * @throws CarDataError the first failure; earlier answers were emitted before
   */
  async run(request: OperationRequest, emit: (answer: OperationAnswer) => void, isWanted: IsWanted): Promise<void> {
    const { operation } = request;
    if (isAboutCars(operation)) await this.#throughCars({ ...request, operation }, emit, isWanted);
    else {
      const ask = (wanted: IsWanted) => this.#askAccount(operation, request, wanted);
      emit(await this.#answers.run(keyOf(request), isWanted, ask));
    }
  }

  /** Fetches a daily feature of a car. @throws CarDataError */
  daily(operation: DailyFeature, vin: string, maxPages: number, isWanted: IsWanted): Promise<OperationAnswer> {
    return this.#askOnce(vin, { ...PLAIN_REQUEST, operation, maxPages }, "daily", isWanted);
  }

  async #askAccount(
    operation: AccountOperation,
    request: OperationRequest,
    isWanted: IsWanted,
  ): Promise<OperationAnswer> {
    const isFree = operation === "quota";
    if (!isFree && !request.insist) this.context.health.checkRight();
    return this.#forAccount[operation](request, whileWanted(this.context.rest, isWanted), isWanted);
  }

  async #throughCars(request: CarRequest, emit: (answer: OperationAnswer) => void, isWanted: IsWanted): Promise<void> {
    let first: CarDataError | null = null;
    for (const vin of this.#cars(request)) {
      try {
        emit(await this.#askOnce(vin, request, "manual", isWanted));
      } catch (thrown) {
        const error = toCarDataError(thrown);
        first ??= error;
        if (!concernsOneCar(error.code)) break;
      }
    }
    if (first !== null) throw first;
  }

  #askOnce(vin: string, request: CarRequest, budget: Budget, isWanted: IsWanted): Promise<OperationAnswer> {
    // Returns whether fresh values spare the call: in a request for all cars they do, in one that names a car they do
    // not.
    const key = keyOf(request.operation === "telematicData" ? request : { ...request, vin });
    return this.#answers.run(`${vin} ${key}`, isWanted, (wanted) => this.#ask(vin, request, budget, wanted));
  }

  async #ask(vin: string, request: CarRequest, budget: Budget, isWanted: IsWanted): Promise<OperationAnswer> {
    const { operation, insist } = request;
    const { rest, refusals, health } = this.context;
    const calls = { areSent: false };
    const check = () => {
      checkWanted(isWanted);
      if (!insist) {
        health.checkRight();
        refusals.check(vin, operation);
      }
      calls.areSent = true;
    };
    const record = (ok: boolean) => {
      if (calls.areSent && budget === "manual") this.listener.onAsked(vin, operation, ok);
    };
    try {
      const call = { request, budget, rest: withCheck(rest, check), check, isWanted };
      const answer = await this.#forCar[operation](vin, call);
      if (calls.areSent) refusals.answered(vin, operation);
      record(true);
      if (answer.operation === "chargingHistory") this.listener.onHistory(vin, answer.payload);
      return answer;
    } catch (thrown) {
      const error = toCarDataError(thrown);
      if (error.known === undefined) refusals.refused(vin, operation, error.code);
      if (!isHeld(error)) record(false);
      throw error;
    }
  }

  /** Returns the car that is named, even if BMW refuses it, or all that may be read. */
  #cars({ vin, insist }: OperationRequest): string[] {
    const { vehicles, refusals } = this.context;
    if (vin !== null) {
      if (!vehicles.cars.has(vin)) throw new CarDataError("vehicle_unknown", { vin: maskVin(vin) });
      return [vin];
    }
    const { readable } = refusals;
    if (readable.length > 0) return readable;
    if (!insist || vehicles.cars.size === 0) throw new CarDataError("no_readable_car");
    return [...vehicles.cars.keys()];
  }

  async #telematicData(vin: string, { request, budget, check, isWanted }: OperationCall) {
    const spare = request.vin === null && !request.force && this.telematics.isFresh(vin);
    if (spare) return this.telematics.spared(vin);
    return this.telematics.read(vin, budget, { force: request.insist, check, isWanted });
  }

  async #basicData(vin: string, { rest, budget }: OperationCall): Promise<AnswerOfOperation<"basicData">> {
    const payload = await fetchBasicData(rest, vin, budget);
    this.context.vehicles.described(vin, payload);
    return { operation: "basicData", vin, payload };
  }

  async #image(vin: string, { rest, budget, request }: OperationCall): Promise<AnswerOfOperation<"image">> {
    const fetch = () => fetchImage(rest, vin, budget);
    const { bytes, type } = await this.images.get(vin, fetch, request.force);
    return { operation: "image", vin, payload: bytes, contentType: type };
  }

  async #vehicles(rest: RestApi): Promise<AnswerOfOperation<"vehicles">> {
    const { vehicles, refusals } = this.context;
    const isRefused = (vin: string) => refusals.refusedAt(vin) !== null;
    const payload = takeMappings(await fetchMappings(rest, "manual"), vehicles, isRefused);
    return { operation: "vehicles", vin: null, payload };
  }
}

/** Returns whether a request is about cars. */
interface CarRequest extends OperationRequest {
  readonly operation: CarOperation;
}

function isAboutCars(operation: Operation): operation is CarOperation {
  return operation !== "vehicles" && operation !== "containers" && operation !== "quota";
}

/** Returns a key that is the same for identical requests. */
function keyOf({ operation, vin, from, to, maxPages, force, insist, ...containers }: OperationRequest): string {
  const { containerAction, containerId, confirm } = containers;
  return JSON.stringify([operation, vin, from, to, maxPages, force, insist, containerAction, containerId, confirm]);
}

/**
 * Runs a request about the data containers of the account.
 * @throws CarDataError `confirm_needed`, `container_id_invalid`, and BMW's refusals
 */
async function manageContainers(
  containers: ContainerManager,
  { containerAction: action, containerId, confirm, insist }: OperationRequest,
  isWanted: IsWanted,
): Promise<AnswerOfOperation<"containers">> {
  if (action !== "list" && !confirm) throw new CarDataError("confirm_needed");
  type ContainersAnswer = AnswerOfOperation<"containers">;
  const answer = (payload: ContainersAnswer["payload"]): ContainersAnswer => {
    return { operation: "containers", vin: null, payload };
  };
  switch (action) {
    case "list":
      return answer(await containers.list(isWanted));
    case "delete": {
      const id = requireContainerId(containerId);
      await containers.delete(id, isWanted);
      return answer({ action, deleted: [id], failed: [] });
    }
    case "deleteOwn":
      return answer({ action, ...(await containers.deleteOwn(isWanted)) });
    case "reset":
      return answer({ action, ...(await containers.reset({ force: insist, isWanted })) });
  }
}
