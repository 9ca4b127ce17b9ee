import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import { decodeLevelObservation, StepReporting, type LevelObservation } from "../observations/observation.js";
import type { DriveEstimate } from "./drive-estimate.js";

/** A value, and what its last digit counts. */
interface QueuedLevel {
  readonly level: LevelObservation;
  readonly step: number;
}

/**
 * States of charge on their way into the estimate. A lower one that came by itself while driving marks the moment of its
 * change; one that came with a whole state, at the end of a trip for instance, does not. Which it is shows when the next
 * message comes, so such a value waits.
 */
export class LevelQueue {
  readonly #reporting = new StepReporting();
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
    const change = before === null ? 0 : level.soc - before.soc;
    if (byItself && change < 0) {
      this.#waiting = { level, step };
      return;
    }
    // At its start a car tells all it has, changed or not.
    if (byItself && change === 0 && driving === "under-way") this.#reporting.repeated();
    give(estimate, level, step, 0);
  }

  /** The car stops, as is heard at `now`: what comes with that is a sample. */
  stopped(now: number, estimate: DriveEstimate): void {
    this.#stoppedNow = now;
    if (this.#waiting?.level.now === now) this.settle(false, estimate);
  }

  /** Uses the value that waits; `byItself` when nothing came with it that explains why it was sent. */
  settle(byItself: boolean, estimate: DriveEstimate): void {
    if (this.#waiting === null) return;
    const { level, step } = this.#waiting;
    this.#waiting = null;
    give(estimate, level, step, byItself ? this.#reporting.likely : 0);
    if (byItself) this.#reporting.stepped();
  }

  /** Puts the value that waits into a estimate without ceasing to wait. */
  preview(estimate: DriveEstimate): void {
    if (this.#waiting !== null) give(estimate, this.#waiting.level, this.#waiting.step, this.#reporting.likely);
  }

  forget(): void {
    this.#waiting = null;
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
}

function waitingOf(saved: unknown): QueuedLevel | null {
  if (!isObject(saved)) return null;
  const [level, step] = [decodeLevelObservation(saved["level"]), finiteNumber(saved["step"])];
  return level !== null && step !== null && step > 0 && step <= 1 ? { level, step } : null;
}

function give(estimate: DriveEstimate, { soc, at }: LevelObservation, step: number, crossing: number): void {
  estimate.soc({ value: soc, at, step, crossing });
}
