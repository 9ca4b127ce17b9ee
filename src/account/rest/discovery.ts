import type { RestClient } from "../rest/client.js";
import { fetchBasicData, fetchMappings } from "../rest/endpoints.js";
import { CarDataError } from "../support/errors.js";
import type { Garage } from "./garage.js";

/**
 * Asks BMW for the cars of the account and what they are: 1 call, and 1 more for each car that may be read.
 * A car that BMW refuses to describe does not keep the others from being described.
 * @throws CarDataError the first failure that concerns the whole account
 */
export async function discover(client: RestClient, garage: Garage): Promise<void> {
  const mappings = await fetchMappings(client);
  for (const { vin, role } of mappings) garage.mapped(vin, role);
  for (const { vin, role } of mappings) {
    if (role !== "primary" || !garage.cars.has(vin)) continue;
    try {
      garage.described(vin, await fetchBasicData(client, vin));
    } catch (error) {
      if (!(error instanceof CarDataError) || !concernsOneCar(error)) throw error;
    }
  }
}

function concernsOneCar(error: CarDataError): boolean {
  return error.code === "cu_104" || error.code === "cu_120" || error.code === "rest_invalid_response";
}
