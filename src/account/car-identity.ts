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
}

/** `null`: the account does not know the car, or is told to ignore it. */
export function carIdentity({ vehicles, garage }: Pick<Account, "vehicles" | "garage">, vin: string) {
  const own = vehicles.find((car) => car.vin === vin);
  const known = garage.cars.get(vin);
  if (own?.ignore === true || (own ?? known) === undefined) return null;
  const alias = own?.alias ?? "";
  const { manufacturer, model } = modelOf(known);
  const identity: CarIdentity = {
    id: vehicleIdOf(vehicles, vin),
    name: own?.name || alias || `${manufacturer} ${model ?? maskVin(vin)}`,
    manufacturer,
    model,
    serialNumber: alias === "" ? vin : null,
  };
  return identity;
}

function modelOf(car: Car | undefined): Pick<CarIdentity, "manufacturer" | "model"> {
  const first = (...names: string[]) => {
    return names.map((name) => text(car?.basicData?.[name])).find((told) => told !== null) ?? null;
  };
  return { manufacturer: first("brand") ?? "BMW", model: first("modelName", "series", "modelRange") };
}
