import type { Cancel, Clock } from "../support/clock.js";
import type { Problem } from "../support/errors.js";
import type { StreamState } from "./stream-session.js";

/** Receives the findings of the watchdog. */
export interface StreamWatchdogListener {
  /** Once per real transition. */
  readonly onConnected: () => void;
  /** After a minute without a stream; never for a planned renewal. */
  readonly onDisconnected: (problem: Problem) => void;
  /** The cars have become quiet. */
  readonly onQuiet: () => void;
}

const DISCONNECTED_AFTER_MS = 60_000;
/** Cars report every few minutes while something happens; parked ones are silent for days. */
const QUIET_AFTER_MS = 30 * 60_000;

/** Distinguishes a dead stream from a quiet car, and short interruptions from real ones. */
export class StreamWatchdog {
  #connected = false;
  #live = false;
  #lastSign = 0;
  #lastMessage: number | null = null;
  #quiet = false;
  #problem: Problem = { code: "stream_closed" };
  #missing: Cancel | null = null;
  #silence: Cancel | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly listener: StreamWatchdogListener,
  ) {}

  /** When the last live message came, in milliseconds; retained ones of a broker are values, not signs of life. */
  get lastMessageAt(): number | null {
    return this.#lastMessage;
  }

  get quiet(): boolean {
    return this.#live && this.#quiet;
  }

  /** Takes note of a change of the session. */
  follow(state: StreamState): void {
    if (state.kind === "live") this.#begin(state.since);
    else if (state.kind === "off" && state.problem === null) this.#end();
    else this.#interrupt(state);
  }

  /** Takes note of a live message. */
  sign(receivedAt: number): void {
    this.#lastSign = receivedAt;
    this.#lastMessage = receivedAt;
    if (!this.#quiet) return;
    this.#quiet = false;
    this.#listen(QUIET_AFTER_MS);
    this.listener.onQuiet();
  }

  close(): void {
    this.#missing?.();
    this.#missing = null;
    this.#silence?.();
  }

  #begin(since: number): void {
    this.#missing?.();
    this.#missing = null;
    this.#live = true;
    // A planned renewal does not make a quiet car talkative.
    if (this.#lastSign === 0) this.#lastSign = since;
    if (!this.#quiet) this.#listen(QUIET_AFTER_MS);
    if (this.#connected) return;
    this.#connected = true;
    this.listener.onConnected();
  }

  #interrupt(state: Exclude<StreamState, { kind: "live" }>): void {
    this.#live = false;
    this.#silence?.();
    if (state.kind !== "connecting" && state.problem !== null) this.#problem = state.problem;
    if (!this.#connected) return;
    this.#missing ??= this.clock.after(DISCONNECTED_AFTER_MS, () => {
      this.#end();
      this.listener.onDisconnected(this.#problem);
    });
  }

  /** The connection is over. Nothing to report if that was wanted: the account closes, or no node is left. */
  #end(): void {
    this.close();
    this.#live = false;
    this.#connected = false;
    this.#lastSign = 0;
    this.#quiet = false;
  }

  /** One timer for the whole silence, instead of one per message. */
  #listen(ms: number): void {
    this.#silence?.();
    this.#silence = this.clock.after(ms, () => {
      const silentFor = this.clock.now() - this.#lastSign;
      if (silentFor >= 0 && silentFor < QUIET_AFTER_MS) {
        this.#listen(QUIET_AFTER_MS - silentFor);
        return;
      }
      this.#quiet = true;
      this.listener.onQuiet();
    });
  }
}
