import type { Cancel, Clock } from "../support/clock.js";
import type { Problem } from "../support/errors.js";
import type { Random } from "../support/random.js";
import { BrokerConnections } from "../mqtt-out/broker-connections.js";
import type { SendBudget } from "../mqtt-out/portions.js";
import type { MqttMessage } from "./mqtt-message.js";
import { Outbox } from "./outbox.js";
import { StaleTopics } from "./stale-topics.js";

export interface BrokerDeliveryDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: SendBudget;
  /** Maximum size of a message [bytes]. */
  readonly maxPacketSize: number;
  /** In this order. */
  readonly send: (messages: readonly MqttMessage[]) => void;
  readonly warn: (problem: Problem) => void;
  /** Whether another node at work keeps something at a topic. */
  readonly isHeld: (topic: string) => boolean;
  /** Publishes everything again. */
  readonly resend: () => void;
  /** Called when the stale topics are cleared. */
  readonly onCleared: () => void;
}

/** Waits a random time after the start of Home Assistant, as it recommends [ms]. */
const BIRTH_FROM_MS = 1000;
const BIRTH_TO_MS = 5000;
/** Assumes messages as delivered once the connection has lasted this long [ms]. */
const ARRIVED_AFTER_MS = 10_000;
/**
 * Gives Home Assistant this time to unload entities that move [ms]: of a device's configuration it drops all further
 * components as soon as it is still busy with one.
 */
const UNLOADED_AFTER_MS = 10_000;

/**
 * Delivers messages to the user's broker: decides what may be sent and when, repeats what may be lost, and clears stale
 * topics.
 */
export class BrokerDelivery {
  readonly stale: StaleTopics;
  readonly #connections: BrokerConnections;
  readonly #outbox: Outbox;
  #planned: Cancel | null = null;
  /** Whether the plan follows a disconnect, which only the user may shorten. */
  #isHeldBack = false;
  #clearing: Cancel | null = null;
  #arrival: Cancel | null = null;
  /** Time at which entities were moved last [ms]. */
  #movedAt = -Infinity;

  constructor(private readonly dependencies: BrokerDeliveryDependencies) {
    const { clock, budget, maxPacketSize, send, warn } = dependencies;
    this.stale = new StaleTopics(clock);
    this.#connections = new BrokerConnections(clock);
    this.#outbox = new Outbox({
      clock,
      budget,
      isPaced: () => this.#connections.isUp !== null,
      maxPacketSize,
      warn,
      send: (messages) => {
        this.#connections.markSent();
        send(messages);
      },
    });
  }

  /** Returns whether something is currently omitted because it is too large. */
  get leavesOut(): boolean {
    return this.#outbox.leavesOut;
  }

  fits(message: Pick<MqttMessage, "topic" | "payload">): boolean {
    return this.#outbox.fits(message);
  }

  /** Returns whether a message is small enough; warns once about one that is not. */
  accepts(message: Pick<MqttMessage, "topic" | "payload">): boolean {
    return this.#outbox.accepts(message);
  }

  /** Forgets omitted messages under topics with this prefix. */
  forget(beginning: string): void {
    this.#outbox.forget(beginning);
  }

  publish(messages: readonly MqttMessage[]): void {
    if (messages.length === 0) return;
    this.#outbox.publish(messages);
    if (this.#connections.isUp === true && !this.#isHeldBack) this.#awaitArrival();
  }

  /** Handles the connection of an `mqtt out` node, whose broker may have missed everything. */
  connected(node: string): void {
    const backoff = this.#connections.connected(node);
    this.stale.repeat();
    if (backoff === 0) this.resend();
    else this.#plan(backoff, true);
  }

  /** Handles the disconnect of an `mqtt out` node. */
  disconnected(node: string): void {
    this.#outbox.disconnected(this.#connections.disconnected(node));
    this.#stopAwaiting();
    this.#stopPlan();
  }

  /** Handles the start of Home Assistant. */
  onBirth(): void {
    if (this.#isHeldBack) return;
    const wait = BIRTH_FROM_MS + this.dependencies.random.fraction() * (BIRTH_TO_MS - BIRTH_FROM_MS);
    this.#plan(Math.max(wait, this.#connections.resendPause), false);
  }

  /** Publishes again now, by default everything, together with what the broker may not have cleared. */
  resend(run = this.dependencies.resend): void {
    this.#stopPlan();
    this.#connections.markResent();
    // Nothing tells whether the broker was there before.
    if (this.#connections.isUp === null) this.stale.repeat();
    this.move();
    run();
    this.clear();
    this.#outbox.drain();
  }

  /**
   * Moves entities away from their former configurations; returns whether Home Assistant still needs time for it, before
   * anything is announced.
   */
  move(): boolean {
    const { clock, isHeld } = this.dependencies;
    const moves = this.stale.moves(isHeld);
    if (moves.length > 0) this.#movedAt = clock.now();
    this.publish(moves);
    const age = clock.now() - this.#movedAt;
    return age >= 0 && age < UNLOADED_AFTER_MS;
  }

  /** Clears the stale topics at the broker. */
  clear(): void {
    this.publish(this.stale.clearances(this.dependencies.isHeld));
  }

  /** Clears them once after `ms` [ms], for a broker whose status is unknown. */
  clearAfter(ms: number): void {
    this.#clearing = this.dependencies.clock.after(ms, () => {
      this.move();
      this.clear();
    });
  }

  close(): void {
    this.#stopPlan();
    this.#clearing?.();
    this.#stopAwaiting();
    this.#outbox.close();
  }

  #plan(wait: number, isHeldBack: boolean): void {
    this.#stopPlan();
    this.#isHeldBack = isHeldBack;
    this.#planned = this.dependencies.clock.after(wait, () => {
      this.resend();
      // Home Assistant's message came through the broker, so it is connected unless known otherwise.
      if (this.#connections.isUp !== false) this.#awaitArrival();
    });
  }

  #stopPlan(): void {
    this.#planned?.();
    this.#planned = null;
    this.#isHeldBack = false;
  }

  /** Waits until everything that was cleared has reached a connected broker. */
  #awaitArrival(): void {
    if (!this.stale.isUnderWay) return;
    this.#arrival ??= this.dependencies.clock.after(ARRIVED_AFTER_MS, () => {
      this.#arrival = null;
      this.stale.dropArrived(ARRIVED_AFTER_MS);
      this.dependencies.onCleared();
      this.#awaitArrival();
    });
  }

  #stopAwaiting(): void {
    this.#arrival?.();
    this.#arrival = null;
  }
}
