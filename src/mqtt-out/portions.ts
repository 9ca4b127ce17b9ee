import type { Cancel, Clock } from "../support/clock.js";

/**
 * Sends this many messages at once, then pauses: HiveMQ takes ten unanswered messages of MQTT 5 (its receive maximum), of
 * which MQTT.js knows nothing, and disconnects at the next one. Half of them, because others use the connection as well.
 */
const PORTION = 5;
/** Waits so long for the broker's answers [ms]. */
const PAUSE_MS = 25;

/** Counts the messages that may be sent before the next pause, for all who share connections to brokers. */
export class SendBudget {
  #used = 0;
  #usedAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Returns whether a message may be sent now; counts it. */
  take(): boolean {
    const now = this.clock.now();
    // A clock that was set back must not stop everything.
    if (now - this.#usedAt >= PAUSE_MS || now < this.#usedAt) this.#used = 0;
    if (this.#used >= PORTION) return false;
    this.#used++;
    this.#usedAt = now;
    return true;
  }
}

/**
 * How a message stands to others of its topic: a `state` takes the place of a waiting state, and may lose its own to a
 * later one; `news` take the place of a state and keep theirs; what is `ordered` lets nothing after it take the place of
 * anything before it; what is `single` goes by itself.
 */
export type Standing = "state" | "news" | "ordered" | "single";

export interface PortionsOptions<Message> {
  readonly budget: SendBudget;
  /** Whether an `mqtt out` node is known to get the messages; nothing waits otherwise. */
  readonly isPaced: () => boolean;
  readonly standingOf: (message: Message) => Standing;
  readonly send: (messages: readonly Message[]) => void;
}

/** Sends messages in their order, in portions with pauses; a waiting one that is overtaken by its successor is dropped. */
export class Portions<Message extends { readonly topic: string }> {
  /** In the order in which they are sent. */
  readonly #waiting = new Set<Message>();
  /** Waiting messages that may be overtaken, by topic. */
  readonly #overtakable = new Map<string, Message>();
  #next: Cancel | null = null;
  #isClosed = false;

  constructor(
    private readonly clock: Clock,
    private readonly options: PortionsOptions<Message>,
  ) {}

  send(messages: readonly Message[]): void {
    if (messages.length === 0 || this.#isClosed) return;
    if (this.#waiting.size === 0 && !this.options.isPaced()) {
      this.options.send(messages);
      return;
    }
    for (const message of messages) this.#add(message);
    if (this.#next === null) this.#sendPortion();
  }

  /** Sends what has just come about: at once, unless it is a burst or one is under way. */
  pass(messages: readonly Message[]): void {
    const isFew = this.#waiting.size === 0 && messages.length <= PORTION;
    if (isFew && messages.length > 0) this.options.send(messages);
    else this.send(messages);
  }

  /** Sends nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#next?.();
    this.#next = null;
    this.#waiting.clear();
    this.#overtakable.clear();
  }

  #add(message: Message): void {
    const standing = this.options.standingOf(message);
    if (standing === "ordered") this.#overtakable.clear();
    if (standing === "state" || standing === "news") this.#drop(message.topic);
    if (standing === "state") this.#overtakable.set(message.topic, message);
    this.#waiting.add(message);
  }

  #drop(topic: string): void {
    const overtaken = this.#overtakable.get(topic);
    if (overtaken === undefined) return;
    this.#waiting.delete(overtaken);
    this.#overtakable.delete(topic);
  }

  #sendPortion(): void {
    this.#next = null;
    const portion: Message[] = [];
    for (const message of this.#waiting) {
      if (!this.options.budget.take()) break;
      this.#waiting.delete(message);
      if (this.#overtakable.get(message.topic) === message) this.#overtakable.delete(message.topic);
      portion.push(message);
    }
    if (this.#waiting.size > 0)
      this.#next = this.clock.after(PAUSE_MS, () => {
        this.#sendPortion();
      });
    if (portion.length > 0) this.options.send(portion);
  }
}
