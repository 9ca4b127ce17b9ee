import type { StaleTopic } from "../account/announcement-repository.js";
import { emptied, retained, type MqttMessage } from "./mqtt-message.js";

const MIGRATION = JSON.stringify({ migrate_discovery: true });

/**
 * Returns the message that makes Home Assistant migrate the entities of a configuration to another one, with their
 * history.
 */
export function migrating(topic: string): MqttMessage {
  return retained(topic, MIGRATION);
}

/**
 * Tracks topics that the broker must no longer retain until they are cleared: the broker may be away, and Node-RED may
 * stop.
 */
export class StaleTopics {
  /** Whether the entities migrate to another configuration, by topic. */
  readonly #topics = new Map<string, boolean>();

  get isEmpty(): boolean {
    return this.#topics.size === 0;
  }

  get saved(): readonly StaleTopic[] {
    return [...this.#topics].map(([topic, migrates]) => ({ topic, migrates }));
  }

  add(topics: Iterable<string>, migrates = false): void {
    for (const topic of topics) this.#topics.set(topic, migrates);
  }

  /** Removes topics that are cleared or used again. */
  drop(topics: Iterable<string>): void {
    for (const topic of topics) this.#topics.delete(topic);
  }

  /** Returns the migration messages, to be sent before the configurations to which the entities move. */
  migrations(): MqttMessage[] {
    return [...this.#topics].flatMap(([topic, migrates]) => (migrates ? migrating(topic) : []));
  }

  /** Returns the messages that clear all stale topics, except those that `isHeld` by another node. */
  clearances(isHeld: (topic: string) => boolean): MqttMessage[] {
    this.drop([...this.#topics.keys()].filter(isHeld));
    return [...this.#topics.keys()].map(emptied);
  }
}
