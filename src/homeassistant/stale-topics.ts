import type { StaleTopic } from "../account/announcement-repository.js";
import type { Clock } from "../support/clock.js";
import { emptied, retained, type MqttMessage } from "./mqtt-message.js";

const MIGRATION = JSON.stringify({ migrate_discovery: true });

interface Stale {
  /** Whether its entities move to another configuration. */
  readonly migrates: boolean;
  /** Time at which it was cleared [ms]; `null`: not yet, or the broker may have missed it. */
  readonly sentAt: number | null;
}

/** Returns whether another node uses a topic. */
type IsHeld = (topic: string) => boolean;

/**
 * Tracks topics that the broker must no longer retain until it has cleared them: it may be away, and Node-RED may stop.
 * Each is cleared once, because Home Assistant warns of the removal of what it does not know any more.
 */
export class StaleTopics {
  readonly #topics = new Map<string, Stale>();

  constructor(private readonly clock: Clock) {}

  /** Returns whether something was cleared of which it is unknown whether it has arrived. */
  get isUnderWay(): boolean {
    return [...this.#topics.values()].some(({ sentAt }) => sentAt !== null);
  }

  get saved(): readonly StaleTopic[] {
    return [...this.#topics].map(([topic, { migrates }]) => ({ topic, migrates }));
  }

  add(topics: Iterable<string>, migrates = false): void {
    for (const topic of topics) this.#topics.set(topic, { migrates, sentAt: null });
  }

  /** Removes topics that are used again. */
  drop(topics: Iterable<string>): void {
    for (const topic of topics) this.#topics.delete(topic);
  }

  /** Lets everything be cleared again: the broker may have missed it. */
  repeat(): void {
    for (const [topic, { migrates }] of this.#topics) this.#topics.set(topic, { migrates, sentAt: null });
  }

  /** Removes topics that were cleared at least `ms` ago [ms]: they have arrived. */
  dropArrived(ms: number): void {
    const latest = this.clock.now() - ms;
    for (const [topic, { sentAt }] of this.#topics) if (sentAt !== null && sentAt <= latest) this.#topics.delete(topic);
  }

  /**
   * Returns the messages after which Home Assistant has unloaded the entities that move, with their history, and the
   * broker has forgotten their former configurations. Home Assistant refuses both the new configuration before the
   * first and, with a warning, the second after the new configuration.
   */
  moves(isHeld: IsHeld): MqttMessage[] {
    const moving = this.#due(isHeld).filter((topic) => this.#topics.get(topic)?.migrates);
    return [...moving.map((topic) => retained(topic, MIGRATION)), ...this.clear(moving)];
  }

  /** Returns the messages that clear what was not cleared yet, except topics that `isHeld` by another node. */
  clearances(isHeld: IsHeld): MqttMessage[] {
    return this.clear(this.#due(isHeld));
  }

  /** Returns the messages that clear these topics. */
  clear(topics: Iterable<string>): MqttMessage[] {
    const sentAt = this.clock.now();
    return [...topics].map((topic) => {
      this.#topics.set(topic, { migrates: this.#topics.get(topic)?.migrates ?? false, sentAt });
      return emptied(topic);
    });
  }

  #due(isHeld: IsHeld): string[] {
    this.drop([...this.#topics.keys()].filter(isHeld));
    return [...this.#topics].flatMap(([topic, { sentAt }]) => (sentAt === null ? topic : []));
  }
}
