import type { JournalSettings } from "../journal/journal-settings.js";
import { zoneOfComputer } from "../journal/zoned-time.js";
import { ACCOUNT_SCHEMA, asPer100Km, VEHICLE_SETTINGS } from "../settings/account-schema.js";
import { parseJournalSettings } from "../settings/parse-journal-settings.js";
import { faultsIn, readSettings } from "../settings/schema.js";
import { settingValue } from "../settings/setting.js";
import { BMW_ENDPOINTS, customEndpoints, type Endpoints } from "../support/endpoints.js";
import { CarDataError } from "../support/errors.js";
import { nonEmptyText } from "../support/json.js";
import type { TopicSeparator } from "../support/topic.js";
import { CLUSTERS, type Cluster } from "../vehicle/descriptor-clusters.js";
import type { DriveType } from "../vehicle/drive-type.js";
import type { VehicleDescription } from "../vehicle/vehicle.js";

/** The user's settings of one car. */
export interface VehicleSettings {
  readonly vin: string;
  readonly name: string;
  /** Alias that stands for the VIN where that should not be seen. */
  readonly alias: string;
  /** Whether all data of this car are discarded. */
  readonly ignore: boolean;
  /** `null`: as BMW reports. */
  readonly driveType: DriveType | null;
  /** Usable capacity [kWh]; `null`: as the car reports. */
  readonly batteryKwh: number | null;
  /** Consumption [kWh/km]; `null`: by model, then learned. */
  readonly consumption: number | null;
}

export interface BrokerSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: "off" | "tls" | "tls-insecure";
  /** Ends with a slash unless empty. */
  readonly prefix: string;
  readonly user: string;
  readonly password: string;
  readonly caFile: string;
}

export interface AccountSettings {
  readonly id: string;
  readonly name: string;
  readonly source: "bmw" | "broker";
  /** As typed; checked at login. */
  readonly clientId: string;
  readonly endpoints: Endpoints;
  /** The groups of values that the user has ticked in BMW's portal. */
  readonly clusters: readonly Cluster[];
  readonly broker: BrokerSettings;
  readonly topicBase: string;
  /** How descriptors are written in topics. */
  readonly topicSeparator: TopicSeparator;
  readonly vehicles: readonly VehicleSettings[];
  readonly journal: JournalSettings;
  readonly debug: boolean;
  /** Whether everything that arrives is recorded to files. */
  readonly record: boolean;
}

/** The stored properties and credentials of a cardata-account node; anything may be missing in older flows. */
export type AccountProperties = Readonly<Record<string, unknown>>;

const KM_OF_DIALOG = 100;
const { batteryKwh, consumption, driveType } = VEHICLE_SETTINGS;

/**
 * Parses the settings of a flow file, with defaults for what is missing. Does not validate what the chosen source does
 * not use.
 * @throws CarDataError `invalid_endpoint`, `broker_host_missing` or `broker_port_invalid`
 */
export function parseSettings(
  id: string,
  properties: AccountProperties,
  credentials: AccountProperties,
): AccountSettings {
  const faults = faultsIn(ACCOUNT_SCHEMA, properties);
  if (faults.includes("brokerHost")) throw new CarDataError("broker_host_missing");
  if (faults.includes("brokerPort")) throw new CarDataError("broker_port_invalid");
  const settings = readSettings(ACCOUNT_SCHEMA, properties);
  const { name, source, clusters, topicBase, topicSeparator, vehicles, debug, record } = settings;
  return {
    id,
    name,
    source,
    clientId: string(credentials, "clientId"),
    endpoints: source === "bmw" ? endpointsOf(settings) : BMW_ENDPOINTS,
    clusters: clusters.length > 0 ? clusters : CLUSTERS,
    broker: brokerOf(settings, credentials),
    topicBase: topicBase.replace(/\/+$/, "") || ACCOUNT_SCHEMA.settings.topicBase.defaultValue,
    topicSeparator,
    vehicles: vehicles.map(vehicleOf),
    journal: parseJournalSettings(settings, zoneOfComputer()),
    debug,
    record,
  };
}

/** Returns the addresses of BMW's services, or the user's own. */
export function parseEndpoints(properties: AccountProperties): Endpoints {
  return endpointsOf(readSettings(ACCOUNT_SCHEMA, properties));
}

type StoredAccountSettings = ReturnType<typeof readSettings<typeof ACCOUNT_SCHEMA.settings>>;

function endpointsOf({ endpoints, authUrl, apiUrl, streamUrl, caFile }: StoredAccountSettings): Endpoints {
  return endpoints === "custom" ? customEndpoints({ authUrl, apiUrl, streamUrl, caFile }) : BMW_ENDPOINTS;
}

function brokerOf(settings: StoredAccountSettings, credentials: AccountProperties): BrokerSettings {
  const { brokerHost: host, brokerPort: port, brokerTls: tls, brokerPrefix: prefix, caFile } = settings;
  return {
    host,
    port,
    tls,
    prefix: prefix.endsWith("/") ? prefix : `${prefix}/`,
    user: string(credentials, "brokerUser"),
    password: nonEmptyText(credentials["brokerPassword"]) ?? "",
    caFile,
  };
}

function vehicleOf(car: StoredAccountSettings["vehicles"][number]): VehicleSettings {
  const { consumption: per100Km } = car;
  return { ...car, driveType: car.driveType || null, consumption: per100Km === null ? null : per100Km / KM_OF_DIALOG };
}

/** Parses the user's settings of a car. */
export function userDescriptionOf({ vehicles }: AccountSettings, vin: string): Omit<VehicleDescription, "basicData"> {
  const settings = vehicles.find((vehicle) => vehicle.vin === vin);
  return { driveType: settings?.driveType ?? null, batteryKwh: settings?.batteryKwh ?? null };
}

/** Returns `null` for "automatic" and everything unknown. */
export function parseDriveType(value: unknown): DriveType | null {
  return settingValue(driveType, value) || null;
}

/** Returns `null` for "automatic": 0 or nothing. */
export function parseCapacity(value: unknown): number | null {
  return settingValue(batteryKwh, value);
}

/** Converts kWh/km or kWh/100 km to kWh/km. 0 and nothing stand for "automatic". */
export function parseConsumption(value: unknown): number | null {
  const typed = settingValue(consumption, asPer100Km(value));
  return typed === null ? null : typed / KM_OF_DIALOG;
}

/** Returns the user's settings of a car for its estimates: usable capacity [kWh], consumption [kWh/km]. */
export function socParametersOf({ vehicles }: AccountSettings, vin: string) {
  const settings = vehicles.find((vehicle) => vehicle.vin === vin);
  return { capacityKwh: settings?.batteryKwh ?? null, kwhPerKm: settings?.consumption ?? null };
}

function string(from: AccountProperties, name: string): string {
  return nonEmptyText(from[name])?.trim() ?? "";
}
