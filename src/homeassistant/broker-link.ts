import type { Clock } from "../support/clock.js";

/** A broker that refuses a packet cuts the connection as soon as it has read the packet's header. */
export const CUT_WITHIN_MS = 5000;
const FIRST_BACKOFF_MS = 5000;
const LONGEST_BACKOFF_MS = 10 * 60_000;
const GOOD_AFTER_MS = 60_000;

interface Connection {
  readonly isUp: boolean;
  /** How often in a row it was cut right after something was sent. */
  readonly cuts: number;
  /** When it has lasted so long that what was sent did it no harm, ms. */
  readonly goodAt: number;
}

/** What core status nodes tell of the connections of the user's `mqtt out` nodes, by node. */
export class BrokerLink {
  readonly #connections = new Map<string, Connection>();
  #sentAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Whether all brokers are connected; `null`: nobody has told. */
  get isUp(): boolean | null {
    const known = [...this.#connections.values()];
    return known.length === 0 ? null : known.every(({ isUp }) => isUp);
  }

  /** Something was handed over to the `mqtt out` nodes. */
  sent(): void {
    this.#sentAt = this.clock.now();
  }

  /** Returns how long nothing is to be repeated that may have caused a cut, in ms. */
  connected(node: string): number {
    const now = this.clock.now();
    const cuts = this.#connections.get(node)?.cuts ?? 0;
    const backoff = cuts === 0 ? 0 : Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (cuts - 1));
    this.#connections.set(node, { isUp: true, cuts, goodAt: now + backoff + GOOD_AFTER_MS });
    return backoff;
  }

  /** Returns whether the connection was cut right after something was sent. */
  away(node: string): boolean {
    const before = this.#connections.get(node);
    // The broker's state is told several times while it is away.
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
