import type { Cancel, Clock } from "../support/clock.js";
import type { CockpitMessage } from "./contract.js";

/** The way to one page: the body of an answer that is not over. */
export interface StreamSink {
  /** Returns whether the page reads as fast as is written; if not, `onDrained` is called once it has caught up. */
  write(text: string): boolean;
  end(): void;
  /** Cuts the connection, whatever waits to be read. */
  destroy(): void;
  onDrained(run: () => void): void;
}

/** Node-RED asks for a token at the beginning only: after this time [ms] the page has to show it again. */
const LONGEST_LIFE_MS = 10 * 60_000;
/** Proxies cut what is silent for a minute [ms]. */
const BEAT_MS = 20_000;
/** Limits what waits for a page that reads slowly [characters]; beyond, it gets everything anew once it has caught up. */
const MOST_WAITING = 256 * 1024;
/** A page that has read nothing for this many beats is gone. */
const MOST_MISSED_BEATS = 3;

export interface PageConnectionOptions {
  readonly clock: Clock;
  /** Makes the text of a message with everything, for the beginning and for a page that has lost its place. */
  readonly snapshot: () => string;
  /** Called once, when the stream is over for whatever reason. */
  readonly onOver: () => void;
}

/** Returns a message as a line of an event stream. */
export function streamText(message: CockpitMessage): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}

/** Tells one page what happens, as fast as it reads, for ten minutes. */
export class PageConnection {
  readonly #timers: Cancel[];
  #waiting: string[] = [];
  #waitingSize = 0;
  /** Whether the page has lost its place, because too much has waited for it. */
  #isLost = false;
  /** Whether the connection takes nothing more for now. */
  #isFull = false;
  #missedBeats = 0;
  #isOver = false;

  constructor(
    private readonly sink: StreamSink,
    private readonly options: PageConnectionOptions,
  ) {
    const { clock } = options;
    this.#timers = [
      clock.every(BEAT_MS, () => {
        this.#beat();
      }),
      clock.after(LONGEST_LIFE_MS, () => {
        this.end("time");
      }),
    ];
    sink.onDrained(() => {
      this.#drained();
    });
    this.#write(options.snapshot());
  }

  /** @param text of one or more messages, see `streamText` */
  send(text: string): void {
    if (this.#isOver || this.#isLost) return;
    if (!this.#isFull) this.#write(text);
    else this.#wait(text);
  }

  /** Tells everything anew, as soon as the page reads. */
  renew(): void {
    if (this.#isOver) return;
    this.#forget();
    this.#isLost = this.#isFull;
    if (!this.#isFull) this.#write(this.options.snapshot());
  }

  /** Says why and ends the answer; a page that does not read is cut off. */
  end(reason: "time" | "closed"): void {
    if (this.#isOver) return;
    const isRead = !this.#isFull;
    this.over();
    if (!isRead) {
      this.sink.destroy();
      return;
    }
    this.sink.write(streamText({ kind: "end", reason }));
    this.sink.end();
  }

  /** Ends all work for a page that is gone. */
  over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    for (const cancel of this.#timers) cancel();
    this.options.onOver();
  }

  #wait(text: string): void {
    this.#waiting.push(text);
    this.#waitingSize += text.length;
    if (this.#waitingSize <= MOST_WAITING) return;
    this.#isLost = true;
    this.#forget();
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingSize = 0;
  }

  #write(text: string): void {
    this.#isFull = !this.sink.write(text);
  }

  #drained(): void {
    this.#isFull = false;
    this.#missedBeats = 0;
    if (this.#isOver) return;
    const text = this.#isLost ? this.options.snapshot() : this.#waiting.join("");
    this.#isLost = false;
    this.#forget();
    if (text !== "") this.#write(text);
  }

  #beat(): void {
    if (!this.#isFull) {
      this.#write(": still here\n\n");
      return;
    }
    this.#missedBeats++;
    if (this.#missedBeats <= MOST_MISSED_BEATS) return;
    this.over();
    this.sink.destroy();
  }
}
