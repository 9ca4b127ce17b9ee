import type { RegisteredVehicle } from "../rest/vehicles.js";
import { withoutCustomerId } from "../support/customer-id.js";
import { isoTime } from "../support/iso-time.js";
import type { JsonObject } from "../support/json.js";
import type { Reading } from "../vehicle/reading.js";
import type { RawMessage } from "./types.js";

/** Builds the message of BMW's raw object; a copy, because several nodes may send it and flows may change it. */
export function rawMessage(topicBase: string, vin: string, answer: JsonObject): RawMessage {
  return { topic: `${topicBase}/${vin}`, vin, payload: withoutCustomerId(answer) };
}

/**
 * Builds the message of all that is known of a car, in the form in which BMW sends some of it, with what BMW says of the
 * car itself. To be retained, because whoever reads it needs nothing of before; an ordinary raw message replaces nothing.
 * @returns none for a car of which nothing is known
 */
export function wholeMessages(topicBase: string, vin: string, car: RegisteredVehicle): RawMessage[] {
  const { vehicle, basicData } = car;
  const known = [...vehicle.readings.values()].filter(({ source }) => source !== "derived");
  if (known.length === 0 && basicData === null) return [];
  const data = Object.fromEntries(known.map((reading) => [reading.descriptor, entryOf(reading)]));
  const newest = known.reduce((latest, { timestamp }) => Math.max(latest, timestamp), 0);
  const envelope = {
    vin,
    topic: vin,
    // Of the newest value, not of now: what a reader does not know of would be of now otherwise.
    ...(newest > 0 && { timestamp: isoTime(newest) }),
    data,
    ...(basicData !== null && { basicData }),
  };
  return [{ ...rawMessage(topicBase, vin, envelope), retain: true }];
}

/** Returns the entry of a reading as BMW sent it; with the time of receipt where BMW sent none. */
function entryOf({ value, unit, timestamp, raw }: Reading): JsonObject {
  const time = isoTime(timestamp);
  // Some of BMW's nulls mean a value over REST, which they do not on the stream.
  if ((raw?.value ?? null) === null) return { timestamp: time, value, unit };
  return { timestamp: time, value: raw?.value, unit: raw?.unit ?? null };
}
