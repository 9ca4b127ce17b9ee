import { haPartOfValue, type DistanceUnitOf } from "../homeassistant/entity-rules.js";
import type { JournalValue } from "../journal/journal-values.js";
import { descriptorTopic, type TopicSeparator } from "../support/topic.js";
import { definitionOf } from "../vehicle/catalogue.js";
import type { RawEntry, Reading } from "../vehicle/reading.js";
import type { SourcedValue } from "../vehicle/source-priority.js";
import { isoText } from "./iso-text.js";
import type { DescriptorMessage } from "./types.js";
import { NAMES_OF_JOURNAL_VALUES, NAMES_OF_VALUES } from "./value-names.js";

const LONGEST_NAME = 40;

/** Describes where messages of values come from. */
export interface MessageOrigin {
  /** As in `cardata/<vin>/<descriptor>`. */
  readonly topicBase: string;
  /** How a descriptor is written in topics; dots by default. */
  readonly topicSeparator?: TopicSeparator;
  /** Returns the unit of a car's distances, for those that come without one. */
  readonly distanceUnit?: DistanceUnitOf;
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

/** Holds a value that is made of what cars send, under a name in place of a descriptor. */
interface MadeValue extends Pick<SourcedValue, "value" | "unit" | "timestamp"> {
  readonly descriptor: string;
  readonly name: string;
  readonly source: DescriptorMessage["source"];
  /** Descriptor that it was taken from. */
  readonly from?: string;
}

/** Builds the message of a sourced value. */
export function valueMessage(origin: MessageOrigin, vin: string, sourced: SourcedValue): DescriptorMessage {
  const { name: descriptor, value, unit, last, data } = sourced;
  const name = NAMES_OF_VALUES[descriptor];
  const ha = haPartOfValue(vin, { descriptor, name, unit, payload: value, last }, origin.distanceUnit);
  const message = madeMessage(origin, vin, { ...sourced, descriptor, name }, ha);
  if (last !== undefined) message.last = lastOf(last);
  if (data !== undefined) message.data = [...data];
  return message;
}

/** `restored`: known from before a start, or sent again. */
export type JournalSource = "derived" | "restored";

/** Builds the message of a value of the journal. */
export function journalValueMessage(
  origin: MessageOrigin,
  vin: string,
  { name: descriptor, value, unit, timestamp, details }: JournalValue,
  source: JournalSource,
): DescriptorMessage {
  const name = NAMES_OF_JOURNAL_VALUES[descriptor];
  const ha = haPartOfValue(vin, { descriptor, name, unit, payload: value });
  const message = madeMessage(origin, vin, { descriptor, name, value, unit, timestamp, source }, ha);
  if (details !== null) message.data = structuredClone(details);
  return message;
}

function madeMessage(
  { topicBase, topicSeparator, carName }: MessageOrigin,
  vin: string,
  { descriptor, name, value, unit, timestamp, source, from }: MadeValue,
  ha: DescriptorMessage["ha"],
): DescriptorMessage {
  return {
    payload: value,
    topic: carTopic(topicBase, vin) + descriptorTopic(descriptor, topicSeparator),
    vin,
    ...carPart(carName, vin),
    descriptor,
    name,
    unit,
    timestamp: isoText(timestamp),
    source,
    known: true,
    ...(from !== undefined && { from }),
    ha,
  };
}

function lastOf({ value, timestamp }: NonNullable<Reading["last"]>): NonNullable<DescriptorMessage["last"]> {
  return { value, timestamp: isoText(timestamp) };
}
