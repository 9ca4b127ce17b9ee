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

  delete(topic: string): void {
    this.#last.delete(topic);
    this.#sent.delete(topic);
    this.#waiting.delete(topic);
  }

  /** Lets states wait to be sent again: the broker does not have them. */
  repeat(isLost: (topic: string) => boolean): void {
    for (const topic of this.#last.keys()) if (isLost(topic)) this.#waiting.add(topic);
  }

  /** Lets none wait any longer. */
  dropWaiting(): void {
    this.#waiting.clear();
  }

  /** Returns the waiting states that are `ready`, by topic; they count as sent. */
  take(isReady: (topic: string) => boolean): [topic: string, payload: Payload][] {
    const at = this.clock.now();
    return [...this.#waiting].filter(isReady).flatMap((topic) => {
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
