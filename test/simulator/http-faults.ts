import type { ServerResponse } from "node:http";
import { answer, type Answer } from "./http.js";

type Fault = (response: ServerResponse) => void;

/** What may go wrong at an HTTP server; each fault strikes the next requests, in the order they were ordered. */
export class HttpFaults {
  isDown = false;
  readonly #next: Fault[] = [];

  /** Closes the socket without an answer. */
  drop(count = 1): void {
    this.#add(count, (response) => response.socket?.destroy());
  }

  /** Never answers; the socket is closed when the simulator stops. */
  hang(count = 1): void {
    this.#add(count, () => undefined);
  }

  /** Scripted answers, one per request. */
  answers(...answers: Answer[]): void {
    for (const scripted of answers)
      this.#add(1, (response) => {
        answer(response, scripted);
      });
  }

  status(count: number, status: number, body: unknown = "", type?: string): void {
    for (let left = count; left > 0; left--) this.answers({ status, body, ...(type !== undefined && { type }) });
  }

  html(count = 1): void {
    this.status(count, 200, "<html><body>Maintenance</body></html>", "text/html");
  }

  truncated(count = 1): void {
    this.status(count, 200, '{"device_code":"abc', "application/json");
  }

  /** Refuses connections as a dead server does. */
  down(down: boolean): void {
    this.isDown = down;
  }

  /** Lets the next fault strike; false if there is none. */
  strike(response: ServerResponse): boolean {
    const fault = this.#next.shift();
    fault?.(response);
    return fault !== undefined;
  }

  #add(count: number, fault: Fault): void {
    for (let left = count; left > 0; left--) this.#next.push(fault);
  }
}
