import type { Cancel, Clock } from "../support/clock.js";

/** Longest time for which what a broker keeps of a car lacks its newest values [ms]; each car sends much in a trip. */
const SEND_AT_MOST_EVERY_MS = 60_000;

/**
 * Tells when all that is known of cars is to be sent for a broker to keep: within a minute of a change. All cars of that
 * minute together, because each sending saves them first.
 */
export class WholeCars {
  readonly #changed = new Set<string>();
  #planned: Cancel | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly send: (vins: readonly string[]) => void,
  ) {}

  changed(vin: string): void {
    this.#changed.add(vin);
    this.#planned ??= this.clock.after(SEND_AT_MOST_EVERY_MS, () => {
      this.#planned = null;
      const vins = [...this.#changed];
      this.#changed.clear();
      this.send(vins);
    });
  }

  close(): void {
    this.#planned?.();
    this.#planned = null;
    this.#changed.clear();
  }
}
