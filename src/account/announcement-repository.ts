import { codecOf } from "../store/codec.js";
import type { Document } from "../store/document.js";
import { isObject, nonEmptyText } from "../support/json.js";
import {
  byKey,
  isTrue,
  storedList,
  needed,
  object,
  oneOf,
  or,
  then,
  type StoredReader,
} from "../support/stored-schema.js";
import { NOT_IN_TOPICS } from "../support/topic.js";
import { parseVin } from "../support/vin.js";

/** A value of a car that was announced to Home Assistant. */
interface AnnouncedSubject {
  readonly descriptor: string;
  readonly name: string;
  readonly unit: string | null;
  readonly type: "number" | "boolean" | "string";
  /** Words that came beside those that BMW lists. */
  readonly words?: readonly string[];
}

/** The discovery location at which a car was announced. */
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
  /** Platform by key. */
  readonly components: Readonly<Record<string, string>>;
  /** Topics of states, attributes and images. */
  readonly topics: readonly string[];
  readonly subjects: readonly AnnouncedSubject[];
  /** Keys of entities that belong to no descriptor. */
  readonly fixed: readonly string[];
  /** `image/png` or `image/jpeg`. */
  readonly imageType: string | null;
  /** Which words its states may have; earlier versions had BMW's. */
  readonly vocabulary?: string;
}

/** A topic that the broker must not retain any longer. */
export interface StaleTopic {
  readonly topic: string;
  /** Whether it is a configuration whose entities have moved to another one. */
  readonly migrates: boolean;
}

/** The cars that one cardata-homeassistant node has announced. */
export interface AnnouncedNode {
  /** The topic of the node's availability. */
  readonly availability: string | null;
  readonly cars: readonly AnnouncedCar[];
  /** VINs of the cars that the user has removed; absent: none. */
  readonly removed?: readonly string[];
  /** Absent: the broker retains nothing any more. */
  readonly stale?: readonly StaleTopic[];
}

interface AnnouncedState {
  /** Announced cars by node. */
  readonly nodes: ReadonlyMap<string, AnnouncedNode>;
  /** Ids with which cars were announced first, by VIN: Home Assistant knows their entities by them. */
  readonly ids: ReadonlyMap<string, string>;
}

const NOTHING: AnnouncedNode = { availability: null, cars: [] };
/** Limits the nodes: they come and go, and it is unknown which of them come back. */
const MOST_NODES = 20;
/** Limits the cars whose ids are remembered: twice as many as an account takes. */
const MOST_CARS = 1000;

/**
 * Remembers what was announced to Home Assistant, as the user's broker retains it: a restart must not lose any of it,
 * because only the program that knows the topics can remove them.
 */
export class AnnouncementRepository {
  #isLoaded = false;
  /** Read too late for the nodes to know of it: they would leave it out until the next start. */
  #late: AnnouncedState["nodes"] = new Map();
  /** Nodes that have announced since the start; others may have been deleted. */
  readonly #atWork = new Set<string>();

  constructor(private readonly document: Document<AnnouncedState>) {}

  async load(): Promise<void> {
    await this.document.load((saved) => {
      this.#join(saved);
    });
    this.#isLoaded = true;
  }

  of(node: string): AnnouncedNode {
    return this.document.value.nodes.get(node) ?? NOTHING;
  }

  /** Returns the id with which any node has announced a car first, until it was removed; `null` if none has. */
  idOf(vin: string): string | null {
    return this.document.value.ids.get(vin) ?? null;
  }

  /** Returns the VIN of the car that was announced with an id first; `null` if none was. */
  vinOf(id: string): string | null {
    const [vin = null] = [...this.document.value.ids].find(([, own]) => own === id) ?? [];
    return vin;
  }

