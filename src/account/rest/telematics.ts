import type { Budget, Rest } from "../../rest/call.js";
import type { ContainerKeeper } from "../../rest/containers/keeper.js";
import { fetchTelematicData, parseTelematicData } from "../../rest/endpoints.js";
import { refusalDetails } from "../../rest/refusal.js";
import type { Clock } from "../../support/clock.js";
import { toCarDataError, type CarDataError } from "../../support/errors.js";
import type { JsonObject } from "../../support/json.js";
import type { Reading } from "../../vehicle/reading.js";
import type { Garage } from "../garage.js";
import type { TelematicAnswer } from "../operations.js";
import type { AccessBook } from "./access.js";
import { shared } from "./shared.js";

export interface TelematicsDoors {
  readonly rest: Rest;
  readonly containers: ContainerKeeper;
  readonly garage: Garage;
  readonly access: AccessBook;
  readonly clock: Clock;
}

/** Younger data are not worth a call unless someone insists. */
const FRESH_FOR_MS = 300_000;

/** Reads the values of a car over REST and puts them on its desk. */
export class Telematics {
  readonly #askedAt = new Map<string, number>();
  readonly #reading = new Map<string, Promise<TelematicAnswer>>();

  constructor(private readonly doors: TelematicsDoors) {}

  /** One call for all who ask at once; more where the data container has to be made first. @throws CarDataError */
  read(vin: string, budget: Budget): Promise<TelematicAnswer> {
    // What is held back of one budget may go out of another one.
    return shared(this.#reading, `${vin} ${budget}`, () => this.#read(vin, budget));
  }

  async #read(vin: string, budget: Budget): Promise<TelematicAnswer> {
    const { garage, access, clock } = this.doors;
    const answer = await this.#fetch(vin, budget).catch((error: unknown) => {
      if (toCarDataError(error).code === "cu_104") access.refuse(vin, clock.now());
      throw error;
    });
    const data = parseTelematicData(answer);
    const now = clock.now();
    this.#askedAt.set(vin, now);
    access.allow(vin);
    const outcome = garage.answered(vin, data, now);
    const accepted = outcome?.readings ?? [];
    return { operation: "telematicData", vin, answer, accepted, current: this.#current(vin, Object.keys(data)) };
  }

  /** Whether something came from the car, over the stream or REST, that is too young to ask again. */
  isFresh(vin: string): boolean {
    const now = this.doors.clock.now();
    const age = now - Math.max(this.#askedAt.get(vin) ?? 0, this.#newest(vin, now));
    return age >= 0 && age < FRESH_FOR_MS;
  }

  /** What the desk knows already, in place of a call. */
  spared(vin: string): TelematicAnswer {
    const { wanted } = this.doors.containers;
    return { operation: "telematicData", vin, answer: null, accepted: [], current: this.#current(vin, wanted) };
  }

  async #fetch(vin: string, budget: Budget): Promise<JsonObject> {
    const { rest, containers } = this.doors;
    const id = await containers.ensure(budget);
    try {
      return await fetchTelematicData(rest, vin, id, budget);
    } catch (error) {
      if (!isContainerProblem(toCarDataError(error))) throw error;
      const other = await containers.replace(id, budget);
      if (other === id) throw error;
      return fetchTelematicData(rest, vin, other, budget);
    }
  }

  #current(vin: string, descriptors: readonly string[]): Reading[] {
    const readings = this.doors.garage.cars.get(vin)?.vehicle.readings;
    return descriptors.flatMap((descriptor) => readings?.get(descriptor) ?? []);
  }

  /** Times ahead of the clock are a car's mistake. */
  #newest(vin: string, now: number): number {
    let newest = 0;
    for (const { timestamp } of this.doors.garage.cars.get(vin)?.vehicle.readings.values() ?? [])
      if (timestamp > newest && timestamp <= now) newest = timestamp;
    return newest;
  }
}

/** The container is gone or was never ours; a new one heals that. */
function isContainerProblem(error: CarDataError): boolean {
  return error.code === "cu_105" || error.code === "cu_121" || refusalDetails(error).httpStatus === 404;
}
