import type { AccountContext } from "../context/account-context.js";
import type { Cancel } from "../support/clock.js";
import type { Problem } from "../support/errors.js";
import { StreamSession, type StreamCredentials, type StreamState } from "./stream-session.js";
import { StreamWatchdog, type StreamWatchdogListener } from "./stream-watchdog.js";
import type { OpenStream } from "./transport.js";

/** Connects the stream with the account. */
export interface StreamManagerOptions extends Pick<StreamWatchdogListener, "onConnected" | "onDisconnected"> {
  readonly login: StreamCredentials;
  readonly open: OpenStream;
  readonly onState: (state: StreamState) => void;
  /** `retained`: a broker has retained it for an unknown time. */
  readonly onMessage: (topic: string, payload: Buffer, receivedAt: number, retained: boolean) => void;
  /** The status has changed. */
  readonly onChange: () => void;
}

const MINUTE_MS = 60_000;
/**
 * Takes retained messages for values that the broker had kept so long after the subscription [ms]; later ones are news,
 * because some brokers deliver every message that is to be retained as such.
 */
const KEPT_WITHIN_MS = 5000;
/** A redeployed node comes back within moments; the stream waits for it. */
const WAIT_FOR_USERS_MS = 10_000;

/** The one stream of an account: open while any node uses it. */
export class StreamManager {
  readonly #session: StreamSession;
  readonly #watch: StreamWatchdog;
  readonly #users = new Set<string>();
  #phase: "new" | "allowed" | "closed" = "new";
  #idle: Cancel | null = null;
  #hasReceived = false;

  constructor(
    private readonly context: Pick<AccountContext, "clock" | "random">,
    private readonly options: StreamManagerOptions,
  ) {
    const { login, open, onConnected, onDisconnected, onChange } = options;
    this.#watch = new StreamWatchdog(context.clock, { onConnected, onDisconnected, onQuiet: onChange });
    this.#session = new StreamSession(context, {
      login,
      open,
      onState: (state) => {
        this.#follow(state);
      },
      onMessage: (topic, payload, retained) => {
        this.#receive(topic, payload, retained);
      },
    });
  }

  get state(): StreamState {
    return this.#session.state;
  }

  /** The cars have said nothing for long, as parked ones do. */
  get quiet(): boolean {
    return this.#watch.quiet;
  }

  /** When the last live message came, in milliseconds. */
  get lastMessageAt(): number | null {
    return this.#watch.lastMessageAt;
  }

  /** Whether anything has come since the start, also what a broker had kept. */
  get hasReceived(): boolean {
    return this.#hasReceived;
  }

  /** From now on it may connect. */
  allow(): void {
    if (this.#phase === "new") this.#phase = "allowed";
  }

  /** From now on it may not connect, for this reason. */
  async forbid(problem: Problem): Promise<void> {
    if (this.#phase === "closed") return;
    this.#phase = "new";
    await this.#session.stop(problem);
  }

  /** Connects if a node uses it, and it is not connected already. */
  start(): void {
    if (this.#isWanted) this.#session.start();
  }

  /** Connects with a new login, if a node uses it. */
  startAnew(): void {
    if (this.#isWanted) this.#session.restart();
  }

  /** Goes on with renewed tokens. */
  renew(): void {
    if (this.#isWanted) this.#session.renew();
  }

  /** Reconnects, whoever uses the stream. */
  reconnect(): void {
    this.#session.restart();
  }

  /** Ends the connection, for this reason. */
  async stop(problem: Problem): Promise<void> {
    await this.#session.stop(problem);
  }

  /** A node begins to use the stream; the first one opens it. */
  retain(user: string): void {
    this.#users.add(user);
    this.#idle?.();
    this.start();
  }

  /** A node stops using the stream; without any node left it is closed. `removed`: the node will not come back. */
  release(user: string, removed: boolean): void {
    this.#users.delete(user);
    if (this.#users.size > 0 || this.#phase === "closed") return;
    this.#idle?.();
    this.#idle = this.context.clock.after(removed ? 0 : WAIT_FOR_USERS_MS, () => {
      if (this.#users.size === 0) void this.#session.stop();
    });
  }

  async close(): Promise<void> {
    this.#phase = "closed";
    this.#idle?.();
    this.#watch.close();
    await this.#session.stop();
  }

  get #isWanted(): boolean {
    return this.#phase === "allowed" && this.#users.size > 0;
  }

  #follow(state: StreamState): void {
    this.options.onState(state);
    this.#watch.follow(state);
    this.options.onChange();
  }

  #receive(topic: string, payload: Buffer, retained: boolean): void {
    const now = this.context.clock.now();
    this.options.onMessage(topic, payload, now, retained);
    const isFirst = !this.#hasReceived;
    this.#hasReceived = true;
    if (retained && !this.#isLate(now)) {
      if (isFirst) this.options.onChange();
      return;
    }
    const former = this.#watch.lastMessageAt ?? 0;
    this.#watch.sign(now);
    // The status contains the minute of the last message.
    if (Math.floor(former / MINUTE_MS) !== Math.floor(now / MINUTE_MS)) this.options.onChange();
  }

  #isLate(now: number): boolean {
    const { state } = this;
    return state.kind === "live" && now - state.since > KEPT_WITHIN_MS;
  }
}
