import type { AnnouncedCar } from "../account/announcement-repository.js";
import { distanceUnitOf } from "../vehicle/distance-unit.js";
import { staleConfigs, withoutGone, type Announcement } from "./announcement.js";
import type { ShownContent } from "./component.js";
import type { Subject } from "./entity-rules.js";
import { FIXED_ENTITIES, type FixedKey } from "./fixed-entities.js";
import { keyOf } from "./ha-part.js";
import type { CarStates } from "./car-states.js";
import { retained, type MqttMessage } from "./mqtt-message.js";
import { usualUnit } from "./quantity-unit.js";
import type { StaleTopics } from "./stale-topics.js";
import { configTopics, IMAGE_TOPIC, type DiscoveryLocation } from "./discovery-location.js";

/** Names how a value affects the announcement: not at all, as a new entity, or as a changed one. */
export type AnnouncementChange = "same" | "new" | "changed";

/** Holds what the broker retains. */
type BrokerContent = Pick<AnnouncedCar, "place" | "components" | "topics" | "vocabulary">;

/** Returns whether a topic now belongs to another car or node. */
export type IsTopicTaken = (topic: string) => boolean;

const MOST_SUBJECTS = 1000;

/** Holds what Home Assistant shows of one car: what is known, what was announced, and what the broker retains. */
export class ShownCar implements ShownContent {
  readonly #subjects = new Map<string, Subject>();
  readonly #fixed = new Set<FixedKey>();
  #imageType: string | null = null;
  #kept: BrokerContent | null = null;
  /** Announcement since the start. */
  #now: Announcement | null = null;
  #isRemoved = false;

