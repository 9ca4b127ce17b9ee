import { finiteNumber, isObject, numberList, type JsonObject } from "../../support/json.js";
import { sum } from "../normal-distribution.js";

/** What a level that came by itself says of the car's ways, seen from what was believed before. */
export interface ReportedLevel {
  /** Steps of its last digit since the level before; below 0 where it fell. */
  readonly steps: number;
  /** How well it fits as the moment of its change, and as any sample; both per step. */
  readonly edge: number;
  readonly sample: number;
}

/** A way of sending the level, and how likely it is. */
export interface ReportingWay {
  /** The car sends each step when it happens, not samples. */
  readonly steps: boolean;
  /** Share of the steps that arrive, or samples in the time of one step. */
  readonly rate: number;
  readonly share: number;
}

/** What a car may do of which nothing is known: its silence proves nothing until it has shown that it tells each step. */
const WAYS: readonly ReportingWay[] = [
  ...[0.95, 0.8, 0.5, 0.25].map((rate) => ({ steps: true, rate, share: 0.01 })),
  ...[0.06, 0.2, 0.6, 2].map((rate) => ({ steps: false, rate, share: 0.24 })),
];
/** A car that sends each step hardly ever sends the same value twice. */
const REPEATS = 0.05;
/** A single message proves no more, as it may be a fault; neither do all together: an update may change the car's ways. */
const LEAST_FIT = 0.003;
const LEAST_SHARE = 0.002;

/**
 * Learns how a car sends its level: each step when it happens, though some of these messages are lost, or a sample now
 * and then. All are models of the same messages, and the one that foretells them best counts: where each step is sent, a
 * fall by two is one lost message, and the level is that of a change; where samples are sent it is any that the battery
 * had.
 */
export class LevelReporting {
  #shares = WAYS.map(({ share }) => share);

  /** Tells how likely a level marks the moment of its change; 0 to 1. */
  crossing(level: ReportedLevel): number {
    const fits = this.#fitsOf(level);
    const all = sum(fits);
    return all > 0 ? sum(fits.filter((_, index) => WAYS[index]?.steps)) / all : 0;
  }

  /** Tells how likely each way is by now. */
  get ways(): readonly ReportingWay[] {
    return WAYS.map(({ steps, rate }, index) => ({ steps, rate, share: this.#shares[index] ?? 0 }));
  }

  /** Learns from a level that came by itself. */
  learn(level: ReportedLevel): void {
    const fits = this.#fitsOf(level, LEAST_FIT);
    const all = sum(fits);
    const shares = fits.map((fit) => Math.max(LEAST_SHARE, fit / all));
    const whole = sum(shares);
    this.#shares = shares.map((share) => share / whole);
  }

  forget(): void {
    this.#shares = WAYS.map(({ share }) => share);
  }

  save(): JsonObject {
    return { shares: this.#shares };
  }

  /** Goes on with what `save` gave; earlier versions counted steps and repeated values. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const shares = numberList(saved["shares"]);
    if (shares.length === WAYS.length && shares.every(isShare)) this.#shares = shares;
    const [steps, repeats] = [finiteNumber(saved["steps"]), finiteNumber(saved["repeats"])];
    if (steps === null || repeats === null || steps < 0 || repeats < 0) return;
    const stepped = (steps + 1) / (steps + 4 * repeats + 3);
    const first = sum(WAYS.map((way) => (way.steps ? way.share : 0)));
    this.#shares = WAYS.map(({ steps: each, share }) => share * (each ? stepped / first : (1 - stepped) / (1 - first)));
  }

  /** Likelihood of each way times its share, in their order. */
  #fitsOf(level: ReportedLevel, least = 0): number[] {
    return WAYS.map((way, index) => (this.#shares[index] ?? 0) * (fitOf(way, level) + least));
  }
}

function fitOf({ steps: each, rate }: ReportingWay, { steps, edge, sample }: ReportedLevel): number {
  const count = Math.abs(steps);
  if (!each) return sample * rate * Math.exp(-rate * count);
  return count === 0 ? REPEATS * rate * sample : edge * rate * (1 - rate) ** (count - 1);
}

/** A share so small is of no use to anybody, and of a damaged file. */
function isShare(value: number): boolean {
  return value > 1e-9 && value <= 1;
}
