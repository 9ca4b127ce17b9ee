import { parseCapacity, parseConsumption, parseDriveType } from "../account/settings.js";
import type { SocParameters } from "../account/soc/soc-service.js";
import { parseSocOptions, type SocOptions } from "../account/soc/soc-options.js";
import type { JsonObject } from "../support/json.js";
import type { VehicleDescription } from "../vehicle/vehicle.js";

type CarDescription = Omit<VehicleDescription, "basicData">;

interface CarSetting extends Partial<CarDescription> {
  readonly consumption?: number | null;
  /** Properties of a cardata-predicted-soc node. */
  readonly estimate?: JsonObject;
}

/** Lists the options of the node by the member names of a line. */
const OF_ESTIMATE = ["magic", "minEfficiency", "meterPriority", "auxKw"] as const;

/** Returns whether a `settings` line changes a cardata-predicted-soc node. */
export function concernsEstimate(line: JsonObject): boolean {
  return OF_ESTIMATE.some((name) => name in line);
}

/** Collects what `settings` lines say about the cars: about one if they name it, else about all. */
export class CarSettings {
  #common: CarSetting = {};
  readonly #byVin = new Map<string, CarSetting>();

  /**
   * Applies a line.
   * @param vin `null`: all cars
   */
  change(line: JsonObject, vin: string | null): void {
    const former = (vin === null ? this.#common : this.#byVin.get(vin)) ?? {};
    const said: CarSetting = {
      ...former,
      ...("driveType" in line && { driveType: parseDriveType(line["driveType"]) }),
      ...("capacityKwh" in line && { batteryKwh: parseCapacity(line["capacityKwh"]) }),
      ...("defaultConsumption" in line && { consumption: parseConsumption(line["defaultConsumption"]) }),
      estimate: { ...former.estimate, ...estimateOf(line) },
    };
    if (vin === null) this.#common = said;
    else this.#byVin.set(vin, said);
  }

  descriptionOf(vin: string): CarDescription {
    const { driveType = null, batteryKwh = null } = this.#of(vin);
    return { driveType, batteryKwh };
  }

  socParametersOf(vin: string): SocParameters {
    const { batteryKwh = null, consumption = null } = this.#of(vin);
    return { capacityKwh: batteryKwh, kwhPerKm: consumption };
  }

  /** Returns the options of the estimates of all cars, and of those that lines name. */
  *socOptions(): Generator<SocOptions> {
    yield parseSocOptions({ ...this.#common.estimate });
    for (const [vehicle, { estimate }] of this.#byVin)
      yield parseSocOptions({ ...this.#common.estimate, ...estimate, vehicle });
  }

  #of(vin: string): CarSetting {
    return { ...this.#common, ...this.#byVin.get(vin) };
  }
}

function estimateOf(line: JsonObject): JsonObject {
  return Object.fromEntries(OF_ESTIMATE.flatMap((name) => (name in line ? [[name, line[name]]] : [])));
}
