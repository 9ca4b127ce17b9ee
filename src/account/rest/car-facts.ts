import type { CarFacts } from "../../polling/cars.js";
import { SOC_SOURCES } from "../../vehicle/values.js";
import { isLimited, type Car, type Garage } from "../garage.js";
import type { Access, AccessBook } from "./access.js";

/** A refusal may be over after a while; the rest changes with what BMW's mappings and basic data say. */
const SCHEDULED: Readonly<Record<Access, CarFacts["access"]>> = {
  ok: "ok",
  no_permission: "weekly",
  not_primary: "never",
  not_telematics_capable: "never",
};

/** What the scheduler has to know of the cars; `chargeEndOf`: when a charge ought to be over by its estimate, ms. */
export function carFacts(garage: Garage, access: AccessBook, chargeEndOf: (vin: string) => number | null): CarFacts[] {
  return [...garage.cars].map(([vin, car]) => ({
    vin,
    real: !isLimited(car),
    access: SCHEDULED[access.of(vin, car)],
    refusedAt: access.refusedAt(vin),
    socAt: newestLevel(car),
    combustion: car.vehicle.driveType === "combustion",
    charge: withEstimate(car.vehicle.charge, () => chargeEndOf(vin)),
  }));
}

/** A charge ought to be over when the car or its estimate says so, whichever is earlier. */
function withEstimate(charge: CarFacts["charge"], estimatedEnd: () => number | null): CarFacts["charge"] {
  if (charge === null) return null;
  const ends = [charge.expectedEndAt, estimatedEnd()].filter((end) => end !== null);
  return { ...charge, expectedEndAt: ends.length === 0 ? null : Math.min(...ends) };
}

/**
 * Whatever brought it: a level that came over REST is no younger than the call that brought it. What a petrol car tells of
 * a battery is no level.
 */
function newestLevel({ vehicle }: Car): number | null {
  if (vehicle.driveType === "combustion") return null;
  const times = SOC_SOURCES.flatMap((descriptor) => vehicle.readings.get(descriptor)?.timestamp ?? []);
  return times.length === 0 ? null : Math.max(...times);
}
