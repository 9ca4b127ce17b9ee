import type { AnnouncedCar } from "../account/announced.js";
import { staleConfigs, withoutGone, type Announcement } from "./announcement.js";
import type { Shown } from "./components.js";
import type { Subject } from "./entities.js";
import { FIXED_ENTITIES, type FixedKey } from "./fixed-entities.js";
import { keyOf } from "./ha-part.js";
import { emptied, retained, type MqttMessage } from "./mqtt-message.js";
import { migrating, type StaleTopics } from "./stale-topics.js";
import { configTopics, rootOf } from "./topics.js";

/** What a value means for what was announced: nothing, something that was never announced, or something else by now. */
export type News = "same" | "new" | "changed";

/** What the broker keeps. */
type Kept = Pick<AnnouncedCar, "place" | "components" | "topics">;

/** Whether a topic belongs to another car by now, or to another node. */
export type IsTaken = (topic: string) => boolean;

const MOST_SUBJECTS = 1000;

/** What Home Assistant is shown of one car: what is known, what was announced, and what the broker keeps of it. */
export class ShownCar implements Shown {
  readonly #subjects = new Map<string, Subject>();
  readonly #fixed = new Set<FixedKey>();
  #imageType: string | null = null;
  #kept: Kept | null = null;
  /** As announced since the start. */
  #now: Announcement | null = null;
  /** The last state of each topic since the start; topics without what all topics of the car begin with. */
  readonly #last = new Map<string, MqttMessage["payload"]>();
  /** Topics of which the last state was not sent yet. */
  readonly #waiting = new Set<string>();
  #isRemoved = false;

  constructor(
    readonly vin: string,
    saved: AnnouncedCar | null,
    private readonly stale: StaleTopics,
  ) {
    if (saved === null) return;
    const { place, components, topics, subjects, fixed, imageType } = saved;
    this.#kept = { place, components, topics };
    for (const subject of subjects) this.#subjects.set(subject.descriptor, subject);
    for (const key of fixed) if (isFixedKey(key)) this.#fixed.add(key);
    this.#imageType = imageType;
  }

  get subjects(): Iterable<Subject> {
    return this.#subjects.values();
  }

  get fixed(): Iterable<FixedKey> {
    return this.#fixed;
  }

  get imageType(): string | null {
    return this.#imageType;
  }

  /** The user wants it away. */
  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** As announced since the start. */
  get announcement(): Announcement | null {
    return this.#now;
  }

