import type { Codec } from "../store/document.js";
import { isObject, text, type JsonObject } from "../support/json.js";
import { NOT_IN_TOPICS } from "../support/topic.js";
import { parseVin } from "../support/vin.js";
import type {
  AnnouncedCar,
  AnnouncedNode,
  AnnouncedPlace,
  AnnouncedState,
  AnnouncedSubject,
  StaleTopic,
} from "./announced.js";

const MOST_MEMBERS = 5000;
const LONGEST_TOPIC = 1000;
const NAME = /^[A-Za-z0-9_-]{1,300}$/;
const TYPES = ["number", "boolean", "string"] as const;

/** `announced.json` */
export const announcedCodec: Codec<AnnouncedState> = {
  version: 1,
  initial: () => new Map(),
  encode: (state) => [...state].map(([node, announced]) => ({ node, ...announced })),
  decode: (data) => {
    if (!Array.isArray(data)) throw new Error("not a list of nodes");
    return new Map(data.filter(isObject).flatMap(decodeNode));
  },
};

function decodeNode({ node, availability, cars, stale }: JsonObject): [string, AnnouncedNode][] {
  const id = text(node);
  if (id === null) return [];
  const known = Array.isArray(cars) ? cars.filter(isObject).flatMap(decodeCar) : [];
  const left = listed(stale, decodeStale);
  return [[id, { availability: topicOf(availability), cars: known, ...(left.length > 0 && { stale: left }) }]];
}

function decodeStale(saved: unknown): StaleTopic[] {
  const topic = isObject(saved) ? topicOf(saved["topic"]) : null;
  return !isObject(saved) || !topic ? [] : [{ topic, migrates: saved["migrates"] === true }];
}

function decodeCar(saved: JsonObject): AnnouncedCar[] {
  const vin = parseVin(saved["vin"]);
  const place = decodePlace(saved["place"]);
  if (vin === null || place === null) return [];
  const { components, imageType } = saved;
  const pairs = isObject(components) ? Object.entries(components) : [];
  const car: AnnouncedCar = {
    vin,
    place,
    components: Object.fromEntries(pairs.filter(isComponent).slice(0, MOST_MEMBERS)),
    topics: listed(saved["topics"], (entry) => topicOf(entry) ?? []),
    subjects: listed(saved["subjects"], decodeSubject),
    fixed: listed(saved["fixed"], (entry) => text(entry) ?? []),
    imageType: imageType === "image/png" || imageType === "image/jpeg" ? imageType : null,
  };
  return [car];
}

function decodePlace(saved: unknown): AnnouncedPlace | null {
  if (!isObject(saved)) return null;
  const [prefix, base, id] = [saved["prefix"], saved["base"], saved["id"]].map(topicOf);
  if (!prefix || !base || !id || !NAME.test(id)) return null;
  return { mode: saved["mode"] === "entities" ? "entities" : "device", prefix, base, id };
}

function decodeSubject(saved: unknown): AnnouncedSubject[] {
  if (!isObject(saved)) return [];
  const [descriptor, name] = [topicOf(saved["descriptor"]), text(saved["name"])];
  const type = TYPES.find((one) => one === saved["type"]);
  if (descriptor === null || name === null || type === undefined) return [];
  return [{ descriptor, name, unit: text(saved["unit"]), type }];
}

function listed<T>(saved: unknown, decode: (entry: unknown) => T | T[]): T[] {
  return Array.isArray(saved) ? saved.slice(0, MOST_MEMBERS).flatMap((entry) => decode(entry)) : [];
}

function isComponent(pair: [string, unknown]): pair is [string, string] {
  const [key, platform] = pair;
  return NAME.test(key) && typeof platform === "string" && NAME.test(platform);
}

function topicOf(value: unknown): string | null {
  const topic = text(value);
  return topic !== null && topic.length <= LONGEST_TOPIC && !NOT_IN_TOPICS.test(topic) ? topic : null;
}
