import type { ServerAnswer, Incoming, ServerOutcome } from "./http.js";

/** Injects faults of an HTTP server; each affects the next requests, in the order in which they were set. */
export class HttpFaults {
  isDown = false;
  /** System error code when this server is down and no sockets are used. */
  downReason = "ECONNREFUSED";
  /** Latency of answers over sockets [ms]. */
  latencyMs = 0;
  #always: ServerOutcome | null = null;
  readonly #next: ServerOutcome[] = [];
  readonly #waiting: (() => void)[] = [];
  #held: Promise<void> | null = null;
  #release: () => void = () => undefined;

  /** Closes the socket without an answer. */
  drop(count = 1): void {
    this.#add(count, "drop");
  }

  /** Never answers; the socket is closed when the simulator stops. */
  hang(count = 1): void {
    this.#add(count, "hang");
  }

  /** Holds all answers from now on until `releaseAnswers`; the server executes the requests. */
  holdAnswers(): void {
    this.#held ??= new Promise((resolve) => (this.#release = resolve));
  }

  releaseAnswers(): void {
    this.#held = null;
    this.#release();
  }

  /** Settles when answers may be sent; `null`: they may be. */
  get held(): Promise<void> | null {
    return this.#held;
  }

  /** Scripted answers, one per request. */
  answers(...answers: ServerAnswer[]): void {
    this.#next.push(...answers);
  }

  status(count: number, status: number, body: unknown = "", type?: string): void {
    this.#add(count, { status, body, ...(type !== undefined && { type }) });
  }

  html(count = 1): void {
    this.status(count, 200, "<html><body>Maintenance</body></html>", "text/html");
  }

  truncated(count = 1): void {
    this.status(count, 200, '{"device_code":"abc', "application/json");
  }

  /** Answers every request with this from now on; `null` ends it. */
  always(outcome: ServerOutcome | null): void {
    this.#always = outcome;
  }

  /** Refuses connections as a dead server does. */
  down(down: boolean, reason = "ECONNREFUSED"): void {
    this.isDown = down;
    this.downReason = reason;
  }

  /** Resolves when the next fault strikes, or the next answer is held. */
  struck(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Wraps the handler in these faults; `onStrike` is called for requests that never reached it. */
  before(
    handle: (request: Incoming) => ServerAnswer,
    onStrike: (request: Incoming, outcome: ServerOutcome) => void = () => undefined,
  ): (request: Incoming) => ServerOutcome {
    return (request) => {
      const outcome = this.#next.shift() ?? this.#always ?? undefined;
      if (outcome !== undefined || this.#held !== null) for (const tell of this.#waiting.splice(0)) tell();
      if (outcome === undefined) return handle(request);
      onStrike(request, outcome);
      return outcome;
    };
  }

  #add(count: number, outcome: ServerOutcome): void {
    for (let left = count; left > 0; left--) this.#next.push(outcome);
  }
}
