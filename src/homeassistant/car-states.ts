import type { Clock } from "../support/clock.js";
import type { MqttMessage } from "./mqtt-message.js";

type Payload = MqttMessage["payload"];

interface CarState {
  readonly payload: Payload;
  /** What counts as a change: the payload without the time of the value. */
  readonly content: Payload;
}

/**
 * Holds the last state of each topic of one car since the start, and which of them wait to be sent. A state that says
 * nothing new is not sent again for a while: each one with a later time is a row in Home Assistant's database.
 */
export class CarStates {
  readonly #last = new Map<string, CarState>();
  readonly #sent = new Map<string, { readonly content: Payload; readonly at: number }>();
  readonly #waiting = new Set<string>();
  /** Topics whose states wait until Home Assistant knows their words. */
  readonly #held = new Set<string>();

  /** @param repeatMs time within which an unchanged state is not sent again [ms] */
  constructor(
    private readonly clock: Clock,
    private readonly repeatMs: number,
  ) {}

  get(topic: string): Payload | undefined {
    return this.#last.get(topic)?.payload;
  }

  /** Sets a state, which waits to be sent unless it says nothing new. */
  set(topic: string, payload: Payload, content = payload): void {
    this.#last.set(topic, { payload, content });
    if (this.#isRepeated(topic, content)) this.#waiting.delete(topic);
    else this.#waiting.add(topic);
  }

  /** Holds back the states of topics. */
  hold(topics: readonly string[]): void {
    for (const topic of topics) this.#held.add(topic);
  }

  /** Returns whether states are held back. */
  get isHolding(): boolean {
    return this.#held.size > 0;
  }

  /** Holds back none any longer; returns the topics. */
  release(): string[] {
    const held = [...this.#held];
    this.#held.clear();
    return held;
  }

  delete(topic: string): void {
    this.#held.delete(topic);
    this.#last.delete(topic);
    this.#sent.delete(topic);
    this.#waiting.delete(topic);
  }

  /** Lets states wait to be sent again: the broker does not have them. */
  repeat(isLost: (topic: string) => boolean): void {
    for (const topic of this.#last.keys()) {
      if (!isLost(topic)) continue;
      this.#sent.delete(topic);
      this.#waiting.add(topic);
    }
  }

  /** Lets none wait any longer but those that are held back. */
  dropWaiting(): void {
    for (const topic of this.#waiting) if (!this.#held.has(topic)) this.#waiting.delete(topic);
  }

  /** Returns the waiting states that are `ready`, by topic; they count as sent. */
  take(isReady: (topic: string) => boolean): [topic: string, payload: Payload][] {
    const at = this.clock.now();
    const ready = [...this.#waiting].filter((topic) => !this.#held.has(topic) && isReady(topic));
    return ready.flatMap((topic) => {
      this.#waiting.delete(topic);
      const state = this.#last.get(topic);
      if (state === undefined) return [];
      this.#sent.set(topic, { content: state.content, at });
      return [[topic, state.payload]];
    });
  }

  #isRepeated(topic: string, content: Payload): boolean {
    const sent = this.#sent.get(topic);
    if (sent === undefined || !isEqual(sent.content, content)) return false;
    const age = this.clock.now() - sent.at;
    // A clock that was set back must not silence it.
    return age >= 0 && age < this.repeatMs;
  }
}

function isEqual(one: Payload, other: Payload): boolean {
  return Buffer.isBuffer(one) && Buffer.isBuffer(other) ? one.equals(other) : one === other;
}
