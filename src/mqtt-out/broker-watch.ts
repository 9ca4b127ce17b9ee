import type { Cancel, Clock } from "../support/clock.js";
import { isObject, nonEmptyText } from "../support/json.js";
import { BrokerConnections } from "./broker-connections.js";
import { parseBrokerStatus } from "./broker-status.js";

/** Lists the members by which a message asks for something, whatever else it carries. */
const REQUESTS = ["command", "operation"];
/** Waits for further `mqtt out` nodes of the same broker, which connect together [ms]. */
const TOGETHER_MS = 100;

/**
 * Sends everything again when a broker has come back: core's `mqtt out` drops what comes before its broker has answered,
 * and a broker may have lost what it retained.
 */
export class BrokerWatch {
  readonly #connections: BrokerConnections;
  #planned: Cancel | null = null;
  #dueAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly resend: () => void,
  ) {
    this.#connections = new BrokerConnections(clock);
  }

  /** Whether an `mqtt out` node has reported its connection, so that the messages are for a broker. */
  get isUsed(): boolean {
    return this.#connections.isUp !== null;
  }

  /** Handles an input message if it reports the connection of an `mqtt out` node; returns whether it does. */
  handle(message: unknown): boolean {
    const status = isRequest(message) ? null : parseBrokerStatus(message);
    if (status?.kind !== "broker") return false;
    if (status.isConnected) this.#plan(Math.max(TOGETHER_MS, this.#connections.connected(status.node)));
    else {
      this.#connections.disconnected(status.node);
      // Nobody is there to get it; the next connection plans anew.
      if (!this.#connections.isAnyUp) this.close();
    }
    return true;
  }

  close(): void {
    this.#planned?.();
    this.#planned = null;
  }

  #plan(wait: number): void {
    const { clock } = this;
    const before = this.#planned === null ? 0 : this.#dueAt;
    this.#planned?.();
    this.#dueAt = Math.max(before, clock.now() + wait);
    this.#planned = clock.after(this.#dueAt - clock.now(), () => {
      this.#planned = null;
      this.#connections.markSent();
      this.#connections.markResent();
      this.resend();
    });
  }
}

function isRequest(message: unknown): boolean {
  return isObject(message) && REQUESTS.some((member) => nonEmptyText(message[member]) !== null);
}
