import { codecOf } from "../store/codec.js";
import type { Document } from "../store/document.js";
import { nonEmptyText } from "../support/json.js";
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
  /** Absent: the broker retains nothing any more. */
  readonly stale?: readonly StaleTopic[];
}

/** Announced cars by node. */
type AnnouncedState = ReadonlyMap<string, AnnouncedNode>;

const NOTHING: AnnouncedNode = { availability: null, cars: [] };
/** Limits the nodes: they come and go, and it is unknown which of them come back. */
const MOST_NODES = 20;

/**
 * Remembers what was announced to Home Assistant, as the user's broker retains it: a restart must not lose any of it,
 * because only the program that knows the topics can remove them.
 */
export class AnnouncementRepository {
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
   * Schedules a write within a minute; `isUrgent`: at once. Resolves when the state is safely on the disk, or cannot
   * get there, or is not urgent.
   */
  async keep(node: string, announced: AnnouncedNode, isUrgent = false): Promise<void> {
    // An account that may not work has not read the state that it would overwrite.
    if (!this.#isLoaded) return;
    const others = [...this.document.value].filter(([key]) => key !== node);
    const whole = joined(announced, this.#late.get(node) ?? NOTHING);
    const state = new Map([...others.slice(1 - MOST_NODES), [node, whole] as const]);
    if (isUrgent) await this.document.save(state);
    else this.document.set(state);
  }

  /** Joins a saved state that was read after the nodes had begun to announce: the broker retains both. */
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
    stale: storedList(stale, MOST_MEMBERS),
  }),
);

/** `announced.json` */
export const announcedCodec = codecOf<AnnouncedState>({
  initial: () => new Map(),
  encode: (state) => [...state].map(([node, announced]) => ({ node, ...announced })),
  read: (data) =>
    Array.isArray(data)
      ? new Map(
          nodes(data).map(({ node, stale, ...known }) => [node, { ...known, ...(stale.length > 0 && { stale }) }]),
        )
      : null,
});
