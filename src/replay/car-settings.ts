import { parseCapacity, parseDriveType } from "../account/settings.js";
import type { JsonObject } from "../support/json.js";
import type { VehicleFacts } from "../vehicle/vehicle.js";

type Facts = Omit<VehicleFacts, "basicData">;

/** What `settings` lines say of the cars: of one where they name it, else of all. */
export class CarSettings {
  #common: Partial<Facts> = {};
  readonly #byVin = new Map<string, Partial<Facts>>();

  /** @param vin `null`: of all cars */
  change(line: JsonObject, vin: string | null): void {
    const changes: Partial<Facts> = {
      ...("driveType" in line && { driveType: parseDriveType(line["driveType"]) }),
      ...("capacityKwh" in line && { batteryKwh: parseCapacity(line["capacityKwh"]) }),
    };
    if (vin === null) this.#common = { ...this.#common, ...changes };
    else this.#byVin.set(vin, { ...this.#byVin.get(vin), ...changes });
  }

  factsOf(vin: string): Facts {
    return { driveType: null, batteryKwh: null, ...this.#common, ...this.#byVin.get(vin) };
  }
}
