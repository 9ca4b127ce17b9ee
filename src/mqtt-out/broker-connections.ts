import type { Clock } from "../support/clock.js";

/**
 * Limits the time after sending in which a disconnect counts as caused by it [ms]: a broker that refuses a packet
 * disconnects as soon as it has read the header.
 */
export const CUT_WITHIN_MS = 5000;
const FIRST_BACKOFF_MS = 5000;
const LONGEST_BACKOFF_MS = 10 * 60_000;
const GOOD_AFTER_MS = 60_000;
/** Least time between the beginnings of two full resends [ms]: each one makes it harder for a broker that is busy. */
const RESEND_AT_MOST_EVERY_MS = 60_000;

interface BrokerConnection {
  readonly isUp: boolean;
  /** Number of consecutive disconnects right after something was sent. */
  readonly cuts: number;
  /** Time from which the sent messages are proven harmless [ms]. */
  readonly goodAt: number;
}

/** Tracks the broker connections of the user's `mqtt out` nodes, as reported by core status nodes. */
export class BrokerConnections {
  readonly #connections = new Map<string, BrokerConnection>();
  #sentAt = -Infinity;
  #resentAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Returns whether all brokers are connected; `null` if unknown. */
  get isUp(): boolean | null {
    const known = [...this.#connections.values()];
    return known.length === 0 ? null : known.every(({ isUp }) => isUp);
  }

  /** Returns whether at least one broker is known to be connected. */
  get isAnyUp(): boolean {
    return [...this.#connections.values()].some(({ isUp }) => isUp);
  }

  /** Records that something was sent to the `mqtt out` nodes. */
  markSent(): void {
    this.#sentAt = this.clock.now();
  }

  /** Records that everything is sent again; to no broker it does not count. */
  markResent(): void {
    if (this.isAnyUp) this.#resentAt = this.clock.now();
  }

  /** Returns for how long everything may not be sent again, because it was a moment ago [ms]. */
  get resendPause(): number {
    const age = this.clock.now() - this.#resentAt;
    return age < 0 ? 0 : Math.max(0, RESEND_AT_MOST_EVERY_MS - age);
  }

  /** Records a connection; returns how long nothing may be repeated [ms]: it may have caused a disconnect. */
  connected(node: string): number {
    const now = this.clock.now();
    const cuts = this.#connections.get(node)?.cuts ?? 0;
    const backoff = cuts === 0 ? 0 : Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (cuts - 1));
    const wait = Math.max(backoff, this.resendPause);
    this.#connections.set(node, { isUp: true, cuts, goodAt: now + wait + GOOD_AFTER_MS });
    return wait;
  }

  /** Records a disconnect; returns whether it came right after something was sent. */
  disconnected(node: string): boolean {
    const before = this.#connections.get(node);
    // The status is reported several times while the broker is away.
    if (before?.isUp !== true) {
      this.#connections.set(node, { isUp: false, cuts: before?.cuts ?? 0, goodAt: 0 });
      return false;
    }
    const now = this.clock.now();
    const isCut = now - this.#sentAt <= CUT_WITHIN_MS;
    const cuts = now >= before.goodAt ? 0 : before.cuts;
    this.#connections.set(node, { isUp: false, cuts: isCut ? cuts + 1 : 0, goodAt: 0 });
    return isCut;
  }
}
