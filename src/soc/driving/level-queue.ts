import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import { decodeLevelObservation, type LevelObservation } from "../observations/observation.js";
import type { DriveEstimate } from "./drive-estimate.js";
import { LevelReporting, type ReportedLevel } from "./level-reporting.js";

/** A value, and what its last digit counts. */
interface QueuedLevel {
  readonly level: LevelObservation;
  readonly step: number;
  /** Steps that it is above the one before. */
  readonly steps: number;
}

/**
 * States of charge on their way into the estimate. One that came by itself while driving may mark the moment of its
 * change; one that came with a whole state, at the end of a trip for instance, does not. Which it is shows when the next
 * message comes, so such a value waits.
 */
export class LevelQueue {
  readonly #reporting = new LevelReporting();
  #waiting: QueuedLevel | null = null;
  #stoppedNow: number | null = null;

  /** Receive time of the value that waits. */
  get waitsSince(): number | null {
    return this.#waiting?.level.now ?? null;
  }

  /** A value, with the one before; `step` is what its last digit counts, `driving` null where no trip is on its way. */
  take(
    level: LevelObservation,
    before: LevelObservation | null,
    step: number,
    driving: "starting" | "under-way" | null,
    estimate: DriveEstimate,
  ) {
    if (this.#waiting !== null) this.settle(false, estimate);
    const byItself = driving !== null && level.pushed && level.now !== this.#stoppedNow;
    const steps = before === null ? 0 : Math.round((level.soc - before.soc) / step);
    // At its start a car tells all it has, changed or not.
    if (byItself && before !== null && (steps < 0 || driving === "under-way")) this.#waiting = { level, step, steps };
    else this.#give(estimate, { level, step, steps: 0 }, false);
  }

  /** The car stops, as is heard at `now`: what comes with that is a sample. */
  stopped(now: number, estimate: DriveEstimate): void {
    this.#stoppedNow = now;
    if (this.#waiting?.level.now === now) this.settle(false, estimate);
  }

  /** Uses the value that waits; `byItself` when nothing came with it that explains why it was sent. */
  settle(byItself: boolean, estimate: DriveEstimate): void {
    if (this.#waiting === null) return;
    const waiting = this.#waiting;
    this.#waiting = null;
    const told = this.#give(estimate, waiting, byItself);
    if (byItself && told !== null) this.#reporting.learn(told);
  }

  /** Puts the value that waits into a estimate without ceasing to wait. */
  preview(estimate: DriveEstimate): void {
    if (this.#waiting !== null) this.#give(estimate, this.#waiting, true);
  }

  forget(): void {
    this.#waiting = null;
  }

  /** Forgets how the car tells its level. */
  unlearn(): void {
    this.#reporting.forget();
  }

  save(): JsonObject {
    return { reporting: this.#reporting.save(), waiting: this.#waiting, stoppedNow: this.#stoppedNow };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#reporting.restore(saved["reporting"]);
    this.#waiting = waitingOf(saved["waiting"]);
    this.#stoppedNow = finiteNumber(saved["stoppedNow"]);
  }

  /** Returns how the value fits to what was believed; `null` where nothing was. */
  #give(estimate: DriveEstimate, { level, step, steps }: QueuedLevel, byItself: boolean): ReportedLevel | null {
    const shown = { value: level.soc, at: level.at, step };
    const fit = byItself ? estimate.fit(shown, steps > 0) : null;
    const told = fit === null ? null : { steps, edge: fit.edge, sample: fit.sample };
    const crossing = told === null || steps === 0 ? 0 : this.#reporting.crossing(told);
    const { value, at } = shown;
    estimate.soc({ value, at, step, crossing, rises: steps > 0 }, this.#reporting.ways);
    return told;
  }
}

function waitingOf(saved: unknown): QueuedLevel | null {
  if (!isObject(saved)) return null;
  const [level, step] = [decodeLevelObservation(saved["level"]), finiteNumber(saved["step"])];
  const isKnown = level !== null && step !== null && step > 0 && step <= 1;
  return isKnown ? { level, step, steps: finiteNumber(saved["steps"]) ?? -1 } : null;
}
