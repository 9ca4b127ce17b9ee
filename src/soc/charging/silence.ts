import { numberList, type JsonObject } from "../../support/json.js";

/** Where a charge was when the car was heard last: percent. */
interface Heard {
  readonly at: number;
  readonly soc: number;
}

/**
 * How often, before anything is known of a car, a silence of so many words that were due was one after which it went on
 * charging, to one in which the charge had ended. The last counts for all longer ones, the less the longer.
 */
const RESUMED_BEFORE: readonly number[] = [20, 5, 2.5, 1.6, 1.2, 1];
const ENDED_BEFORE = 0.04;
/** Old counts fade, so that a car may change its ways: after so many long silences. */
const MOST_COUNTED = 40;
/** Usual time between two words of a car of which nothing is known yet, ms. */
const FIRST_GAP_MS = 600_000;
const LEAST_GAP_MS = 60_000;
const GAP_LEARNS = 0.05;

/**
 * The silence of a car that charges: words that are due and do not come are lost, or the charge has ended without a word.
 * How often it was which, is learned by how many were missing.
 */
export class ChargeSilence {
  #heard: Heard | null = null;
  #resumed: readonly number[] = RESUMED_BEFORE;
  #ended = ENDED_BEFORE;
  #gapMs = FIRST_GAP_MS;

  /** The level at the last word, percent; `null` before any. */
  get soc(): number | null {
    return this.#heard?.soc ?? null;
  }

  /** A charge begins, or is over. */
  begin(): void {
    this.#heard = null;
  }

  /** The car is heard at `at`, where its level is `soc`; it charges. */
  hear(at: number, soc: number): void {
    const before = this.#heard;
    if (before !== null && at > before.at + LEAST_GAP_MS) this.#gapMs += GAP_LEARNS * (at - before.at - this.#gapMs);
    this.#heard = { at: Math.max(at, before?.at ?? at), soc };
  }

  /** Tells how many words were due since the last, each `step` pp of a car that tells each, or after the usual time. */
  missed(soc: number, step: number, tellsSteps: boolean, now: number): number {
    if (this.#heard === null) return 0;
    return tellsSteps ? Math.max(0, soc - this.#heard.soc) / step : (now - this.#heard.at) / (3 * this.#gapMs);
  }

  /** Tells how likely the charge has ended where so many words are missing; 0 to 1. */
  endedShare(missed: number): number {
    const count = Math.floor(missed);
    if (count < 1) return 0;
    const last = this.#resumed.length;
    const resumed = (this.#resumed[Math.min(count, last) - 1] ?? 0) * Math.min(1, last / count);
    return this.#ended / (this.#ended + resumed);
  }

  /** Takes how a silence of so many words turned out. */
  learn(missed: number, hasEnded: boolean): void {
    const count = Math.floor(missed);
    if (count < 1) return;
    const keeps = this.#ended + (this.#resumed.at(-1) ?? 0) > MOST_COUNTED ? 0.5 : 1;
    this.#ended = this.#ended * keeps + (hasEnded ? 1 : 0);
    this.#resumed = this.#resumed.map((times, index) => times * keeps + (!hasEnded && index < count ? 1 : 0));
  }

  save(): JsonObject {
    const heard = this.#heard === null ? null : [this.#heard.at, this.#heard.soc];
    return { heard, counts: [this.#ended, this.#gapMs, ...this.#resumed] };
  }

  restore(saved: JsonObject): void {
    const [at, soc] = numberList(saved["heard"]);
    if (at !== undefined && soc !== undefined) this.#heard = { at, soc };
    const [ended, gapMs, ...resumed] = numberList(saved["counts"]);
    if (ended === undefined || gapMs === undefined || resumed.length !== RESUMED_BEFORE.length) return;
    if (![ended, gapMs, ...resumed].every((count) => count > 0)) return;
    this.#ended = ended;
    this.#gapMs = gapMs;
    this.#resumed = resumed;
  }
}
