import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { Belief } from "./belief.js";
import { Crossings } from "../crossings.js";
import { decodeSocValue, type SocValue } from "../soc-value.js";

/** A value, and what its last digit counts. */
interface Waiting {
  readonly signal: SocValue;
  readonly step: number;
}

/**
 * States of charge on their way into the belief. A lower one that came by itself while driving marks the moment of its
 * change; one that came with a whole state, at the end of a trip for instance, does not. Which it is shows when the next
 * message comes, so such a value waits.
 */
export class SocNews {
  readonly #crossings = new Crossings();
  #waiting: Waiting | null = null;
  #stoppedNow: number | null = null;

  /** Receive time of the value that waits. */
  get waitsSince(): number | null {
    return this.#waiting?.signal.now ?? null;
  }

  /** A value, with the one before; `step` is what its last digit counts, `driving` null where no trip is on its way. */
  take(
    signal: SocValue,
    before: SocValue | null,
    step: number,
    driving: "starting" | "under-way" | null,
    belief: Belief,
  ) {
    if (this.#waiting !== null) this.settle(false, belief);
    const byItself = driving !== null && signal.pushed && signal.now !== this.#stoppedNow;
    const change = before === null ? 0 : signal.soc - before.soc;
    if (byItself && change < 0) {
      this.#waiting = { signal, step };
      return;
    }
    // At its start a car tells all it has, changed or not.
    if (byItself && change === 0 && driving === "under-way") this.#crossings.repeated();
    give(belief, signal, step, 0);
  }

  /** The car stops, as is heard at `now`: what comes with that is a sample. */
  stopped(now: number, belief: Belief): void {
    this.#stoppedNow = now;
    if (this.#waiting?.signal.now === now) this.settle(false, belief);
  }

  /** Uses the value that waits; `byItself` when nothing came with it that explains why it was sent. */
  settle(byItself: boolean, belief: Belief): void {
    if (this.#waiting === null) return;
    const { signal, step } = this.#waiting;
    this.#waiting = null;
    give(belief, signal, step, byItself ? this.#crossings.likely : 0);
    if (byItself) this.#crossings.stepped();
  }

  /** Puts the value that waits into a belief without ceasing to wait. */
  preview(belief: Belief): void {
    if (this.#waiting !== null) give(belief, this.#waiting.signal, this.#waiting.step, this.#crossings.likely);
  }

  forget(): void {
    this.#waiting = null;
  }

  save(): JsonObject {
    return { crossings: this.#crossings.save(), waiting: this.#waiting, stoppedNow: this.#stoppedNow };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#crossings.restore(saved["crossings"]);
    this.#waiting = waitingOf(saved["waiting"]);
    this.#stoppedNow = finite(saved["stoppedNow"]);
  }
}

function waitingOf(saved: unknown): Waiting | null {
  if (!isObject(saved)) return null;
  const [signal, step] = [decodeSocValue(saved["signal"]), finite(saved["step"])];
  return signal !== null && step !== null && step > 0 && step <= 1 ? { signal, step } : null;
}

function give(belief: Belief, { soc, at }: SocValue, step: number, crossing: number): void {
  belief.soc({ value: soc, at, step, crossing });
}
