import { toCarDataError, type CarDataError } from "../support/errors.js";
import type { JsonObject } from "../support/json.js";
import { alwaysWanted, SingleFlight } from "../support/single-flight.js";
import type { Reading } from "../vehicle/reading.js";
import { withCheck, checkWanted, type Budget } from "./rest-call.js";
import type { ContainerRequester } from "./containers/container-manager.js";
import { fetchTelematicData, parseTelematicData } from "./requests.js";
import type { TelematicAnswer } from "./operations.js";
import { refusalDetails } from "./refusal.js";
import type { RestContext } from "./rest-context.js";

/** Describes the caller that wants the values of a car. */
export interface TelematicsRequester extends ContainerRequester {
  /** Throws the refusal that is known to be BMW's answer. */
  readonly check?: () => void;
}

/** Age [ms] up to which data are fresh enough to spare a call, unless someone insists. */
const FRESH_FOR_MS = 300_000;

/** Reads the values of a car over REST and hands them to the car. */
export class TelematicsReader {
  readonly #askedAt = new Map<string, number>();
  readonly #reading = new SingleFlight<TelematicAnswer>();

  constructor(private readonly context: Pick<RestContext, "rest" | "containers" | "vehicles" | "refusals" | "clock">) {}

  /**
   * Reads the values: one call for all who ask at once, automatically or by a message; more where the data container
   * has to be made first.
   * @throws CarDataError
   */
  read(vin: string, budget: Budget, requester: TelematicsRequester = {}): Promise<TelematicAnswer> {
    const { force = false, isWanted = alwaysWanted, check = () => undefined } = requester;
    return this.#reading.run(`${vin} ${String(force)}`, isWanted, (wanted) =>
      this.#read(vin, budget, { force, isWanted: wanted, check }),
    );
  }

  async #read(vin: string, budget: Budget, asker: Required<TelematicsRequester>): Promise<TelematicAnswer> {
    const { vehicles, refusals, clock } = this.context;
    const answer = await this.#fetch(vin, budget, asker).catch((error: unknown) => {
      if (toCarDataError(error).code === "cu_104") refusals.refuseCar(vin);
      throw error;
    });
    const data = parseTelematicData(answer);
    const now = clock.now();
    this.#askedAt.set(vin, now);
    refusals.allowCar(vin);
    const changes = vehicles.answered(vin, data, now);
    const accepted = changes?.readings ?? [];
    return { operation: "telematicData", vin, answer, accepted, current: this.#current(vin, Object.keys(data)) };
  }

  /** Returns whether the last data of the car, from the stream or REST, are too young to ask again. */
  isFresh(vin: string): boolean {
    const now = this.context.clock.now();
    const age = now - Math.max(this.#askedAt.get(vin) ?? 0, this.#newest(vin, now));
    return age >= 0 && age < FRESH_FOR_MS;
  }

  /** Returns the known values, in place of a call. */
  spared(vin: string): TelematicAnswer {
    const { wanted } = this.context.containers;
    return { operation: "telematicData", vin, answer: null, accepted: [], current: this.#current(vin, wanted) };
  }

  async #fetch(vin: string, budget: Budget, asker: Required<TelematicsRequester>): Promise<JsonObject> {
    const { containers } = this.context;
    const check = () => {
      checkWanted(asker.isWanted);
      asker.check();
    };
    const rest = withCheck(this.context.rest, check);
    check();
    const id = await containers.ensure(budget, asker);
    try {
      return await fetchTelematicData(rest, vin, id, budget);
    } catch (error) {
      if (!isContainerProblem(toCarDataError(error))) throw error;
      const other = await containers.replace(id, budget, asker);
      if (other === id) throw error;
      return fetchTelematicData(rest, vin, other, budget);
    }
  }

  #current(vin: string, descriptors: readonly string[]): Reading[] {
    const readings = this.context.vehicles.cars.get(vin)?.vehicle.readings;
    return descriptors.flatMap((descriptor) => readings?.get(descriptor) ?? []);
  }

  /** Times ahead of the clock are a car's mistake. */
  #newest(vin: string, now: number): number {
    let newest = 0;
    for (const { timestamp } of this.context.vehicles.cars.get(vin)?.vehicle.readings.values() ?? [])
      if (timestamp > newest && timestamp <= now) newest = timestamp;
    return newest;
  }
}

/** The container is gone or was never ours; a new one heals that. */
function isContainerProblem(error: CarDataError): boolean {
  return error.code === "cu_105" || error.code === "cu_121" || refusalDetails(error).httpStatus === 404;
}
