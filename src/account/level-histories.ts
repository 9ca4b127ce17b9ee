import { join } from "node:path";
import { LevelHistory, type LevelPoint } from "../journal/level-history.js";
import type { SocEstimate } from "../soc/estimate.js";
import type { Files } from "../store/atomic-files.js";
import type { Clock } from "../support/clock.js";
import { shortHash } from "../support/short-hash.js";
import { withTimeLimit } from "../support/time-limit.js";
import { levelOf } from "../vehicle/source-priority.js";
import type { Update } from "./account-events.js";

const CLOSE_LIMIT_MS = 3000;

/** Says whose word a level is: our estimate as it was shown, or BMW's own value. */
type Kind = "shown" | "reported";

/** Keeps the levels of the cars for charts, as they were shown and as BMW told them: a file for each. */
export class LevelHistories {
  /** By path. */
  readonly #files = new Map<string, LevelHistory>();
  /** BMW's time of the last value of a car [ms]: an older one comes too late to count. */
  readonly #reportedAt = new Map<string, number>();

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
    if (this.isOurs()) this.#of(vin, "shown").record(at, soc, low, high, charge?.powerKw ?? null);
  }

  /** Takes BMW's own level out of an update of a car, at BMW's time. */
  follow({ vin, values }: Pick<Update, "vin" | "values">): void {
    for (const { name, value, timestamp } of values) if (name === "soc") this.#report(vin, levelOf(value), timestamp);
  }

  /** Returns the shown levels between two times [ms], in their order; none while the file cannot be read. */
  between(vin: string, from: number, to: number): Promise<readonly LevelPoint[]> {
    return this.#between(vin, "shown", from, to);
  }

  /** Returns BMW's own levels between two times [ms], without a band; else as `between`. */
  reportedBetween(vin: string, from: number, to: number): Promise<readonly LevelPoint[]> {
    return this.#between(vin, "reported", from, to);
  }

  /** Removes all levels of a car. Throws the system's error if a file cannot be removed. */
  async erase(vin: string): Promise<void> {
    this.#reportedAt.delete(vin);
    for (const kind of ["shown", "reported"] as const) {
      const path = this.#pathOf(vin, kind);
      await this.#files.get(path)?.written();
      this.#files.delete(path);
      await this.files.remove(path);
    }
  }

  /** Writes what was recorded, as far as possible within seconds and before `deadline`; never rejects. */
  async close(deadline: AbortSignal): Promise<void> {
    const written = Promise.all([...this.#files.values()].map((file) => file.written()));
    await withTimeLimit(this.clock, CLOSE_LIMIT_MS, written, deadline).catch(() => undefined);
  }

  #report(vin: string, level: number | null, at: number): void {
    if (level === null || at <= (this.#reportedAt.get(vin) ?? -Infinity) || !this.isOurs()) return;
    this.#reportedAt.set(vin, at);
    this.#of(vin, "reported").record(at, level, null, null, null);
  }

  async #between(vin: string, kind: Kind, from: number, to: number): Promise<readonly LevelPoint[]> {
    // The account tells of a folder that cannot be used; its cars are shown all the same.
    return this.#of(vin, kind)
      .between(from, to)
      .catch(() => []);
  }

  #of(vin: string, kind: Kind): LevelHistory {
    const path = this.#pathOf(vin, kind);
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    // What cannot be written waits for the next point, and is told by the documents of the same folder.
    const made = new LevelHistory(this.files, path, () => undefined);
    this.#files.set(path, made);
    return made;
  }

  #pathOf(vin: string, kind: Kind): string {
    return join(this.folder, `${shortHash(vin)}${kind === "shown" ? "" : ".reported"}.ndjson`);
  }
}
