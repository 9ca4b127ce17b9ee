import type { Mapping } from "../../rest/endpoints.js";
import type { Garage } from "../garage.js";
import type { Access, AccessBook } from "./access.js";

/** Takes BMW's list of cars over, and tells of each whether it can be read. */
export function takeMappings(
  mappings: readonly Mapping[],
  garage: Garage,
  access: AccessBook,
): (Mapping & { readonly access: Access })[] {
  for (const { vin, role } of mappings) garage.mapped(vin, role);
  return mappings.map((mapping) => {
    // A car that is ignored, or that another account has, is not in the garage.
    const car = garage.cars.get(mapping.vin) ?? { role: mapping.role, basicData: null };
    return { ...mapping, access: access.of(mapping.vin, car) };
  });
}
