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

  constructor(private readonly document: Document<AnnouncedState>) {}

  async load(): Promise<void> {
    await this.document.load();
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
    const state = new Map([...others.slice(1 - MOST_NODES), [node, announced] as const]);
    if (isUrgent) await this.document.save(state);
    else this.document.set(state);
  }
}
