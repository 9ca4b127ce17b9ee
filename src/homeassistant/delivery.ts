import type { Cancel, Clock } from "../support/clock.js";
import type { Problem } from "../support/errors.js";
import type { Random } from "../support/random.js";
import { BrokerLink } from "./broker-link.js";
import type { MqttMessage } from "./mqtt-message.js";
import { Outbox } from "./outbox.js";
import { StaleTopics } from "./stale-topics.js";

export interface DeliveryDoors {
  readonly clock: Clock;
  readonly random: Random;
  /** Bytes. */
  readonly maxPacketSize: number;
  /** In this order. */
  readonly send: (messages: readonly MqttMessage[]) => void;
  readonly warn: (problem: Problem) => void;
  /** Whether another node at work keeps something at a topic. */
  readonly isHeld: (topic: string) => boolean;
  /** Publishes everything again. */
  readonly resend: () => void;
  /** The broker has let go what was stale. */
  readonly onCleared: () => void;
}

/** Home Assistant asks for some time and chance after its start. */
const BIRTH_FROM_MS = 1000;
const BIRTH_TO_MS = 5000;
/** What was handed over to a connection that lasts so long has arrived. */
const ARRIVED_AFTER_MS = 10_000;

/** The way to the user's broker: what may go out and when, what is sent again, and what is still to be taken away there. */
export class Delivery {
  readonly stale = new StaleTopics();
  readonly #link: BrokerLink;
  readonly #outbox: Outbox;
  #planned: Cancel | null = null;
  /** Whether the plan follows a cut, which nothing but the user may shorten. */
  #isHeldBack = false;
  #clearing: Cancel | null = null;
  #arrival: Cancel | null = null;

  constructor(private readonly doors: DeliveryDoors) {
    const { clock, maxPacketSize, send, warn } = doors;
    this.#link = new BrokerLink(clock);
    this.#outbox = new Outbox({
      clock,
      maxPacketSize,
      warn,
      send: (messages) => {
        this.#link.sent();
        send(messages);
      },
    });
  }

  /** Whether something is too large and left out at the moment. */
  get leavesOut(): boolean {
    return this.#outbox.leavesOut;
  }

  fits(message: Pick<MqttMessage, "topic" | "payload">): boolean {
    return this.#outbox.fits(message);
  }

  /** Whether a message is not too large; what is, is named once. */
  accepts(message: Pick<MqttMessage, "topic" | "payload">): boolean {
    return this.#outbox.accepts(message);
  }

  /** Nobody misses any longer what is left out under topics that begin so. */
  forget(beginning: string): void {
    this.#outbox.forget(beginning);
  }

  publish(messages: readonly MqttMessage[]): void {
    if (messages.length === 0) return;
    this.#outbox.publish(messages);
    if (this.#link.isUp === true && !this.#isHeldBack) this.#awaitArrival();
  }

  /** An `mqtt out` node has found its broker, which may have missed everything. */
  connected(node: string): void {
    const backoff = this.#link.connected(node);
    if (backoff === 0) this.resend();
    else this.#plan(backoff, true);
  }

  /** An `mqtt out` node is without its broker. */
  away(node: string): void {
    this.#outbox.away(this.#link.away(node));
    this.#stopAwaiting();
    this.#stopPlan();
  }

  /** Home Assistant has started. */
  birth(): void {
    if (this.#isHeldBack) return;
    this.#plan(BIRTH_FROM_MS + this.doors.random.fraction() * (BIRTH_TO_MS - BIRTH_FROM_MS), false);
  }

  /** Sends again what `run` publishes, by default everything, now; with it what the broker may not have let go. */
  resend(run = this.doors.resend): void {
    this.#stopPlan();
    // Entities must have moved before they are announced anew.
    this.publish(this.stale.migrations());
    run();
    this.clear();
    this.#outbox.drain();
  }

  /** Takes away what is stale at the broker. */
  clear(): void {
    this.publish(this.stale.clearances(this.doors.isHeld));
  }

  /** Does so once in `ms` milliseconds, for a broker of which nobody tells. */
  clearAfter(ms: number): void {
    if (this.stale.isEmpty) return;
    this.#clearing = this.doors.clock.after(ms, () => {
      this.publish(this.stale.migrations());
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
    this.#planned = this.doors.clock.after(wait, () => {
      this.resend();
      // Home Assistant has spoken through the broker, so the broker is there unless it is known to be away.
      if (this.#link.isUp !== false) this.#awaitArrival();
    });
  }

  #stopPlan(): void {
    this.#planned?.();
    this.#planned = null;
    this.#isHeldBack = false;
  }

  /** All that is stale was sent to a broker that is there. */
  #awaitArrival(): void {
    if (this.stale.isEmpty) return;
    const sent = this.stale.saved.map(({ topic }) => topic);
    this.#arrival ??= this.doors.clock.after(ARRIVED_AFTER_MS, () => {
      this.#arrival = null;
      this.stale.drop(sent);
      this.doors.onCleared();
    });
  }

  #stopAwaiting(): void {
    this.#arrival?.();
    this.#arrival = null;
  }
}
