import type { DriveType } from "../vehicle/drive-type.js";
import { text } from "../support/json.js";
import { maskVin } from "../support/vin.js";
import type { Account } from "./account.js";
import type { Car } from "./garage.js";
import { vehicleIdOf } from "./vehicle-id.js";

/** How a car is presented to Home Assistant. */
export interface CarIdentity {
  /** What stands for it in topics: its alias, else its VIN. */
  readonly id: string;
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string | null;
  /** Its VIN; `null` where an alias hides it. */
  readonly serialNumber: string | null;
  /** `null` while nobody knows. */
  readonly driveType: DriveType | null;
}

/** `null`: the account does not know the car, or is told to ignore it. */
export function carIdentity({ vehicles, garage }: Pick<Account, "vehicles" | "garage">, vin: string) {
  const own = vehicles.find((car) => car.vin === vin);
  const known = garage.cars.get(vin);
  if (own?.ignore === true || (own ?? known) === undefined) return null;
  const alias = own?.alias ?? "";
  const { manufacturer, model, driveType } = kindOf(known);
  const identity: CarIdentity = {
    id: vehicleIdOf(vehicles, vin),
    name: own?.name || alias || `${manufacturer} ${model ?? maskVin(vin)}`,
    manufacturer,
    model,
    serialNumber: alias === "" ? vin : null,
    driveType,
  };
  return identity;
}

function kindOf(car: Car | undefined): Pick<CarIdentity, "manufacturer" | "model" | "driveType"> {
  const first = (...names: string[]) => {
    return names.map((name) => text(car?.basicData?.[name])).find((told) => told !== null) ?? null;
  };
  const driveType = car?.vehicle.driveType ?? null;
  return { manufacturer: first("brand") ?? "BMW", model: first("modelName", "series", "modelRange"), driveType };
}
