import type { Cancel, Clock } from "../support/clock.js";

/**
 * Sends this many messages at once, then pauses: HiveMQ takes ten unanswered messages of MQTT 5 (its receive maximum), of
 * which MQTT.js knows nothing, and disconnects at the next one. Half of them, because others use the connection as well.
 */
const PORTION = 5;
/** Waits so long for the broker's answers [ms]. */
const PAUSE_MS = 25;
/**
 * Portions in which everything that has just come about and waits would be sent (five seconds): where more than 200 messages
 * a second come for longer, portions grow, because a queue that grows for ever reaches nobody.
 */
const LIVE_PORTIONS = 200;

/** Counts the messages that may be sent before the next pause, for all who share connections to brokers. */
export class SendBudget {
  #used = 0;
  #usedAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Returns whether a message may be sent now, of a portion of this size; counts it. */
  take(portion = PORTION): boolean {
    const now = this.clock.now();
    // A clock that was set back must not stop everything.
    if (now - this.#usedAt >= PAUSE_MS || now < this.#usedAt) this.#used = 0;
    if (this.#used >= portion) return false;
    this.#used++;
    this.#usedAt = now;
    return true;
  }

  /** Time until a whole portion may be sent [ms]. */
  get pause(): number {
    const age = this.clock.now() - this.#usedAt;
    return age >= 0 && age < PAUSE_MS ? PAUSE_MS - age : 0;
  }
}

/**
 * How a message stands to others of its topic: a `state` takes the place of a waiting state, and may lose its own to a
 * later one; `news` take the place of a state, and keep it; what is `ordered` lets nothing after it take the place of
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

/** The place of a waiting message, which a later one may take. */
interface Place<Message> {
  message: Message;
  /** Whether the message has just come about. */
  isLive: boolean;
}

/**
 * Sends messages in their order, in portions with pauses. A later one takes the place of a waiting one, not the last: what
 * changes all the time would never be sent otherwise.
 */
export class Portions<Message extends { readonly topic: string }> {
  /** In the order in which they are sent. */
  readonly #waiting = new Set<Place<Message>>();
  /** Places that may be taken, by topic. */
  readonly #overtakable = new Map<string, Place<Message>>();
  /** How many of the waiting messages have just come about. */
  #live = 0;
  #next: Cancel | null = null;
  #isClosed = false;

  constructor(
    private readonly clock: Clock,
    private readonly options: PortionsOptions<Message>,
  ) {}

  send(messages: readonly Message[]): void {
    this.#send(messages, false);
  }

  /** Sends what has just come about: at once, unless it is a burst or one is under way. */
  pass(messages: readonly Message[]): void {
    const isFew = this.#waiting.size === 0 && messages.length <= PORTION;
    if (isFew && messages.length > 0 && !this.#isClosed) this.options.send(messages);
    else this.#send(messages, true);
  }

  /** Sends nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#next?.();
    this.#next = null;
    this.#waiting.clear();
    this.#overtakable.clear();
  }

  #send(messages: readonly Message[], isLive: boolean): void {
    if (messages.length === 0 || this.#isClosed) return;
    if (this.#waiting.size === 0 && !this.options.isPaced()) {
      this.options.send(messages);
      return;
    }
    for (const message of messages) this.#add(message, isLive);
    if (this.#next === null) this.#sendPortion();
  }

  #add(message: Message, isLive: boolean): void {
    const standing = this.options.standingOf(message);
    if (standing === "ordered") this.#overtakable.clear();
    const place = this.#placeOf(message, standing);
    if (isLive && !place.isLive) this.#live++;
    place.isLive ||= isLive;
    if (standing === "state") this.#overtakable.set(message.topic, place);
    else if (standing === "news") this.#overtakable.delete(message.topic);
  }

  /** Returns the place of a message: that of the one it overtakes, else the last. */
  #placeOf(message: Message, standing: Standing): Place<Message> {
    const taken = standing === "state" || standing === "news" ? this.#overtakable.get(message.topic) : undefined;
    if (taken !== undefined) taken.message = message;
    const place = taken ?? { message, isLive: false };
    this.#waiting.add(place);
    return place;
  }

  #sendPortion(): void {
    const { budget } = this.options;
    const most = Math.max(PORTION, Math.ceil(this.#live / LIVE_PORTIONS));
    const portion: Message[] = [];
    for (const place of this.#waiting) {
      if (!budget.take(most)) break;
      portion.push(this.#takeOut(place));
    }
    this.#next = null;
    // Who had a turn waits a moment longer than who had none.
    if (this.#waiting.size > 0) this.#plan(portion.length > 0 ? PAUSE_MS + 1 : Math.max(1, budget.pause));
    if (portion.length > 0) this.options.send(portion);
  }

  #takeOut(place: Place<Message>): Message {
    const { message, isLive } = place;
    this.#waiting.delete(place);
    if (this.#overtakable.get(message.topic) === place) this.#overtakable.delete(message.topic);
    if (isLive) this.#live--;
    return message;
  }

  #plan(wait: number): void {
    this.#next = this.clock.after(wait, () => {
      this.#sendPortion();
    });
  }
}
