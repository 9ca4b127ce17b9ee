import { join } from "node:path";
import { LevelHistory, type LevelPoint } from "../journal/level-history.js";
import type { SocEstimate } from "../soc/estimate.js";
import type { Files } from "../store/atomic-files.js";
import type { Clock } from "../support/clock.js";
import { shortHash } from "../support/short-hash.js";
import { withTimeLimit } from "../support/time-limit.js";

const CLOSE_LIMIT_MS = 3000;

/** Keeps the shown levels of the cars for charts, a file for each. */
export class LevelHistories {
  readonly #cars = new Map<string, LevelHistory>();

  /**
   * @param folder of these files, private to the account
   * @param isOurs returns whether this process may write there
   */
  constructor(
    private readonly folder: string,
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly isOurs: () => boolean,
  ) {}

  /** Takes what is shown of a car at a time [ms]. */
  record(vin: string, { soc, band90: [low, high], charge }: SocEstimate, at: number): void {
    if (this.isOurs()) this.#of(vin).record(at, soc, low, high, charge?.powerKw ?? null);
  }

  /** Returns the points between two times [ms], in their order; none while the file cannot be read. */
  async between(vin: string, from: number, to: number): Promise<readonly LevelPoint[]> {
    // The account tells of a folder that cannot be used; its cars are shown all the same.
    return this.#of(vin)
      .between(from, to)
      .catch(() => []);
  }

  /** Writes what was recorded, as far as possible within seconds and before `deadline`; never rejects. */
  async close(deadline: AbortSignal): Promise<void> {
    const written = Promise.all([...this.#cars.values()].map((car) => car.written()));
    await withTimeLimit(this.clock, CLOSE_LIMIT_MS, written, deadline).catch(() => undefined);
  }

  #of(vin: string): LevelHistory {
    const known = this.#cars.get(vin);
    if (known !== undefined) return known;
    // What cannot be written waits for the next point, and is told by the documents of the same folder.
    const made = new LevelHistory(this.files, join(this.folder, `${shortHash(vin)}.ndjson`), () => undefined);
    this.#cars.set(vin, made);
    return made;
  }
}
