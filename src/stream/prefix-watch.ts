import type { Cancel, Clock } from "../support/clock.js";
import { newProblem, type Problem } from "../support/errors.js";
import { parseVin } from "../support/vin.js";
import type { StreamState } from "./stream-session.js";
import type { OpenStream, StreamConnection, StreamTarget } from "./transport.js";

/** Connects the watch with the stream of an account at the user's own broker. */
export interface PrefixWatchOptions {
  readonly open: OpenStream;
  /** Begins the topics that the account reads. */
  readonly prefix: string;
  /** Returns what is needed to look at all topics, by a client of its own. */
  readonly target: () => StreamTarget;
  readonly onChange: () => void;
}

/** A broker hands out what it keeps within seconds. */
const SILENT_AFTER_MS = 60_000;
const LOOK_FOR_MS = 10_000;
const LOOK_AGAIN_AFTER_MS = 3_600_000;

/**
 * Finds out why nothing has come from the user's own broker since the start: looks for a moment whether cars speak under
 * another prefix.
 */
export class PrefixWatch {
  #hasHeard = false;
  #problem: Problem | null = null;
  #connection: StreamConnection | null = null;
  #timer: Cancel | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly options: PrefixWatchOptions,
  ) {}

  /** Returns that cars speak under another prefix; `null` while that is not known. */
  get problem(): Problem | null {
    return this.#problem;
  }

  /** Takes note that something has come under the prefix. */
  heard(): void {
    if (this.#hasHeard) return;
    this.#hasHeard = true;
    this.close();
    if (this.#problem === null) return;
    this.#problem = null;
    this.options.onChange();
  }

  /** Takes note of a change of the session. */
  follow({ kind }: StreamState): void {
    if (this.#hasHeard || this.#problem !== null) return;
    this.close();
    if (kind === "live") this.#plan(SILENT_AFTER_MS, this.#look);
  }

  /** Ends the look and what is planned. */
  close(): void {
    this.#timer?.();
    this.#timer = null;
    const connection = this.#connection;
    this.#connection = null;
    void connection?.close();
  }

  #plan(ms: number, run: () => void): void {
    this.#timer = this.clock.after(ms, run);
  }

  readonly #look = (): void => {
    const connection = this.options.open(this.options.target(), {
      onAccepted: () => undefined,
      onRefused: () => undefined,
      // Without the right to read everything it stays unknown.
      onSubscribed: () => undefined,
      onMessage: (topic) => {
        if (this.#connection === connection) this.#found(topic);
      },
      onClosed: () => undefined,
    });
    this.#connection = connection;
    this.#plan(LOOK_FOR_MS, () => {
      this.close();
      this.#plan(LOOK_AGAIN_AFTER_MS, this.#look);
    });
  };

  #found(topic: string): void {
    const parts = topic.split("/");
    const car = parts.findIndex((part) => parseVin(part) !== null);
    if (car < 0 || topic.startsWith(this.options.prefix)) return;
    this.close();
    const other = parts
      .slice(0, car)
      .map((part) => `${part}/`)
      .join("");
    this.#problem = newProblem("broker_prefix_silent", { prefix: this.options.prefix, other });
    this.options.onChange();
  }
}
