import type { JsonObject } from "../support/json.js";
import { topic } from "./fields.js";
import { schema } from "./schema.js";
import { choice, flag, text, wholeNumber } from "./setting.js";

/** Default limit [bytes], below those of common brokers: EMQX 1,048,576, Mosquitto 2,000,000 since 2.1. */
const USUAL_PACKET_SIZE = 1_000_000;
/** The upper bound is MQTT's. */
const PACKET_SIZES = { least: 10_000, most: 268_435_460 };
const TOPIC = { hint: "cardata-homeassistant.invalid.topic" };

/** The languages in which Home Assistant can show a car; each has a file in `src/homeassistant/languages/`. */
export const LANGUAGES = ["en", "de", "es", "fr", "it", "nl", "pt"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Minutes; a day is enough for whoever looks at the time of a message. */
const REPEATS = { least: 0, most: 24 * 60 };

export const HOMEASSISTANT_SCHEMA = schema(
  "cardata-homeassistant",
  {
    discoveryPrefix: topic("homeassistant", TOPIC),
    mode: choice(["device", "entities"]),
    /** Empty: as the account is configured. */
    stateBase: topic("", TOPIC),
    language: choice(LANGUAGES),
    /** Empty: Home Assistant suggests none. */
    area: text(),
    maxPacketSize: wholeNumber(USUAL_PACKET_SIZE, PACKET_SIZES, { hint: "cardata-homeassistant.invalid.size" }),
    /** Minutes within which an unchanged state is not sent again; 0: not before it changes. */
    repeatMinutes: wholeNumber(15, REPEATS, { hint: "cardata-homeassistant.invalid.repeat" }),
    attributes: flag(),
    availability: flag(),
    buttons: flag(),
  },
  [attributesAsBefore],
);

/** Migrates from version 0, where attributes were sent unless they were switched off. */
function attributesAsBefore(stored: JsonObject): JsonObject {
  return { ...stored, attributes: stored["attributes"] !== false };
}
