import type { Cancel, Clock } from "../support/clock.js";
import { newProblem, type Problem } from "../support/errors.js";
import { CUT_WITHIN_MS } from "../mqtt-out/broker-connections.js";
import { Portions, type PortionsOptions, type SendBudget, type Standing } from "../mqtt-out/portions.js";
import { isConfigTopic } from "./discovery-location.js";
import { packetSizeOf, type MqttMessage } from "./mqtt-message.js";

export interface OutboxDependencies extends Pick<PortionsOptions<MqttMessage>, "isPaced"> {
  readonly clock: Clock;
  readonly budget: SendBudget;
  /** Bytes. */
  readonly maxPacketSize: number;
  /** In this order. */
  readonly send: (messages: readonly MqttMessage[]) => void;
  readonly warn: (problem: Problem) => void;
}

type SizeProblem = "ha_message_too_large" | "ha_connection_cut" | "ha_device_cut" | "ha_message_refused";

/**
 * Treats larger packets as possibly refused [bytes]: the smallest limit that was met is Moquette's, 8092 bytes. `mqtt out`
 * keeps a message of QoS 1 until the broker has it, and repeats it first on each new connection: one that makes the broker
 * disconnect would do so forever, for all nodes of that broker. One of QoS 0 does so once.
 */
const LARGE_BYTES = 8000;
/** Omits a message after this many disconnects; a single one may be coincidence. */
const MAX_STRIKES = 2;

/**
 * Sends messages within the size that the user allows and the broker accepts. After a disconnect sends large messages
 * one by one, smallest first, so that the cause shows.
 */
export class Outbox {
  #maxPacketSize: number;
  readonly #portions: Portions<MqttMessage>;
  /** Topics of messages that are too large; the user was warned. */
  readonly #leftOut = new Set<string>();
  /** Time at which each large message was sent [ms], by topic. */
  readonly #recent = new Map<string, { readonly size: number; readonly at: number }>();
  /** Large messages that wait, by topic; `null`: no waiting. */
  #waiting: Map<string, MqttMessage> | null = null;
  #next: Cancel | null = null;
  #hasRecommended = false;
  /** Number of disconnects of which a topic was the only possible cause. */
  readonly #strikes = new Map<string, number>();

  constructor(private readonly dependencies: OutboxDependencies) {
    this.#maxPacketSize = dependencies.maxPacketSize;
    this.#portions = new Portions(dependencies.clock, {
      ...dependencies,
      standingOf,
      send: (messages) => {
        this.#sendNow(messages);
      },
    });
  }

  /** Returns whether something is currently omitted. */
  get leavesOut(): boolean {
    return this.#leftOut.size > 0;
  }

  fits(message: Pick<MqttMessage, "topic" | "payload">): boolean {
    return packetSizeOf(message) <= this.#maxPacketSize;
  }

  /** Sends messages that are small enough; omits the rest and warns once. */
  publish(messages: readonly MqttMessage[]): void {
    const fitting = messages.filter((message) => this.accepts(message));
    const waiting = this.#waiting;
    const isHeld = (message: MqttMessage) => waiting !== null && isLarge(message);
    for (const message of fitting.filter(isHeld)) waiting?.set(message.topic, message);
    this.#portions.send(fitting.filter((message) => !isHeld(message)));
  }

  /** Whether a message is not too large; what is, is named once. */
  accepts(message: Pick<MqttMessage, "topic" | "payload">): boolean {
    const { topic, payload } = message;
    const fits = this.fits(message);
    // A cleared message may be the one that was too large.
    if (fits && payload.length > 0) this.#leftOut.delete(topic);
    if (!fits && !this.#leftOut.has(topic)) this.#warn("ha_message_too_large", topic, packetSizeOf(message));
    if (!fits) this.#leftOut.add(topic);
    return fits;
  }

  /** Forgets omitted messages under topics with this prefix. */
  forget(beginning: string): void {
    for (const topic of this.#leftOut) if (topic.startsWith(beginning)) this.#leftOut.delete(topic);
  }

  /** Sends everything that waits, after all was repeated following a disconnect. */
  drain(): void {
    if (this.#waiting !== null) this.#planNext();
  }

  /** Handles a disconnect, after which waiting messages would be lost; `isCut`: right after something was sent. */
  disconnected(isCut: boolean): void {
    this.#next?.();
    this.#next = null;
    this.#waiting?.clear();
    const since = this.dependencies.clock.now() - CUT_WITHIN_MS;
    const suspects = [...this.#recent].filter(([, { at }]) => at >= since);
    this.#recent.clear();
    if (!isCut || suspects.length === 0) return;
    this.#waiting ??= new Map();
    const car = suspects.find(([topic]) => isConfigTopic(topic));
    if (car !== undefined) this.#recommendEntities(...car);
    const [[topic, { size }] = ["", { size: 0 }], ...others] = suspects;
    if (others.length === 0) this.#strike(topic, size);
  }

  close(): void {
    this.#next?.();
    this.#waiting = null;
    this.#portions.close();
  }

  /** Says once that a small broker is better served by one message for each entity. */
  #recommendEntities(topic: string, { size }: { readonly size: number }): void {
    if (this.#hasRecommended) return;
    this.#hasRecommended = true;
    this.#warn("ha_device_cut", topic, size);
  }

  #strike(topic: string, size: number): void {
    const strikes = (this.#strikes.get(topic) ?? 0) + 1;
    this.#strikes.set(topic, strikes);
    if (strikes < MAX_STRIKES) {
      // Of a whole car it is said already.
      if (!isConfigTopic(topic)) this.#warn("ha_connection_cut", topic, size);
      return;
    }
    this.#strikes.clear();
    this.#maxPacketSize = size - 1;
    this.#leftOut.add(topic);
    this.#warn("ha_message_refused", topic, size);
  }

  /** Sends the waiting messages one by one, each with enough time to see its effect. */
  #planNext(): void {
    this.#next ??= this.dependencies.clock.after(CUT_WITHIN_MS, () => {
      this.#next = null;
      const next = smallestOf(this.#waiting?.values() ?? []);
      if (next === null) {
        // All of them were accepted.
        this.#waiting = null;
        this.#strikes.clear();
        return;
      }
      this.#waiting?.delete(next.topic);
      this.#portions.send([next]);
      this.#planNext();
    });
  }

  #sendNow(messages: readonly MqttMessage[]): void {
    const at = this.dependencies.clock.now();
    const ready = messages.map((message) => {
      if (!isLarge(message)) return message;
      this.#recent.set(message.topic, { size: packetSizeOf(message), at });
      return { ...message, qos: 0 as const };
    });
    this.dependencies.send(ready);
  }

  #warn(code: SizeProblem, topic: string, size: number): void {
    this.dependencies.warn(newProblem(code, { topic, size, limit: this.#maxPacketSize }));
  }
}

/**
 * A state may be overtaken by a later one, unless a configuration stands between them, which Home Assistant has to get with
 * the state of its time; what happens once never is.
 */
function standingOf({ topic, retain }: MqttMessage): Standing {
  if (!retain) return "single";
  return isConfigTopic(topic) ? "ordered" : "state";
}

function isLarge(message: MqttMessage): boolean {
  return packetSizeOf(message) > LARGE_BYTES;
}

function smallestOf(messages: Iterable<MqttMessage>): MqttMessage | null {
  const [smallest = null] = [...messages].sort((one, other) => packetSizeOf(one) - packetSizeOf(other));
  return smallest;
}
