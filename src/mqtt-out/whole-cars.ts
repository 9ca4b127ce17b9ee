import type { Cancel, Clock } from "../support/clock.js";

/** Longest time for which what a broker keeps of a car lacks its newest values [ms]; each car sends much in a trip. */
const SEND_AT_MOST_EVERY_MS = 60_000;

/** Tells when all that is known of a car is to be sent for a broker to keep: within a minute of a change. */
export class WholeCars {
  readonly #planned = new Map<string, Cancel>();

  constructor(
    private readonly clock: Clock,
    private readonly send: (vin: string) => void,
  ) {}

  changed(vin: string): void {
    if (this.#planned.has(vin)) return;
    const run = () => {
      this.#planned.delete(vin);
      this.send(vin);
    };
    this.#planned.set(vin, this.clock.after(SEND_AT_MOST_EVERY_MS, run));
  }

  close(): void {
    for (const cancel of this.#planned.values()) cancel();
    this.#planned.clear();
  }
}
