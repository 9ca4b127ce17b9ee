import type { Vehicles } from "./vehicles.js";
import type { DailyFeature } from "../polling/jobs.js";
import type { Clock } from "../support/clock.js";
import { CarDataError, toCarDataError } from "../support/errors.js";
import { type IsWanted, SharedWork } from "../support/shared-work.js";
import { maskVin } from "../support/vin.js";
import { type AccessBook, type KnownRefusals, takeMappings } from "./known-refusals.js";
import { type Budget, checked, checkWanted, type Rest, wantedBy } from "./call.js";
import { readHistory } from "./charging-history.js";
import { checkContainerId } from "./containers/calls.js";
import type { ContainerManager } from "./containers/container-manager.js";
import { fetchBasicData, fetchChargingSettings, fetchImage, fetchMappings, fetchTyreDiagnosis } from "./endpoints.js";
import { concernsOneCar, isHeld } from "./failures.js";
import type { ImageStore } from "./image-store.js";
import type { Operation, OperationAnswer, OperationRequest, PlainAnswer } from "./operations.js";
import { type QuotaLedger, quotaReport } from "./quota-ledger.js";
import type { TelematicsReader } from "./telematics-reader.js";

interface OperatorDoors {
  readonly rest: Rest;
  readonly ledger: QuotaLedger;
  readonly containers: ContainerManager;
  readonly vehicles: Vehicles;
  readonly access: AccessBook;
  readonly known: KnownRefusals;
  /** Throws if BMW has said that the login has no right to its API. */
  readonly checkRight: () => void;
  readonly telematics: TelematicsReader;
  readonly images: ImageStore;
  readonly clock: Clock;
  /** A call for a car that somebody asked for was sent, and has ended. */
  readonly onAsked: (vin: string, operation: Operation, ok: boolean) => void;
}

/** How BMW is asked for one request. */
interface OperationCall {
  readonly request: OperationRequest;
  readonly budget: Budget;
  /** Sends nothing that nobody waits for, or of which the answer is known. */
  readonly rest: Rest;
  readonly check: () => void;
  readonly isWanted: IsWanted;
}

type ForCar = (vin: string, errand: OperationCall) => Promise<OperationAnswer>;
type ForAccount = (request: OperationRequest, rest: Rest, isWanted: IsWanted) => Promise<PlainAnswer>;

/** What a message says that says nothing. */
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

/** Does what people and flows ask for: every operation of cardata-telematics. */
export class OperationRunner {
  readonly #forCar: Readonly<Partial<Record<Operation, ForCar>>>;
  readonly #forAccount: Readonly<Partial<Record<Operation, ForAccount>>>;
  readonly #answers = new SharedWork<OperationAnswer>();