  /** Whether the broker keeps something of the car at a topic. */
  holds(topic: string): boolean {
    if (this.#kept === null) return false;
    const { place, components, topics } = this.#kept;
    return topics.includes(topic) || configTopics(place, components).includes(topic);
  }

  /** What is known of a value. */
  subject(descriptor: string): Subject | undefined {
    return this.#subjects.get(descriptor);
  }

  /** Takes note of a value; `null`: there are too many already. */
  learn(subject: Subject): News | null {
    const known = this.#subjects.get(subject.descriptor);
    if (known === undefined && this.#subjects.size >= MOST_SUBJECTS) return null;
    this.#subjects.set(subject.descriptor, subject);
    return this.#news(keyOf(subject.descriptor), known, isSame(known, subject));
  }

  /** Takes note of something that is no value; `imageType` of the image. */
  fix(key: FixedKey, imageType = this.#imageType): News {
    const isKnown = this.#fixed.has(key);
    const isSameType = key !== "image" || imageType === this.#imageType;
    this.#fixed.add(key);
    if (key === "image") this.#imageType = imageType;
    return this.#news(key, isKnown ? key : undefined, isSameType);
  }

  /** Takes a state, which waits to be sent. */
  put(topic: string, payload: MqttMessage["payload"]): void {
    this.#last.set(topic, payload);
    if (!this.#isRemoved) this.#waiting.add(topic);
  }

  /** What was put last. */
  last(topic: string): MqttMessage["payload"] | undefined {
    return this.#last.get(topic);
  }

  /** Shows the picture no longer. */
  withdrawImage(): void {
    this.#fixed.delete("image");
    this.#last.delete("image");
    this.#waiting.delete("image");
  }

  /** The states that wait and belong to what is announced. */
  states(): MqttMessage[] {
    const announced = this.#now;
    if (announced === null) return [];
    const root = rootOf(announced.place);
    const ready = [...this.#waiting].filter((topic) => announced.topics.has(root + topic));
    for (const topic of ready) this.#waiting.delete(topic);
    return ready.map((topic) => retained(root + topic, this.#last.get(topic) ?? ""));
  }

  /**
   * All that has to be sent so that the broker keeps `now` and the states that wait, in this order: what goes,
   * configurations, states.
   * @param all whether what did not change is sent as well
   */
  announce(now: Announcement, isTaken: IsTaken, all = false): MqttMessage[] {
    const isFree = (topic: string) => !now.configs.has(topic) && !now.topics.has(topic) && !isTaken(topic);
    const before = this.#kept;
    const stale = before === null ? [] : staleConfigs(before, now).filter(isFree);
    const staleStates = before === null ? [] : before.topics.filter(isFree);
    const isMigration = before !== null && isOnlyOtherMode(before, now);
    const configs = [...now.configs].filter(([topic, text]) => all || this.#now?.configs.get(topic) !== text);
    this.#now = now;
    this.#isRemoved = false;
    this.#kept = { place: now.place, components: now.components, topics: [...now.topics] };
    this.stale.drop([...now.configs.keys(), ...now.topics]);
    this.stale.add(stale, isMigration);
    this.stale.add(staleStates);
    if (all) for (const topic of this.#last.keys()) this.#waiting.add(topic);
    const messages = [
      ...stale.map(isMigration ? migrating : emptied),
      ...(before === null ? [] : deletions(before, now)),
      ...configs.map(([topic, text]) => retained(topic, text)),
      ...(isMigration ? stale.map(emptied) : []),
      ...staleStates.map(emptied),
      ...this.states(),
    ];
    // What is left has no place in the announcement.
    this.#waiting.clear();
    return messages;
  }

  /** All that the broker keeps of it is stale; nothing is sent until the car is announced again. */
  remove(): void {
    if (this.#kept !== null) {
      const { place, components, topics } = this.#kept;
      this.stale.add([...configTopics(place, components), ...topics]);
    }
    this.#kept = null;
    this.#now = null;
    this.#waiting.clear();
    this.#isRemoved = true;
  }

  /** What is kept over a restart; `null`: nothing was announced. */
  save(): AnnouncedCar | null {
    if (this.#kept === null) return null;
    const known = { subjects: [...this.#subjects.values()], fixed: [...this.#fixed], imageType: this.#imageType };
    return { vin: this.vin, ...this.#kept, ...known };
  }

  #news(key: string, known: unknown, same: boolean): News {
    const isAnnounced = this.#now !== null && Object.hasOwn(this.#now.components, key);
    if (known === undefined) return "new";
    if (!isAnnounced) return same ? "same" : "new";
    return same ? "same" : "changed";
  }
}

/** In the mode `device` a component goes only if it is said so. */
function deletions(before: Kept, now: Announcement): MqttMessage[] {
  const [topic] = now.place.mode === "device" ? configTopics(now.place, {}) : [];
  if (topic === undefined || !configTopics(before.place, before.components).includes(topic)) return [];
  const gone = Object.entries(before.components).filter(([key, platform]) => now.components[key] !== platform);
  const text = gone.length === 0 ? null : withoutGone(now, Object.fromEntries(gone));
  return text === null ? [] : [retained(topic, text)];
}

function isOnlyOtherMode({ place: before }: Kept, { place: now }: Announcement): boolean {
  return before.mode !== now.mode && before.prefix === now.prefix && before.id === now.id;
}

function isSame(one: Subject | undefined, other: Subject): boolean {
  return one?.name === other.name && one.unit === other.unit && one.type === other.type;
}

function isFixedKey(key: string): key is FixedKey {
  return Object.hasOwn(FIXED_ENTITIES, key);
}
