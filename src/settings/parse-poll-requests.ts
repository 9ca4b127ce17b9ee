import type { DailyPollRequest, PollRequest, TelematicPollRequest } from "../polling/poll-request.js";
import { readSettings } from "./schema.js";
import { TELEMATICS_SCHEMA } from "./telematics-schema.js";
import { parseVin } from "../support/vin.js";

/** The stored properties of a cardata-telematics node; anything may be missing in older flows. */
type Properties = Readonly<Record<string, unknown>>;

type TelematicsSettings = ReturnType<typeof readSettings<typeof TELEMATICS_SCHEMA.settings>>;

const MINUTE_MS = 60_000;

/** Parses which calls a node wants without a message. Never any that cost quota unless a person has ticked them. */
export function parsePollRequests(node: string, properties: Properties): PollRequest[] {
  const settings = readSettings(TELEMATICS_SCHEMA, properties);
  const vin = parseVin(settings.vehicle);
  // A mistyped car must not become all cars.
  if (settings.vehicle !== "" && vin === null) return [];
  // Nor must a word that is no operation cost calls.
  switch (properties["operation"] ?? settings.operation) {
    case "telematicData":
      return settings.automatic ? [parseTelematicRequest(node, vin, settings)] : [];
    case "chargingHistory":
      return parseDailyRequest(node, vin, settings, "chargingHistory");
    case "tyreDiagnosis":
      return parseDailyRequest(node, vin, settings, "tyreDiagnosis");
    default:
      return [];
  }
}

/** Returns the descriptors that a node wants to read; empty for the default ones. BMW knows no wildcards. */
export function wantedDescriptors(list: unknown): string[] {
  return [...new Set(readSettings(TELEMATICS_SCHEMA, { descriptors: list }).descriptors)];
}

function parseTelematicRequest(node: string, vin: string | null, settings: TelematicsSettings): TelematicPollRequest {
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

function parseDailyRequest(
  node: string,
  vin: string | null,
  { daily, maxPages }: TelematicsSettings,
  kind: DailyPollRequest["kind"],
): DailyPollRequest[] {
  return daily ? [{ kind, node, vin, pages: kind === "chargingHistory" ? maxPages : 1 }] : [];
}
