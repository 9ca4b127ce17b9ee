import { cleanText } from "../support/clean-text.js";
import { text } from "../support/json.js";
import type { Account } from "./account.js";
import { isLimited, type Car } from "./garage.js";
import type { Access } from "./rest/access.js";
import { isoTime } from "./status.js";

const LONGEST_NAME = 100;

/** A car for pickers. */
export interface VehicleSummary {
  readonly vin: string;
  /** Name from the account settings, else brand and model, else "". */
  readonly name: string;
  readonly role: Car["role"];
  /** Whether BMW lets it be read over REST. */
  readonly access: Access;
  /** It has told next to nothing so far: a car of the family that is not shared, or whose data stream is not set up. */
  readonly limited: boolean;
}

/** A descriptor that came from at least one car of the account. */
export interface DescriptorSummary {
  readonly id: string;
  /** ISO time of the newest value. */
  readonly lastSeen: string;
}

export function vehicleSummaries(account: Account): VehicleSummary[] {
  const named = new Map(account.settings.vehicles.map(({ vin, name, alias }) => [vin, name || alias]));
  return [...account.garage.cars].map(([vin, car]) => ({
    vin,
    name: named.get(vin) || modelName(car),
    role: car.role,
    access: account.rest.access(vin, car),
    limited: isLimited(car),
  }));
}

export function descriptorSummaries(account: Account): DescriptorSummary[] {
  const newest = new Map<string, number>();
  for (const { vehicle } of account.garage.cars.values())
    for (const { descriptor, timestamp } of vehicle.readings.values())
      newest.set(descriptor, Math.max(timestamp, newest.get(descriptor) ?? 0));
  return [...newest].map(([id, time]) => ({ id, lastSeen: isoTime(time) }));
}

/** What is safe to hand to others when asking for help. */
export function diagnostics(account: Account): unknown {
  return {
    status: account.status,
    cars: [...account.garage.cars].map(([vin, car]) => ({
      vin: account.redact(vin),
      role: car.role,
      access: account.rest.access(vin, car),
      resting: account.rest.resting(vin),
      descriptors: car.vehicle.readings.size,
    })),
    quota: account.rest.quotaReport,
    rejected: account.garage.rejected,
  };
}

function modelName({ basicData }: Car): string {
  const word = (name: string) => text(basicData?.[name]) ?? "";
  const model = word("modelName") || word("modelRange") || word("series");
  return model === "" ? "" : cleanText(`${word("brand") || "BMW"} ${model}`, LONGEST_NAME);
}
