import type { DailyWish, TelematicWish, Wish } from "../polling/wishes.js";
import { readSettings } from "../settings/schema.js";
import { TELEMATICS_SCHEMA } from "../settings/telematics-schema.js";
import { parseVin } from "../support/vin.js";

/** The stored properties of a cardata-telematics node; anything may be missing in older flows. */
type Properties = Readonly<Record<string, unknown>>;

type Settings = ReturnType<typeof readSettings<typeof TELEMATICS_SCHEMA.settings>>;

const MINUTE_MS = 60_000;

/** What a node wants to be asked without a message. Never anything that costs calls unless a person has ticked it. */
export function wishesOf(node: string, properties: Properties): Wish[] {
  const settings = readSettings(TELEMATICS_SCHEMA, properties);
  const vin = parseVin(settings.vehicle);
  // A mistyped car must not become all cars.
  if (settings.vehicle !== "" && vin === null) return [];
  // A word that is no operation must not cost calls either.
  switch (properties["operation"] ?? settings.operation) {
    case "telematicData":
      return settings.automatic ? [telematicWish(node, vin, settings)] : [];
    case "chargingHistory":
      return daily(node, vin, settings, "chargingHistory");
    case "tyreDiagnosis":
      return daily(node, vin, settings, "tyreDiagnosis");
    default:
      return [];
  }
}

/** The descriptors that a node wants to be read; empty for the usual ones. BMW knows no wildcards. */
export function wantedDescriptors(list: unknown): string[] {
  return [...new Set(readSettings(TELEMATICS_SCHEMA, { descriptors: list }).descriptors)];
}

function telematicWish(node: string, vin: string | null, settings: Settings): TelematicWish {
  const { schedule, minInterval, quietHours, tripEndPoll, cooldownMinutes } = settings;
  return {
    kind: "telematicData",
    node,
    vin,
    schedule,
    minIntervalMs: MINUTE_MS * minInterval,
    quietHours,
    tripEndPoll,
    cooldownMs: MINUTE_MS * cooldownMinutes,
  };
}

function daily(node: string, vin: string | null, { daily, maxPages }: Settings, kind: DailyWish["kind"]): DailyWish[] {
  return daily ? [{ kind, node, vin, pages: kind === "chargingHistory" ? maxPages : 1 }] : [];
}
