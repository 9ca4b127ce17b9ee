import type { Codec, Document } from "../store/document.js";
import { isObject, text, type JsonObject } from "../support/json.js";
import { NOT_IN_TOPICS } from "../support/topic.js";
import { parseVin } from "../support/vin.js";

/** A value of a car that Home Assistant was told of. */
interface AnnouncedSubject {
  readonly descriptor: string;
  readonly name: string;
  readonly unit: string | null;
  readonly type: "number" | "boolean" | "string";
}

/** The place at which a car was announced. */
export interface DiscoveryLocation {
  readonly mode: "device" | "entities";
  readonly prefix: string;
  readonly base: string;
  /** Id of the car in topics. */
  readonly id: string;
}

/** The retained topics and entities of one car on the user's broker. */
export interface AnnouncedCar {
  readonly vin: string;
  readonly place: DiscoveryLocation;
  /** Key to platform. */
  readonly components: Readonly<Record<string, string>>;
  /** Topics of states, attributes and images. */
  readonly topics: readonly string[];
  readonly subjects: readonly AnnouncedSubject[];
  /** Keys of what comes from no descriptor. */
  readonly fixed: readonly string[];
  /** `image/png` or `image/jpeg`. */
  readonly imageType: string | null;
}

/** A topic that the broker must not keep any longer. */
export interface StaleTopic {
  readonly topic: string;
  /** Whether it is a configuration whose entities have moved to another one. */
  readonly migrates: boolean;
}

/** The cars that one cardata-homeassistant node has announced. */
export interface AnnouncedNode {
  /** The topic on which it said that it is there. */
  readonly availability: string | null;
  readonly cars: readonly AnnouncedCar[];
  /** Absent: the broker has let everything go. */
  readonly stale?: readonly StaleTopic[];
}

/** By node. */
type AnnouncedState = ReadonlyMap<string, AnnouncedNode>;

const NOTHING: AnnouncedNode = { availability: null, cars: [] };
/** Nodes come and go, and nobody knows which of them come back. */
const MOST_NODES = 20;

/**
 * Remembers what was announced to Home Assistant, as the user's broker keeps it: a restart must not shrink it, and it
 * can be removed only by who knows it.
 */
export class AnnouncedSets {
  #isLoaded = false;
  /** Read too late for the nodes to know of it: they would leave it out until the next start. */
  #late: AnnouncedState = new Map();

  constructor(private readonly document: Document<AnnouncedState>) {}

  async load(): Promise<void> {
    await this.document.load((saved) => {
      this.#join(saved);
    });
    this.#isLoaded = true;
  }

  of(node: string): AnnouncedNode {
    return this.document.value.get(node) ?? NOTHING;
  }

  /**
   * Has it written within a minute; `isUrgent`: at once. Resolves when it is safely on the disk, or known not to get there,
   * or when it is not urgent.
   */
  async keep(node: string, announced: AnnouncedNode, isUrgent = false): Promise<void> {
    // An account that may not work has not read what it would write over.
    if (!this.#isLoaded) return;
    const others = [...this.document.value].filter(([key]) => key !== node);
    const whole = joined(announced, this.#late.get(node) ?? NOTHING);
    const state = new Map([...others.slice(1 - MOST_NODES), [node, whole] as const]);
    if (isUrgent) await this.document.save(state);
    else this.document.set(state);
  }

  /** Joins a saved state that was read after the nodes had begun to announce: the broker keeps it as well. */
  #join(saved: AnnouncedState): void {
    this.#late = saved;
    const present = this.document.value;
    const nodes = new Set([...saved.keys(), ...present.keys()]);
    const whole = [...nodes].map((node) => {
      return [node, joined(present.get(node) ?? NOTHING, saved.get(node) ?? NOTHING)] as const;
    });
    this.document.set(new Map(whole.slice(-MOST_NODES)));
  }
}

/** All that the broker keeps by what one has announced and another had before. */
function joined(now: AnnouncedNode, before: AnnouncedNode): AnnouncedNode {
  const isSame = (one: AnnouncedCar, { vin, place }: AnnouncedCar) => {
    return one.vin === vin && JSON.stringify(one.place) === JSON.stringify(place);
  };
  const gone = before.cars.filter((car) => !now.cars.some((one) => isSame(one, car)));
  const cars = now.cars.map((car) => {
    const former = before.cars.find((one) => isSame(one, car));
    return former === undefined ? car : joinedCar(car, former);
  });
  const stale = joinedStale(now.stale ?? [], before.stale ?? []);
  return {
    availability: now.availability ?? before.availability,
    cars: [...cars, ...gone],
    ...(stale.length > 0 && { stale }),
  };
}

function joinedStale(now: readonly StaleTopic[], before: readonly StaleTopic[]): StaleTopic[] {
  return [...before.filter(({ topic }) => !now.some((one) => one.topic === topic)), ...now];
}

function joinedCar(now: AnnouncedCar, before: AnnouncedCar): AnnouncedCar {
  const known = new Set(now.subjects.map(({ descriptor }) => descriptor));
  return {
    ...now,
    components: { ...before.components, ...now.components },
    topics: [...new Set([...before.topics, ...now.topics])],
    subjects: [...before.subjects.filter(({ descriptor }) => !known.has(descriptor)), ...now.subjects],
    fixed: [...new Set([...before.fixed, ...now.fixed])],
    imageType: now.imageType ?? before.imageType,
  };
}

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

function decodePlace(saved: unknown): DiscoveryLocation | null {
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
