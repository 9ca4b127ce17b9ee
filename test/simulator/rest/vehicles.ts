import type { Clock } from "../../../src/support/clock.js";
import type { SimulatedCar } from "../cars/car.js";
import type { ServerAnswer } from "../http.js";
import { chargingHistory } from "./charging-history.js";
import { chargingSettings } from "./charging-settings.js";
import type { Containers } from "./containers.js";
import { imageAnswer } from "./image.js";
import type { ServedPages } from "./pages.js";
import { refused } from "./refused.js";
import { tyreDiagnosis } from "./tyre-diagnosis.js";

/** Shapes of the mappings that were seen: a bare array (live), wrapped, or a single object (BMW's document). */
export type MappingShape = "array" | "mappings" | "vehicles" | "single";

export interface VehicleRouteDependencies {
  readonly clock: Clock;
  readonly gcid: string;
  readonly cars: readonly SimulatedCar[];
  readonly containers: Containers;
  readonly pages: ServedPages;
}

export interface VehicleOptions {
  readonly mappingShape: MappingShape;
  /** Lag of BMW's snapshot behind the car [ms]. */
  readonly snapshotLagMs: number;
}

type Resource = (car: SimulatedCar, query: URLSearchParams) => ServerAnswer;

const VIN_PATTERN = /^[A-HJ-NPR-Z0-9]{17}$/;
/** Accepted in a container, never returned. */
const NEVER_RETURNED = "vehicle.vehicleIdentification.";

/** Handles everything below `/customers/vehicles`. */
export class SimulatedVehicles {
  readonly #refused = new Set<string>();
  readonly #resources: ReadonlyMap<string, Resource>;

  constructor(
    private readonly dependencies: VehicleRouteDependencies,
    private readonly options: VehicleOptions,
  ) {
    const { clock, gcid, pages } = dependencies;
    this.#resources = new Map<string, Resource>([
      ["basicData", ({ basicData }) => ({ status: 200, body: basicData })],
      ["telematicData", (car, query) => this.#telematicData(car, query)],
      ["chargingHistory", (car, query) => chargingHistory(car, query, pages, clock.now())],
      ["smartMaintenanceTyreDiagnosis", tyreDiagnosis],
      ["image", imageAnswer],
      ["locationBasedChargingSettings", (car, query) => chargingSettings(car, query, pages, gcid)],
    ]);
  }

  /** BMW refuses the car although it maps it as primary. */
  refuse(vin: string, isRefused: boolean): void {
    if (isRefused) this.#refused.add(vin);
    else this.#refused.delete(vin);
  }

  mappings(): ServerAnswer {
    const { mappingShape } = this.options;
    const mappedSince = "2024-03-11T09:15:00Z";
    const list = this.dependencies.cars.map(({ vin, role }) => ({ vin, mappedSince, mappingType: role }));
    if (mappingShape === "array") return { status: 200, body: list };
    return { status: 200, body: mappingShape === "single" ? (list[0] ?? {}) : { [mappingShape]: list } };
  }

  /** A resource of a car; only the main user may read it. */
  read(vin: string, name: string, query: URLSearchParams): ServerAnswer {
    const resource = this.#resources.get(name);
    if (resource === undefined) return refused("CU-403");
    if (!VIN_PATTERN.test(vin)) return refused("CU-120");
    const car = this.dependencies.cars.find((one) => one.vin === vin);
    if (car?.role !== "PRIMARY" || this.#refused.has(vin)) return refused("CU-104");
    return resource(car, query);
  }

  #telematicData({ logbook }: SimulatedCar, query: URLSearchParams): ServerAnswer {
    const container = this.dependencies.containers.read(query.get("containerId") ?? "");
    if ("refusal" in container) return container.refusal;
    const time = this.dependencies.clock.now() - this.options.snapshotLagMs;
    const wanted = container.descriptors.filter((descriptor) => !descriptor.startsWith(NEVER_RETURNED));
    const entries = wanted.map((descriptor) => [descriptor, logbook.entryAt(time, descriptor)]);
    return { status: 200, body: { telematicData: Object.fromEntries(entries) as unknown } };
  }
}
