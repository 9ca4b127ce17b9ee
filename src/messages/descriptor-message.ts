import { haPartOfValue, type DistanceUnit } from "../homeassistant/entity.js";
import { descriptorTopic, type TopicSeparator } from "../support/topic.js";
import { definitionOf } from "../vehicle/catalogue.js";
import type { RawEntry, Reading } from "../vehicle/reading.js";
import type { SourcedValue } from "../vehicle/source-priority.js";
import { isoText } from "./iso-text.js";
import type { DescriptorMessage } from "./types.js";
import { NAMES_OF_VALUES } from "./value-names.js";

const LONGEST_NAME = 40;

/** Describes where messages of values come from. */
export interface MessageOrigin {
  /** As in `cardata/<vin>/<descriptor>`. */
  readonly topicBase: string;
  /** How a descriptor is written in topics; dots by default. */
  readonly topicSeparator?: TopicSeparator;
  /** Returns the unit of a car's distances, for those that come without one. */
  readonly distanceUnit?: DistanceUnit;
  readonly carName?: CarName;
}

/** Returns what people call a car; `null` for one that the account does not know. */
export type CarName = (vin: string) => string | null;

/** Returns the part of a message that names its car. */
export function carPart(carName: CarName | undefined, vin: string): { car?: string } {
  const car = carName?.(vin) ?? null;
  return car === null ? {} : { car };
}

let lastBase = "";
let lastVin = "";
let lastTopic = "//";

/** Returns the topic of a car's values up to their names; made once for all that come together. */
function carTopic(topicBase: string, vin: string): string {
  if (vin !== lastVin || topicBase !== lastBase) {
    lastTopic = `${topicBase}/${vin}/`;
    [lastBase, lastVin] = [topicBase, vin];
  }
  return lastTopic;
}

/** Builds the message of one reading, without `parts`. */
export function descriptorMessage(
  { topicBase, topicSeparator, distanceUnit, carName }: MessageOrigin,
  vin: string,
  reading: Reading,
): DescriptorMessage {
  const { descriptor, value, unit, timestamp, source, raw, last, data } = reading;
  const definition = definitionOf(descriptor);
  const name = definition?.name ?? nameFromId(descriptor);
  const message: DescriptorMessage = {
    payload: value,
    topic: carTopic(topicBase, vin) + descriptorTopic(descriptor, topicSeparator),
    vin,
    descriptor,
    name,
    unit,
    timestamp: isoText(timestamp),
    source,
    known: definition !== undefined,
    ha: haPartOfValue(vin, { descriptor, name, unit, payload: value, last }, distanceUnit),
  };
  const car = carName?.(vin) ?? null;
  if (car !== null) message.car = car;
  if (raw !== undefined) message.raw = rawOf(raw);
  if (last !== undefined) message.last = lastOf(last);
  // A copy, because flows may change what they receive.
  if (data !== undefined) message.data = structuredClone(data);
  return message;
}

function rawOf({ value = null, unit = null, timestamp = null }: RawEntry): NonNullable<DescriptorMessage["raw"]> {
  // Structured values may be objects, which flows may change.
  const own = typeof value === "object" && value !== null ? structuredClone(value) : value;
  return { value: own, unit, timestamp };
}

/**
 * Derives a name: `vehicle.cabin.newThing.isOpen` becomes "New thing is open". Descriptors that BMW adds later have no
 * name of ours.
 */
export function nameFromId(descriptor: string): string {
  const words = descriptor
    .split(".")
    .slice(-2)
    .join(" ")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, LONGEST_NAME);
}

/** Builds the message of a sourced value. */
export function valueMessage(
  { topicBase, distanceUnit, carName }: MessageOrigin,
  vin: string,
  sourced: SourcedValue,
): DescriptorMessage {
  const { name: descriptor, value, unit, from, timestamp, source, last } = sourced;
  const name = NAMES_OF_VALUES[descriptor];
  const message: DescriptorMessage = {
    payload: value,
    topic: carTopic(topicBase, vin) + descriptor,
    vin,
    ...carPart(carName, vin),
    descriptor,
    name,
    unit,
    timestamp: isoText(timestamp),
    source,
    known: true,
    from,
    ha: haPartOfValue(vin, { descriptor, name, unit, payload: value, last }, distanceUnit),
  };
  if (last !== undefined) message.last = lastOf(last);
  return message;
}

function lastOf({ value, timestamp }: NonNullable<Reading["last"]>): NonNullable<DescriptorMessage["last"]> {
  return { value, timestamp: isoText(timestamp) };
}