  /** @param states by topics relative to the topic root of the car */
  constructor(
    readonly vin: string,
    saved: AnnouncedCar | null,
    private readonly stale: StaleTopics,
    readonly states: CarStates,
  ) {
    if (saved === null) return;
    const { subjects, fixed, imageType, ...kept } = saved;
    this.#kept = kept;
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

  /** Returns whether it has a fixed entity. */
  shows(key: FixedKey): boolean {
    return this.#fixed.has(key);
  }

  get imageType(): string | null {
    return this.#imageType;
  }

  /** Returns whether the user has removed it. */
  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** Announcement since the start. */
  get announcement(): Announcement | null {
    return this.#now;
  }

  /** Returns where the broker has it announced, also before it is announced anew after a start; `null`: nowhere. */
  get place(): DiscoveryLocation | null {
    return this.#kept?.place ?? null;
  }

  /** Returns whether the broker retains something of the car at a topic. */
  holds(topic: string): boolean {
    if (this.#kept === null) return false;
    const { place, components, topics } = this.#kept;
    return topics.includes(topic) || configTopics(place, components).includes(topic);
  }

  /** Returns the subject of a value. */
  subject(descriptor: string): Subject | undefined {
    return this.#subjects.get(descriptor);
  }

  /** Records the subject of a value; returns `null` if there are too many already. */
  addSubject(subject: Subject): AnnouncementChange | null {
    const known = this.#subjects.get(subject.descriptor);
    if (known === undefined && this.#subjects.size >= MOST_SUBJECTS) return null;
    this.#subjects.set(subject.descriptor, subject);
    if (isSame(known, subject)) return "same";
    return this.#changeOf(keyOf(subject.descriptor), known, false);
  }

  /** Gives each number its unit: once it is announced, it stays. */
  settleUnits(): void {
    const distances = distanceUnitOf(this.#subjects.values());
    for (const [descriptor, subject] of this.#subjects) {
      if (subject.type !== "number" || subject.unit !== null) continue;
      this.#subjects.set(descriptor, { ...subject, unit: usualUnit(descriptor, distances) });
    }
  }

  /** Records a fixed entity; `imageType` for the image. */
  addFixed(key: FixedKey, imageType = this.#imageType): AnnouncementChange {
    const isKnown = this.#fixed.has(key);
    const isSameType = key !== "image" || imageType === this.#imageType;
    this.#fixed.add(key);
    if (key === "image") this.#imageType = imageType;
    return this.#changeOf(key, isKnown ? key : undefined, isSameType);
  }

  /**
   * Sets a state, which waits to be sent unless it says nothing new.
   * @param content what counts as a change: the payload without the time of the value; the payload itself by default
   */
  setState(topic: string, payload: MqttMessage["payload"], content = payload): void {
    this.states.set(topic, payload, content);
  }

  /** Returns the last state. */
  lastState(topic: string): MqttMessage["payload"] | undefined {
    return this.states.get(topic);
  }

  /** Withdraws the image. */
  withdrawImage(): void {
    this.#fixed.delete("image");
    this.states.delete(IMAGE_TOPIC);
  }

  /** Returns the waiting states that belong to announced entities; they count as sent. */
  takeStates(): MqttMessage[] {
    const announced = this.#now;
    if (announced === null) return [];
    const { topics, topicAt } = announced;
    const ready = this.states.take((topic) => topics.has(topicAt(topic)));
    return ready.map(([topic, payload]) => retained(topicAt(topic), payload));
  }

  /**
   * Gives up the configurations of the other mode: Home Assistant has to unload their entities, which keep their
   * history, before they are announced anew.
   */
  leaveOtherMode(now: Announcement, isTaken: IsTopicTaken): void {
    const before = this.#kept;
    if (before === null || !isOnlyOtherMode(before, now)) return;
    const stale = staleConfigs(before, now).filter((topic) => !isTaken(topic));
    this.stale.add(stale, true);
    this.#kept = { ...before, place: now.place, components: {} };
    this.#now = null;
  }

  /**
   * Returns the messages after which the broker retains `now` and the waiting states, in this order: removals,
   * configurations, states.
   * @param all whether unchanged messages are included
   */
  announce(now: Announcement, isTaken: IsTopicTaken, all = false): MqttMessage[] {
    const isFree = (topic: string) => !now.configs.has(topic) && !now.topics.has(topic) && !isTaken(topic);
    const before = this.#kept;
    const stale = before === null ? [] : staleConfigs(before, now).filter(isFree);
    const staleStates = before === null ? [] : before.topics.filter(isFree);
    const configs = [...now.configs].filter(([topic, text]) => all || this.#now?.configs.get(topic) !== text);
    this.#now = now;
    this.#isRemoved = false;
    const { place, components, topics, vocabulary } = now;
    this.#kept = { place, components, topics: [...topics], vocabulary };
    this.stale.drop([...now.configs.keys(), ...now.topics]);
    const former = new Set(before?.topics);
    const withdrawn = before === null ? new Map<string, string>() : withdrawnWords(before, now);
    this.states.repeat((topic) => all || !former.has(now.topicAt(topic)) || withdrawn.has(now.topicAt(topic)));
    const messages = [
      ...this.stale.clear(stale),
      ...(before === null ? [] : deletions(before, now)),
      ...[...withdrawn].map(([topic, state]) => retained(topic, state)),
      ...configs.map(([topic, text]) => retained(topic, text)),
      ...this.stale.clear(staleStates),
      ...this.takeStates(),
    ];
    // The remaining states belong to no announced entity.
    this.states.dropWaiting();
    return messages;
  }

  /** Marks everything retained as stale; sends nothing until the car is announced again. */
  remove(): void {
    if (this.#kept !== null) {
      const { place, components, topics } = this.#kept;
      this.stale.add([...configTopics(place, components), ...topics]);
    }
    // What Home Assistant shows later, it announces with all words.
    this.states.release();
    this.#kept = null;
    this.#now = null;
    this.#isRemoved = true;
  }

  /** Returns what has to survive a restart; `null` if nothing was announced. */
  save(): AnnouncedCar | null {
    if (this.#kept === null) return null;
    const known = { subjects: [...this.#subjects.values()], fixed: [...this.#fixed], imageType: this.#imageType };
    return { vin: this.vin, ...this.#kept, ...known };
  }

  #changeOf(key: string, known: unknown, same: boolean): AnnouncementChange {
    const isAnnounced = this.#now !== null && Object.hasOwn(this.#now.components, key);
    if (known === undefined) return "new";
    if (!isAnnounced) return same ? "same" : "new";
    return same ? "same" : "changed";
  }
}

/** Returns the messages that delete components: in the mode `device` they have to be deleted explicitly. */
function deletions(before: BrokerContent, now: Announcement): MqttMessage[] {
  const [topic] = now.place.mode === "device" ? configTopics(now.place, {}) : [];
  if (topic === undefined || !configTopics(before.place, before.components).includes(topic)) return [];
  const gone = Object.entries(before.components).filter(([key, platform]) => now.components[key] !== platform);
  const text = gone.length === 0 ? null : withoutGone(now, Object.fromEntries(gone));
  return text === null ? [] : [retained(topic, text)];
}

/**
 * Returns the states, by topic, that make those unknown whose words are none of the new ones: Home Assistant takes no list of
 * options that does not have the present state.
 */
function withdrawnWords(before: BrokerContent, now: Announcement): ReadonlyMap<string, string> {
  if (before.vocabulary === now.vocabulary) return new Map();
  const known = new Set(before.topics);
  return new Map([...now.unknownWords].filter(([topic]) => known.has(topic)));
}

function isOnlyOtherMode({ place: before }: BrokerContent, { place: now }: Announcement): boolean {
  return before.mode !== now.mode && before.prefix === now.prefix && before.id === now.id;
}

function isSame(one: Subject | undefined, other: Subject): boolean {
  if (one?.name !== other.name || one.unit !== other.unit || one.type !== other.type) return false;
  return one.words?.length === other.words?.length;
}

function isFixedKey(key: string): key is FixedKey {
  return Object.hasOwn(FIXED_ENTITIES, key);
}
