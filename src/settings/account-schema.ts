import { isUuid } from "../support/bmw-ids.js";
import { finiteNumber, type JsonObject } from "../support/json.js";
import { TOPIC_SEPARATORS } from "../support/topic.js";
import { CLUSTERS } from "../vehicle/descriptor-clusters.js";
import { serverAddress, vehicleOfRow, VIN_HINT } from "./fields.js";
import { CURRENCY, PLACES, TARIFFS } from "./places-and-tariffs.js";
import { eachOf, schema } from "./schema.js";
import { choice, flag, group, listOf, optionalDecimal, pattern, text, wholeNumber } from "./setting.js";

const CUSTOM = { source: ["bmw"], endpoints: ["custom"] };
const BROKER = { source: ["broker"] };
const KM_OF_DIALOG = 100;
/** Bounds of the consumption of a car, in kWh/100 km. */
const CONSUMPTION = { least: 5, most: 60 };
/** Bounds of the usable capacity, in kWh. */
const CAPACITY = { least: 1, most: 150 };

/**
 * Describes one car in the account's list. An empty or zero battery or consumption is left to the car and to learning.
 */
export const VEHICLE_SETTINGS = {
  vin: vehicleOfRow({ hint: VIN_HINT }),
  name: text(),
  alias: text(),
  ignore: flag(),
  driveType: choice(["", "bev", "phev", "combustion"]),
  batteryKwh: optionalDecimal(CAPACITY, { hint: "cardata-account.invalid.batteryKwh" }),
  consumption: optionalDecimal(CONSUMPTION, { hint: "cardata-account.invalid.consumption" }),
};

/** The credential of the account's login. */
export const CLIENT_ID = pattern((typed) => (isUuid(typed) ? typed : null), "", {});

const ADDRESS = { hint: "cardata-account.invalid.address", when: CUSTOM };

export const ACCOUNT_SCHEMA = schema(
  "cardata-account",
  {
    name: text(),
    source: choice(["bmw", "broker"]),
    endpoints: choice(["bmw", "custom"]),
    authUrl: serverAddress("https:", "http:", ADDRESS),
    apiUrl: serverAddress("https:", "http:", ADDRESS),
    streamUrl: serverAddress("mqtts:", "mqtt:", { ...ADDRESS, hint: "cardata-account.invalid.streamAddress" }),
    caFile: text(),
    /** The groups of values that the user has ticked in BMW's portal; none: everything. */
    clusters: listOf(choice(CLUSTERS)),
    brokerHost: text("", { hint: "cardata-account.invalid.host", when: BROKER, isRequired: true }),
    brokerPort: wholeNumber(1883, { least: 1, most: 65_535 }, { hint: "cardata-account.invalid.port", when: BROKER }),
    brokerTls: choice(["off", "tls", "tls-insecure"]),
    brokerPrefix: text("bmw/"),
    topicBase: pattern((typed) => (/[+#]/.test(typed) ? null : typed), "cardata", {
      hint: "cardata-account.invalid.topicBase",
    }),
    topicSeparator: choice(TOPIC_SEPARATORS),
    vehicles: listOf(group(VEHICLE_SETTINGS), { hint: VIN_HINT, label: "cardata-account.tab.cars" }),
    /** What the journal names places by and reckons costs with. */
    places: PLACES,
    tariffs: TARIFFS,
    currency: CURRENCY,
    debug: flag(),
    record: flag(),
    /** Set by a login, so that there is something to deploy. */
    loginAt: text(),
  },
  [consumptionPer100Km],
);

/** Migrates from version 0, where a consumption could be stored in kWh/km as well. */
function consumptionPer100Km(stored: JsonObject): JsonObject {
  return eachOf(stored, "vehicles", (car) => ({ ...car, consumption: asPer100Km(car["consumption"]) }));
}

/** Converts to kWh/100 km a number that can only be kWh/km. */
export function asPer100Km(consumption: unknown): unknown {
  const typed = finiteNumber(typeof consumption === "string" ? consumption.trim().replace(",", ".") : consumption);
  const isPerKm = typed !== null && typed > 0 && typed * KM_OF_DIALOG <= CONSUMPTION.most;
  // Rounded: 0.18 times 100 is a little more than 18.
  return isPerKm ? String(Number((typed * KM_OF_DIALOG).toFixed(6))) : consumption;
}