  /**
   * Schedules a write within a minute; `isUrgent`: at once. Resolves when the state is safely on the disk, or cannot
   * get there, or is not urgent.
   */
  async keep(node: string, announced: AnnouncedNode, isUrgent = false): Promise<void> {
    // An account that may not work has not read the state that it would overwrite.
    if (!this.#isLoaded) return;
    const { nodes: before, ids } = this.document.value;
    const others = [...before].filter(([key]) => key !== node);
    const whole = joined(announced, this.#late.get(node) ?? NOTHING);
    const nodes = new Map([...others.slice(1 - MOST_NODES), [node, whole] as const]);
    this.#atWork.add(node);
    const atWork = [...nodes].flatMap(([key, one]) => (this.#atWork.has(key) ? one : []));
    const state = { nodes, ids: idsAfter(announced, atWork, ids) };
    if (isUrgent) await this.document.save(state);
    else this.document.set(state);
  }

  /** Joins a saved state that was read after the nodes had begun to announce: the broker retains both. */
  #join(saved: AnnouncedState): void {
    this.#late = saved.nodes;
    const present = this.document.value;
    const nodes = new Set([...saved.nodes.keys(), ...present.nodes.keys()]);
    const whole = [...nodes].map((node) => {
      return [node, joined(present.nodes.get(node) ?? NOTHING, saved.nodes.get(node) ?? NOTHING)] as const;
    });
    const ids = new Map([...present.ids, ...saved.ids]);
    this.document.set({ nodes: new Map(whole.slice(-MOST_NODES)), ids });
  }
}

/**
 * Returns the ids of all cars after a node has announced its own; a car that all nodes have removed begins anew.
 * @param atWork all nodes that may show it
 */
function idsAfter(
  { cars, removed = [] }: AnnouncedNode,
  atWork: readonly AnnouncedNode[],
  before: AnnouncedState["ids"],
): AnnouncedState["ids"] {
  const ids = new Map([...before, ...cars.map(({ vin, place }) => [vin, place.id] as const)]);
  const shown = new Set(atWork.flatMap((node) => node.cars.map(({ vin }) => vin)));
  for (const vin of removed) if (!shown.has(vin)) ids.delete(vin);
  return new Map([...ids].slice(-MOST_CARS));
}

/** Joins all that the broker retains by the present announcement and by the former one. */
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
  const removed = new Set([...(now.removed ?? []), ...(before.removed ?? [])]);
  for (const { vin } of cars) removed.delete(vin);
  return {
    availability: now.availability ?? before.availability,
    cars: [...cars, ...gone],
    ...(removed.size > 0 && { removed: [...removed] }),
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
const MOST_WORDS = 50;
const LONGEST_TOPIC = 1000;
const NAME = /^[A-Za-z0-9_-]{1,300}$/;

const name: StoredReader<string | null> = then<string, string>(nonEmptyText, (typed) =>
  NAME.test(typed) ? typed : null,
);

/** Its empty text is no entity. */
const topic: StoredReader<string | null> = then<string, string>(nonEmptyText, (typed) =>
  typed.length <= LONGEST_TOPIC && !NOT_IN_TOPICS.test(typed) ? typed : null,
);

const place: StoredReader<DiscoveryLocation | null> = object({
  mode: or<DiscoveryLocation["mode"]>(oneOf(["device", "entities"]), "device"),
  prefix: needed(topic),
  base: needed(topic),
  id: needed(then<string, string>(topic, name)),
});

const subject: StoredReader<AnnouncedSubject | null> = then(
  object({
    descriptor: needed(topic),
    name: needed(nonEmptyText),
    unit: nonEmptyText,
    type: needed<AnnouncedSubject["type"]>(oneOf(["number", "boolean", "string"])),
    words: storedList(nonEmptyText, MOST_WORDS),
  }),
  ({ words, ...known }) => (words.length > 0 ? { ...known, words } : known),
);

const storedCar = object({
  vin: needed(parseVin),
  place: needed(place),
  components: (stored) => Object.fromEntries(Object.entries(byKey(name, name)(stored)).slice(0, MOST_MEMBERS)),
  topics: storedList(topic, MOST_MEMBERS),
  subjects: storedList(subject, MOST_MEMBERS),
  fixed: storedList(nonEmptyText, MOST_MEMBERS),
  imageType: oneOf(["image/png", "image/jpeg"]),
  vocabulary: nonEmptyText,
});

const car: StoredReader<AnnouncedCar | null> = then(storedCar, ({ vocabulary, ...known }) =>
  vocabulary === null ? known : { ...known, vocabulary },
);

const stale: StoredReader<StaleTopic | null> = object({ topic: needed(topic), migrates: isTrue });

const nodes = storedList(
  object({
    node: needed(nonEmptyText),
    availability: topic,
    cars: storedList(car),
    removed: storedList(parseVin, MOST_CARS),
    stale: storedList(stale, MOST_MEMBERS),
  }),
);

const readNodes = (stored: unknown): AnnouncedState["nodes"] =>
  new Map(
    nodes(stored).map(({ node, removed, stale, ...known }) => [
      node,
      { ...known, ...(removed.length > 0 && { removed }), ...(stale.length > 0 && { stale }) },
    ]),
  );

const ids = byKey(parseVin, then<string, string>(topic, name));

/** `announced.json` */
export const announcedCodec = codecOf<AnnouncedState>({
  initial: () => ({ nodes: new Map(), ids: new Map() }),
  encode: (state) => ({
    nodes: [...state.nodes].map(([node, announced]) => ({ node, ...announced })),
    ids: Object.fromEntries(state.ids),
  }),
  read: (data) =>
    isObject(data) && Array.isArray(data["nodes"])
      ? { nodes: readNodes(data["nodes"]), ids: new Map(Object.entries(ids(data["ids"])).slice(-MOST_CARS)) }
      : null,
  migrations: [withIds],
});

/** Migrates from version 1, the nodes alone: each car was announced with the id that it had then. */
function withIds(data: unknown): unknown {
  if (!Array.isArray(data)) return null;
  const cars = [...readNodes(data).values()].flatMap((node) => node.cars);
  return { nodes: data, ids: Object.fromEntries(cars.map(({ vin, place }) => [vin, place.id])) };
}
