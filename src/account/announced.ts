import type { Document } from "../store/document.js";

/** A value of a car that Home Assistant was told of. */
export interface AnnouncedSubject {
  readonly descriptor: string;
  readonly name: string;
  readonly unit: string | null;
  readonly type: "number" | "boolean" | "string";
}

/** Where a car was announced. */
export interface AnnouncedPlace {
  readonly mode: "device" | "entities";
  readonly prefix: string;
  readonly base: string;
  /** What stands for the car in topics. */
  readonly id: string;
}

/** What lies on the user's broker for one car. */
export interface AnnouncedCar {
  readonly vin: string;
  readonly place: AnnouncedPlace;
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

/** What the broker must not keep any longer. */
export interface StaleTopic {
  readonly topic: string;
  /** Whether it is a configuration whose entities have moved to another one. */
  readonly migrates: boolean;
}

/** What one cardata-homeassistant node has announced. */
export interface AnnouncedNode {
  /** The topic on which it said that it is there. */
  readonly availability: string | null;
  readonly cars: readonly AnnouncedCar[];
  /** Absent: the broker has let everything go. */
  readonly stale?: readonly StaleTopic[];
}

/** By node. */
export type AnnouncedState = ReadonlyMap<string, AnnouncedNode>;

const NOTHING: AnnouncedNode = { availability: null, cars: [] };
/** Nodes come and go, and nobody knows which of them come back. */
const MOST_NODES = 20;

/**
 * What was announced to Home Assistant, which the user's broker keeps: a restart must not shrink it, and what is there
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

  /** What was saved has been read after the nodes had begun to announce: the broker keeps it as well. */
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
