import { numberList, type JsonObject } from "../../support/json.js";
import type { HypothesisSet } from "./hypothesis-set.js";

/** Where a charge was when the car was heard last: percent. */
interface Heard {
  readonly at: number;
  readonly soc: number;
}

/** A charge of which nothing has been heard: where it was then and is by now if it went on, percent. */
export interface SilentCharge {
  readonly from: number;
  readonly to: number;
  /** Words that were due and did not come. */
  readonly missed: number;
  readonly endedShare: number;
  /** The same by what this car has done alone: until it has ended a charge without a word, it is believed to go on. */
  readonly knownShare: number;
}

/** What may have become of a charge since the last word of the car. */
export interface Doubt {
  /** Where it was then, percent. */
  readonly from: number;
  /** How likely it has not gone on as it was told. */
  readonly share: number;
}

/**
 * How often, before anything is known of a car, a silence of so many words that were due was one after which it went on
 * charging, to one in which the charge had ended. The last counts for all longer ones, the less the longer.
 */
const RESUMED_BEFORE: readonly number[] = [20, 5, 2.5, 1.6, 1.2, 1];
const ENDED_BEFORE = 0.1;
/** Old counts fade, so that a car may change its ways: after so many long silences. */
const MOST_COUNTED = 40;
/** Usual time between two words of a car of which nothing is known yet, ms. */
const FIRST_GAP_MS = 600_000;
const LEAST_GAP_MS = 60_000;
const GAP_LEARNS = 0.05;
/** So many usual times without a word make one that is missing. */
const GAPS = 3;
const HALF_STEP = 0.5;
/**
 * Power that a car told so long ago is still the same with a probability of 1/e, ms: the sun, other loads and the user
 * change it, and BMW tells that late or never. After half an hour it is another one in one case of twenty.
 */
const POWER_HOLDS_MS = 36_000_000;
/** An end so near to the target needs no silence to be expected, pp. */
const AT_TARGET_PP = 1;

/**
 * The silence of a car that charges: words that are due and do not come are lost, or the charge has ended without a word.
 * How often it was which, is learned by how many were missing.
 */
export class ChargeSilence {
  #heard: Heard | null = null;
  /** Silence before the end of a charge that a level has still to explain. */
  #unexplained: SilentCharge | null = null;
  #resumed: readonly number[] = RESUMED_BEFORE;
  #ended = ENDED_BEFORE;
  #gapMs = FIRST_GAP_MS;

  /** A charge begins. */
  begin(): void {
    this.#heard = null;
    this.#unexplained = null;
  }

  /**
   * The car is heard at `at`, where its level is `mean`; it charges.
   * @param silent what may have become of the charge until then, which `told`, a level of the car, explains
   */
  hear(at: number, mean: number, silent: SilentCharge | null, told: number | null, target: number): void {
    this.#explain(silent, told ?? silent?.to ?? mean, target);
    const before = this.#heard;
    if (before !== null && at > before.at + LEAST_GAP_MS) this.#gapMs += GAP_LEARNS * (at - before.at - this.#gapMs);
    this.#heard = { at: Math.max(at, before?.at ?? at), soc: mean };
  }

  /** The car is heard and charges no more: the next level explains the silence before. */
  over(silent: SilentCharge | null, told: number | null, target: number): void {
    if (told !== null) this.#explain(this.#unexplained, told, target);
    this.#unexplained = silent;
    this.#heard = null;
  }

  /** Tells what may have become of the charge; `null` while no word is missing. */
  at(set: HypothesisSet, step: number, now: number): SilentCharge | null {
    if (this.#heard === null) return null;
    const { soc: from, at } = this.#heard;
    const to = set.soc.mean;
    const missed = set.tellsSteps ? (to - from) / step : (now - at) / (GAPS * this.#gapMs);
    if (missed < 1 || to <= from) return null;
    const { endedShare, knownShare } = this.#shares(missed);
    return { from, to, missed, endedShare, knownShare };
  }

  /**
   * Tells how much it is to be doubted that a charge goes on as it was told; `null` before the car has been heard.
   * @param isTold whether its power was told, so that it ages: a guess allows for other powers already
   */
  doubt(silent: SilentCharge | null, isTold: boolean, now: number): Doubt | null {
    if (this.#heard === null) return null;
    const { soc: from, at } = this.#heard;
    const holds = isTold ? Math.exp(-Math.max(0, now - at) / POWER_HOLDS_MS) : 1;
    return { from, share: 1 - holds * (1 - (silent?.endedShare ?? 0)) };
  }

  #shares(missed: number): Pick<SilentCharge, "endedShare" | "knownShare"> {
    const count = Math.floor(missed);
    const last = this.#resumed.length;
    const resumed = (this.#resumed[Math.min(count, last) - 1] ?? 0) * Math.min(1, last / count);
    const known = Math.max(0, this.#ended - ENDED_BEFORE);
    return { endedShare: this.#ended / (this.#ended + resumed), knownShare: known / (known + resumed) };
  }

  #explain(silent: SilentCharge | null, soc: number, target: number): void {
    if (silent === null) return;
    const hasEnded = soc + HALF_STEP < (silent.from + silent.to) / 2;
    if (!hasEnded || soc < target - AT_TARGET_PP) this.#learn(silent.missed, hasEnded);
  }

  /** Takes how a silence of so many words turned out. */
  #learn(missed: number, hasEnded: boolean): void {
    const count = Math.floor(missed);
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

/** Tells the mean level where `mean` is that of a charge that goes on, and it may have ended soon after the last word. */
export function meanOf(mean: number, silent: SilentCharge | null): number {
  if (silent === null) return mean;
  const { from, to, missed, knownShare } = silent;
  return mean - knownShare * (to - from) * (1 - 0.5 / missed);
}
