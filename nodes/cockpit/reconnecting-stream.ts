import type { CockpitMessage } from "../../src/cockpit/contract.js";
import type { Problem } from "../../src/support/errors.js";
import { Refused, type Client } from "./client.js";

/** How the page stands to the runtime. `paused`: nobody looks. */
export type Link = "connecting" | "live" | "lost" | "refused" | "paused";

interface ReconnectingStreamOptions {
  readonly client: Pick<Client, "stream">;
  /** What the stream is asked for besides. */
  readonly params: () => Readonly<Record<string, string>>;
  readonly onMessage: (message: CockpitMessage) => void;
  /** @param problem why Node-RED tells nothing, where it says so */
  readonly onLink: (link: Link, problem: Problem | null) => void;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Keeps one live stream while somebody looks: six open streams of a browser would block every further page of Node-RED,
 * the editor too. Each stream ends after ten minutes, and is asked for anew with the token of then.
 */
export class ReconnectingStream {
  #isLooked = false;
  #current: AbortController | null = null;
  #retry = 0;
  #pause = FIRST_PAUSE_MS;
  #isRefused = false;

  constructor(private readonly options: ReconnectingStreamOptions) {}

  /** @param isLooked whether anybody sees the page */
  look(isLooked: boolean): void {
    if (isLooked === this.#isLooked) return;
    this.#isLooked = isLooked;
    if (isLooked) this.restart();
    else this.#end("paused");
  }

  /** Asks anew at once: after a login, or for other values. */
  restart(): void {
    this.#isRefused = false;
    this.#end(null);
    if (this.#isLooked) void this.#run();
  }

  #end(link: Link | null): void {
    clearTimeout(this.#retry);
    this.#current?.abort();
    this.#current = null;
    if (link !== null && !this.#isRefused) this.options.onLink(link, null);
  }

  async #run(): Promise<void> {
    const current = new AbortController();
    this.#current = current;
    this.options.onLink("connecting", null);
    let pause: number | null = null;
    try {
      await this.options.client.stream(this.options.params(), current.signal, (message) => {
        if (this.#current !== current) return;
        if (message.kind === "end") pause = message.reason === "time" ? 0 : FIRST_PAUSE_MS;
        else this.#take(message);
      });
      if (this.#current === current) this.#again(pause);
    } catch (error) {
      if (this.#current !== current) return;
      if (error instanceof Refused && error.status === 401) this.#refuse();
      else this.#again(null, error instanceof Refused ? error.problem : null);
    }
  }

  #take(message: CockpitMessage): void {
    if (message.kind === "snapshot") {
      this.#pause = FIRST_PAUSE_MS;
      this.options.onLink("live", null);
    }
    this.options.onMessage(message);
  }

  #refuse(): void {
    this.#isRefused = true;
    this.options.onLink("refused", null);
  }

  /** @param pause `null`: the connection was lost, so that each try waits longer */
  #again(pause: number | null, problem: Problem | null = null): void {
    if (pause !== 0) this.options.onLink("lost", problem);
    const wait = pause ?? this.#pause * (0.75 + Math.random() / 2);
    if (pause === null) this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 2);
    this.#retry = window.setTimeout(() => void this.#run(), wait);
  }
}
