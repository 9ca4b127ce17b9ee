import { BMW_ENDPOINTS, customEndpoints, type Endpoints } from "../support/endpoints.js";
import { CarDataError } from "../support/errors.js";
import { finite, isObject, text } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import type { DriveType } from "../vehicle/drive-type.js";
import type { VehicleFacts } from "../vehicle/vehicle.js";

/** What a user set for one car. */
export interface VehicleSettings {
  readonly vin: string;
  readonly name: string;
  /** Stands for the VIN where that should not be seen. */
  readonly alias: string;
  /** Nothing of this car is taken. */
  readonly ignore: boolean;
  /** `null`: as BMW says. */
  readonly driveType: DriveType | null;
  /** Usable capacity; `null`: as the car says. */
  readonly batteryKwh: number | null;
  /** kWh/km; `null`: by model, then learned. */
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
  readonly broker: BrokerSettings;
  readonly topicBase: string;
  readonly vehicles: readonly VehicleSettings[];
  readonly debug: boolean;
  /** Whether everything that arrives is written to files. */
  readonly record: boolean;
}

/** The stored properties and credentials of a cardata-account node; anything may be missing in older flows. */
export type AccountProperties = Readonly<Record<string, unknown>>;

const DEFAULT_BROKER_PORT = 1883;
const DRIVE_TYPES: readonly DriveType[] = ["bev", "phev", "combustion"];
const LARGEST_BATTERY_KWH = 150;
const LEAST_KWH_PER_KM = 0.05;
const MOST_KWH_PER_KM = 0.6;
const KM_OF_DIALOG = 100;

/**
 * Settings out of what a flow file holds, with defaults for what is missing.
 * @throws CarDataError `invalid_endpoint`, `broker_host_missing` or `broker_port_invalid`
 */
export function parseSettings(
  id: string,
  properties: AccountProperties,
  credentials: AccountProperties,
): AccountSettings {
  const source = properties["source"] === "broker" ? "broker" : "bmw";
  const broker = parseBroker(properties, credentials);
  if (source === "broker") checkBroker(broker, properties["brokerPort"]);
  return {
    id,
    name: string(properties, "name"),
    source,
    clientId: string(credentials, "clientId"),
    endpoints: parseEndpoints(properties),
    broker,
    topicBase: string(properties, "topicBase").replace(/\/+$/, "") || "cardata",
    vehicles: parseVehicles(properties["vehicles"]),
    debug: properties["debug"] === true,
    record: properties["record"] === true,
  };
}

/** The addresses of BMW's services, or the user's own. */
export function parseEndpoints(properties: AccountProperties): Endpoints {
  if (properties["endpoints"] !== "custom") return BMW_ENDPOINTS;
  return customEndpoints({
    authUrl: string(properties, "authUrl"),
    apiUrl: string(properties, "apiUrl"),
    streamUrl: string(properties, "streamUrl"),
    caFile: string(properties, "caFile"),
  });
}

function parseBroker(properties: AccountProperties, credentials: AccountProperties): BrokerSettings {
  const tls = properties["brokerTls"];
  const prefix = text(properties["brokerPrefix"]) ?? "bmw/";
  return {
    host: string(properties, "brokerHost"),
    port: finite(properties["brokerPort"] ?? DEFAULT_BROKER_PORT) ?? DEFAULT_BROKER_PORT,
    tls: tls === "tls" || tls === "tls-insecure" ? tls : "off",
    prefix: prefix.endsWith("/") ? prefix : `${prefix}/`,
    user: string(credentials, "brokerUser"),
    password: text(credentials["brokerPassword"]) ?? "",
    caFile: string(properties, "caFile"),
  };
}

function checkBroker(broker: BrokerSettings, typedPort: unknown): void {
  if (broker.host === "") throw new CarDataError("broker_host_missing");
  const port = typedPort === undefined || typedPort === "" ? broker.port : finite(typedPort);
  if (port === null || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new CarDataError("broker_port_invalid");
}

function parseVehicles(list: unknown): VehicleSettings[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).flatMap((entry) => {
    const vin = parseVin(string(entry, "vin"));
    if (vin === null) return [];
    return [
      {
        vin,
        name: string(entry, "name"),
        alias: string(entry, "alias"),
        ignore: entry["ignore"] === true,
        driveType: parseDriveType(entry["driveType"]),
        batteryKwh: parseCapacity(entry["batteryKwh"]),
        consumption: parseConsumption(entry["consumption"]),
      },
    ];
  });
}

/** What the user says of a car. */
export function userFactsOf({ vehicles }: AccountSettings, vin: string): Omit<VehicleFacts, "basicData"> {
  const settings = vehicles.find((vehicle) => vehicle.vin === vin);
  return { driveType: settings?.driveType ?? null, batteryKwh: settings?.batteryKwh ?? null };
}

/** `null` for "automatic" and everything unknown. */
export function parseDriveType(value: unknown): DriveType | null {
  return DRIVE_TYPES.find((type) => type === value) ?? null;
}

/** 0 and nothing stand for "automatic". */
export function parseCapacity(value: unknown): number | null {
  const kwh = finite(value);
  return kwh !== null && kwh > 0 && kwh <= LARGEST_BATTERY_KWH ? kwh : null;
}

/**
 * kWh/km out of the kWh/100 km of the dialog; what can only be kWh/km already is taken as such. 0 and nothing stand for
 * "automatic".
 */
export function parseConsumption(value: unknown): number | null {
  const typed = finite(typeof value === "string" ? value.trim().replace(",", ".") : value);
  if (typed === null) return null;
  const kwhPerKm = typed > MOST_KWH_PER_KM ? typed / KM_OF_DIALOG : typed;
  return kwhPerKm >= LEAST_KWH_PER_KM && kwhPerKm <= MOST_KWH_PER_KM ? kwhPerKm : null;
}

/** What the user says of a car for its estimates: usable capacity in kWh, kWh/km. */
export function socFactsOf({ vehicles }: AccountSettings, vin: string) {
  const settings = vehicles.find((vehicle) => vehicle.vin === vin);
  return { capacityKwh: settings?.batteryKwh ?? null, kwhPerKm: settings?.consumption ?? null };
}

function string(from: AccountProperties, name: string): string {
  return text(from[name])?.trim() ?? "";
}
