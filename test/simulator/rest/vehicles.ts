import type { Clock } from "../../../src/support/clock.js";
import type { Car } from "../cars/car.js";
import type { Answer } from "../http.js";
import { chargingHistory } from "./charging-history.js";
import { chargingSettings } from "./charging-settings.js";
import type { Containers } from "./containers.js";
import { image } from "./image.js";
import type { Pages } from "./pages.js";
import { refused } from "./refused.js";
import { tyreDiagnosis } from "./tyre-diagnosis.js";

/** Shapes of the mappings that were seen: a bare array (live), wrapped, or a single object (BMW's document). */
export type MappingShape = "array" | "mappings" | "vehicles" | "single";

export interface VehicleDoors {
  readonly clock: Clock;
  readonly gcid: string;
  readonly cars: readonly Car[];
  readonly containers: Containers;
  readonly pages: Pages;
}

export interface VehicleOptions {
  readonly mappingShape: MappingShape;
  /** Lag of BMW's snapshot behind the car [ms]. */
  readonly snapshotLagMs: number;
}

type Resource = (car: Car, query: URLSearchParams) => Answer;

const VIN_PATTERN = /^[A-HJ-NPR-Z0-9]{17}$/;
/** Accepted in a container, never returned. */
const NEVER_RETURNED = "vehicle.vehicleIdentification.";

/** Handles everything below `/customers/vehicles`. */
export class Vehicles {
  readonly #refused = new Set<string>();
  readonly #resources: ReadonlyMap<string, Resource>;

  constructor(
    private readonly doors: VehicleDoors,
    private readonly options: VehicleOptions,
  ) {
    const { clock, gcid, pages } = doors;
    this.#resources = new Map<string, Resource>([
      ["basicData", ({ basicData }) => ({ status: 200, body: basicData })],
      ["telematicData", (car, query) => this.#telematicData(car, query)],
      ["chargingHistory", (car, query) => chargingHistory(car, query, pages, clock.now())],
      ["smartMaintenanceTyreDiagnosis", tyreDiagnosis],
      ["image", image],
      ["locationBasedChargingSettings", (car, query) => chargingSettings(car, query, pages, gcid)],
    ]);
  }

  /** BMW refuses the car although it maps it as primary. */
  refuse(vin: string, isRefused: boolean): void {
    if (isRefused) this.#refused.add(vin);
    else this.#refused.delete(vin);
  }

  mappings(): Answer {
    const { mappingShape } = this.options;
    const mappedSince = "2024-03-11T09:15:00Z";
    const list = this.doors.cars.map(({ vin, role }) => ({ vin, mappedSince, mappingType: role }));
    if (mappingShape === "array") return { status: 200, body: list };
    return { status: 200, body: mappingShape === "single" ? (list[0] ?? {}) : { [mappingShape]: list } };
  }

  /** A resource of a car; only the main user may read it. */
  read(vin: string, name: string, query: URLSearchParams): Answer {
    const resource = this.#resources.get(name);
    if (resource === undefined) return refused("CU-403");
    if (!VIN_PATTERN.test(vin)) return refused("CU-120");
    const car = this.doors.cars.find((one) => one.vin === vin);
    if (car?.role !== "PRIMARY" || this.#refused.has(vin)) return refused("CU-104");
    return resource(car, query);
  }

  #telematicData({ logbook }: Car, query: URLSearchParams): Answer {
    const container = this.doors.containers.read(query.get("containerId") ?? "");
    if ("refusal" in container) return container.refusal;
    const time = this.doors.clock.now() - this.options.snapshotLagMs;
    const wanted = container.descriptors.filter((descriptor) => !descriptor.startsWith(NEVER_RETURNED));
    const entries = wanted.map((descriptor) => [descriptor, logbook.entryAt(time, descriptor)]);
    return { status: 200, body: { telematicData: Object.fromEntries(entries) as unknown } };
  }
}
