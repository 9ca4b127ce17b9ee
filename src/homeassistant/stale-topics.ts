import type { StaleTopic } from "../account/announced.js";
import { emptied, retained, type MqttMessage } from "./mqtt-message.js";

const MIGRATION = JSON.stringify({ migrate_discovery: true });

/** Tells Home Assistant that the entities of a configuration move to another one, with all that it knows of them. */
export function migrating(topic: string): MqttMessage {
  return retained(topic, MIGRATION);
}

/** What the broker must not keep any longer, until it has let it go: it may be away, and Node-RED may be stopped. */
export class StaleTopics {
  /** Whether its entities move to another configuration, by topic. */
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

  /** The broker has let these topics go, or something else belongs there now. */
  drop(topics: Iterable<string>): void {
    for (const topic of topics) this.#topics.delete(topic);
  }

  /** Tells of moves once more: to be sent before the configurations to which the entities move. */
  migrations(): MqttMessage[] {
    return [...this.#topics].flatMap(([topic, migrates]) => (migrates ? migrating(topic) : []));
  }

  /** Takes all away from the broker. What `isHeld` by another node belongs to that one. */
  clearances(isHeld: (topic: string) => boolean): MqttMessage[] {
    this.drop([...this.#topics.keys()].filter(isHeld));
    return [...this.#topics.keys()].map(emptied);
  }
}
