import type { Budget, Rest } from "../../rest/call.js";
import { fetchChargingHistory } from "../../rest/charging-history.js";
import type { ContainerKeeper } from "../../rest/containers/keeper.js";
import { checkContainerId } from "../../rest/containers/calls.js";
import { fetchBasicData, fetchChargingSettings, fetchMappings, fetchTyreDiagnosis } from "../../rest/endpoints.js";
import type { QuotaLedger } from "../../rest/quota-ledger.js";
import type { Clock } from "../../support/clock.js";
import { CarDataError, toCarDataError } from "../../support/errors.js";
import { maskVin } from "../../support/vin.js";
import type { Garage } from "../garage.js";
import type { Operation, OperationAnswer, OperationRequest, PlainAnswer } from "../operations.js";
import type { AccessBook } from "./access.js";
import { concernsOneCar, isHeld } from "./failures.js";
import type { ImageShelf } from "./images.js";
import { takeMappings } from "./mapped.js";
import { quotaReport } from "./quota-report.js";
import type { Telematics } from "./telematics.js";

export interface OperatorDoors {
  readonly rest: Rest;
  readonly ledger: QuotaLedger;
  readonly containers: ContainerKeeper;
  readonly garage: Garage;
  readonly access: AccessBook;
  readonly telematics: Telematics;
  readonly images: ImageShelf;
  readonly clock: Clock;
  /** A call for a car that somebody asked for was sent, and has ended. */
  readonly onAsked: (vin: string, operation: Operation, ok: boolean) => void;
}

type ForCar = (vin: string, request: OperationRequest) => Promise<OperationAnswer>;
type ForAccount = (request: OperationRequest) => Promise<PlainAnswer>;

const HISTORY_MS = 30 * 24 * 3600 * 1000;

/** Does what people and flows ask for: every operation of cardata-telematics. */
export class Operator {
  readonly #forCar: Readonly<Partial<Record<Operation, ForCar>>>;
  readonly #forAccount: Readonly<Partial<Record<Operation, ForAccount>>>;

  constructor(private readonly doors: OperatorDoors) {
    this.#forCar = {
      telematicData: (vin, request) => this.#telematicData(vin, request),
      basicData: (vin) => this.#basicData(vin),
      chargingHistory: (vin, { from, to, maxPages }) => this.chargingHistory(vin, "manual", maxPages, from, to),
      tyreDiagnosis: (vin) => this.tyreDiagnosis(vin, "manual"),
      image: (vin, { force }) => this.#image(vin, force),
      chargingSettings: async (vin) => {
        const payload = await fetchChargingSettings(this.doors.rest, vin, "manual");
        return { operation: "chargingSettings", vin, payload };
      },
    };
    this.#forAccount = {
      vehicles: () => this.#vehicles(),
      containers: (request) => this.#containers(request),
      quota: async () => ({ operation: "quota", vin: null, payload: quotaReport(this.doors.ledger) }),
    };
  }

  /** @throws CarDataError the first failure; what succeeded was emitted before */
  async run(request: OperationRequest, emit: (answer: OperationAnswer) => void): Promise<void> {
    const forAccount = this.#forAccount[request.operation];
    if (forAccount !== undefined) emit(await forAccount(request));
    else await this.#throughCars(request, emit);
  }

  /** @param from, to milliseconds; `null`: the last 30 days */
  async chargingHistory(
    vin: string,
    budget: Budget,
    maxPages: number,
    from: number | null = null,
    to: number | null = null,
  ): Promise<PlainAnswer> {
    const end = to ?? this.doors.clock.now();
    const begin = from ?? end - HISTORY_MS;
    if (begin >= end) throw new CarDataError("date_range_invalid");
    const history = await fetchChargingHistory(this.doors.rest, { vin, from: begin, to: end, maxPages, budget });
    return { operation: "chargingHistory", vin, payload: history.sessions, truncated: history.truncated };
  }

  async tyreDiagnosis(vin: string, budget: Budget): Promise<PlainAnswer> {
    return { operation: "tyreDiagnosis", vin, payload: await fetchTyreDiagnosis(this.doors.rest, vin, budget) };
  }

  async #throughCars(request: OperationRequest, emit: (answer: OperationAnswer) => void): Promise<void> {
    let first: CarDataError | null = null;
    for (const vin of this.#cars(request)) {
      try {
        emit(await this.#ask(vin, request));
      } catch (thrown) {
        const error = toCarDataError(thrown);
        first ??= error;
        if (!concernsOneCar(error.code)) break;
      }
    }
    if (first !== null) throw first;
  }

  async #ask(vin: string, request: OperationRequest): Promise<OperationAnswer> {
    const { operation } = request;
    const ask = this.#forCar[operation];
    if (ask === undefined) throw new CarDataError("internal", { reason: operation });
    try {
      const answer = await ask(vin, request);
      if (!("answer" in answer && answer.answer === null)) this.doors.onAsked(vin, operation, true);
      return answer;
    } catch (error) {
      if (!isHeld(toCarDataError(error))) this.doors.onAsked(vin, operation, false);
      throw error;
    }
  }

  /** The car that is named, whatever BMW may say to that, or all that may be read. */
  #cars({ vin }: OperationRequest): string[] {
    const { garage, access } = this.doors;
    if (vin !== null) {
      if (!garage.cars.has(vin)) throw new CarDataError("vehicle_unknown", { vin: maskVin(vin) });
      return [vin];
    }
    const readable = [...garage.cars].filter(([one, car]) => access.of(one, car) === "ok");
    if (readable.length === 0) throw new CarDataError("no_readable_car");
    return readable.map(([one]) => one);
  }

  async #telematicData(vin: string, request: OperationRequest): Promise<OperationAnswer> {
    const { telematics } = this.doors;
    const spare = request.vin === null && !request.force && telematics.isFresh(vin);
    return spare ? telematics.spared(vin) : telematics.read(vin, "manual");
  }

  async #basicData(vin: string): Promise<PlainAnswer> {
    const payload = await fetchBasicData(this.doors.rest, vin, "manual");
    this.doors.garage.described(vin, payload);
    return { operation: "basicData", vin, payload };
  }

  async #image(vin: string, force: boolean): Promise<PlainAnswer> {
    const { bytes, type } = await this.doors.images.get(vin, force);
    return { operation: "image", vin, payload: bytes, contentType: type };
  }

  async #vehicles(): Promise<PlainAnswer> {
    const { rest, garage, access } = this.doors;
    const payload = takeMappings(await fetchMappings(rest, "manual"), garage, access);
    return { operation: "vehicles", vin: null, payload };
  }

  async #containers(request: OperationRequest): Promise<PlainAnswer> {
    const { containers } = this.doors;
    const { containerAction: action, containerId, confirm } = request;
    if (action !== "list" && !confirm) throw new CarDataError("confirm_needed");
    const answer = (payload: unknown): PlainAnswer => ({ operation: "containers", vin: null, payload });
    switch (action) {
      case "list":
        return answer(await containers.list());
      case "delete": {
        const id = checkContainerId(containerId);
        await containers.delete(id);
        return answer({ action, deleted: [id], failed: [] });
      }
      case "deleteOwn":
        return answer({ action, ...(await containers.deleteOwn()) });
      case "reset":
        return answer({ action, ...(await containers.reset()) });
    }
  }
}