  constructor(private readonly doors: OperatorDoors) {
    this.#forCar = {
      telematicData: (vin, errand) => this.#telematicData(vin, errand),
      basicData: (vin, errand) => this.#basicData(vin, errand),
      chargingHistory: (vin, { rest, budget, request }) => readHistory(rest, vin, budget, request, doors.clock.now()),
      tyreDiagnosis: async (vin, { rest, budget }) => {
        return { operation: "tyreDiagnosis", vin, payload: await fetchTyreDiagnosis(rest, vin, budget) };
      },
      image: (vin, errand) => this.#image(vin, errand),
      chargingSettings: async (vin, { rest, budget }) => {
        return { operation: "chargingSettings", vin, payload: await fetchChargingSettings(rest, vin, budget) };
      },
    };
    this.#forAccount = {
      vehicles: (_request, rest) => this.#vehicles(rest),
      containers: (request, _rest, isWanted) => manageContainers(doors.containers, request, isWanted),
      quota: async () => ({ operation: "quota", vin: null, payload: quotaReport(this.doors.ledger) }),
    };
  }

  /**
   * Requests that are the same and wait at the same time are answered together.
   * @throws CarDataError the first failure; what succeeded was emitted before
   */
  async run(request: OperationRequest, emit: (answer: OperationAnswer) => void, isWanted: IsWanted): Promise<void> {
    const forAccount = this.#forAccount[request.operation];
    if (forAccount === undefined) await this.#throughCars(request, emit, isWanted);
    else
      emit(
        await this.#answers.join(keyOf(request), isWanted, (wanted) => this.#askAccount(request, forAccount, wanted)),
      );
  }

  /** What is fetched of a car once a day. @throws CarDataError */
  daily(operation: DailyFeature, vin: string, maxPages: number, isWanted: IsWanted): Promise<OperationAnswer> {
    return this.#askOnce(vin, { ...PLAIN_REQUEST, operation, maxPages }, "daily", isWanted);
  }

  async #askAccount(request: OperationRequest, ask: ForAccount, isWanted: IsWanted): Promise<PlainAnswer> {
    const isFree = request.operation === "quota";
    if (!isFree && !request.insist) this.doors.checkRight();
    return ask(request, wantedBy(this.doors.rest, isWanted), isWanted);
  }

  async #throughCars(
    request: OperationRequest,
    emit: (answer: OperationAnswer) => void,
    isWanted: IsWanted,
  ): Promise<void> {
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

  #askOnce(vin: string, request: OperationRequest, budget: Budget, isWanted: IsWanted): Promise<OperationAnswer> {
    // Of values several cars are spared what one that is named is asked for.
    const key = keyOf(request.operation === "telematicData" ? request : { ...request, vin });
    return this.#answers.join(`${vin} ${key}`, isWanted, (wanted) => this.#ask(vin, request, budget, wanted));
  }

  async #ask(vin: string, request: OperationRequest, budget: Budget, isWanted: IsWanted): Promise<OperationAnswer> {
    const { operation, insist } = request;
    const { known, checkRight } = this.doors;
    const ask = this.#forCar[operation];
    if (ask === undefined) throw new CarDataError("internal", { reason: operation });
    const calls = { areSent: false };
    const check = () => {
      checkWanted(isWanted);
      if (!insist) {
        checkRight();
        known.check(vin, operation);
      }
      calls.areSent = true;
    };
    const tell = (ok: boolean) => {
      if (calls.areSent && budget === "manual") this.doors.onAsked(vin, operation, ok);
    };
    try {
      const answer = await ask(vin, { request, budget, rest: checked(this.doors.rest, check), check, isWanted });
      if (calls.areSent) known.answered(vin, operation);
      tell(true);
      return answer;
    } catch (thrown) {
      const error = toCarDataError(thrown);
      if (error.known === undefined) known.refused(vin, operation, error.code);
      if (!isHeld(error)) tell(false);
      throw error;
    }
  }

  /** The car that is named, whatever BMW may say to that, or all that may be read. */
  #cars({ vin, insist }: OperationRequest): string[] {
    const { vehicles, known } = this.doors;
    if (vin !== null) {
      if (!vehicles.cars.has(vin)) throw new CarDataError("vehicle_unknown", { vin: maskVin(vin) });
      return [vin];
    }
    const { readable } = known;
    if (readable.length > 0) return readable;
    if (!insist || vehicles.cars.size === 0) throw new CarDataError("no_readable_car");
    return [...vehicles.cars.keys()];
  }

  async #telematicData(vin: string, { request, budget, check, isWanted }: OperationCall): Promise<OperationAnswer> {
    const { telematics } = this.doors;
    const spare = request.vin === null && !request.force && telematics.isFresh(vin);
    if (spare) return telematics.spared(vin);
    return telematics.read(vin, budget, { force: request.insist, check, isWanted });
  }

  async #basicData(vin: string, { rest, budget }: OperationCall): Promise<PlainAnswer> {
    const payload = await fetchBasicData(rest, vin, budget);
    this.doors.vehicles.described(vin, payload);
    return { operation: "basicData", vin, payload };
  }

  async #image(vin: string, { rest, budget, request }: OperationCall): Promise<PlainAnswer> {
    const fetch = () => fetchImage(rest, vin, budget);
    const { bytes, type } = await this.doors.images.get(vin, fetch, request.force);
    return { operation: "image", vin, payload: bytes, contentType: type };
  }

  async #vehicles(rest: Rest): Promise<PlainAnswer> {
    const { vehicles, access } = this.doors;
    const payload = takeMappings(await fetchMappings(rest, "manual"), vehicles, access);
    return { operation: "vehicles", vin: null, payload };
  }
}

/** The same for requests that are the same. */
function keyOf({ operation, vin, from, to, maxPages, force, insist, ...containers }: OperationRequest): string {
  const { containerAction, containerId, confirm } = containers;
  return JSON.stringify([operation, vin, from, to, maxPages, force, insist, containerAction, containerId, confirm]);
}

/**
 * What a person does with the data containers of the account.
 * @throws CarDataError `confirm_needed`, `container_id_invalid`, and what BMW refuses
 */
async function manageContainers(
  containers: ContainerManager,
  { containerAction: action, containerId, confirm, insist }: OperationRequest,
  isWanted: IsWanted,
): Promise<PlainAnswer> {
  if (action !== "list" && !confirm) throw new CarDataError("confirm_needed");
  const answer = (payload: unknown): PlainAnswer => ({ operation: "containers", vin: null, payload });
  switch (action) {
    case "list":
      return answer(await containers.list(isWanted));
    case "delete": {
      const id = checkContainerId(containerId);
      await containers.delete(id, isWanted);
      return answer({ action, deleted: [id], failed: [] });
    }
    case "deleteOwn":
      return answer({ action, ...(await containers.deleteOwn(isWanted)) });
    case "reset":
      return answer({ action, ...(await containers.reset({ force: insist, isWanted })) });
  }
}
