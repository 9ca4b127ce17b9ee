import { finiteNumber, isObject, numbersIn } from "../../support/json.js";
import { clampedNumber, or } from "../../support/stored-schema.js";
import { below, density, type Moments } from "../normal-distribution.js";
import type { ReportingWay } from "./level-reporting.js";

/** Silence of a car since it told a level. */
export interface Silence {
  /** The level was told at that moment, ms. */
  readonly since: number;
  /** The level was between `low` and `low + step` when it was told, as the car shows it. */
  readonly low: number;
  readonly step: number;
  /** How the car tells its level. */
  readonly ways: readonly ReportingWay[];
  /** What the battery has probably given since then, pp. */
  readonly given: number;
  /** The car was surely in touch for so long since then, until `heardAt`; both ms. */
  readonly inTouchMs: number;
  readonly heardAt: number;
}

/** A car that drives tells something every few minutes: it is in touch for so long after its last word, but no longer. */
const IN_TOUCH_MS = 3 * 60_000;
/** So likely a car tells no step for reasons of which nothing is known. */
const UNEXPLAINED = 0.001;
/** Steps beyond which silence says no more. */
const MOST_STEPS = 12;
/** What lies so many deviations away does not count. */
const FARTHEST = 5;
const LEAST_NARROWING = 1e-3;

/** Between two bounds of the standard normal distribution silence is so likely. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly chance: number;
}

/** A level that was told just now. */
export function silenceSince(since: number, { low, step, ways }: Pick<Silence, "low" | "step" | "ways">): Silence {
  return { since, low, step, ways, given: 0, inTouchMs: 0, heardAt: since };
}

/** The car has told something else than a level at `now`. */
export function interrupted(silence: Silence, now: number): Silence {
  const { since, low, step, ways, given, heardAt } = silence;
  if (now <= heardAt) return silence;
  return { since, low, step, ways, given, inTouchMs: inTouchMsAt(silence, now), heardAt: now };
}

/** The battery has probably given so many points more. */
export function withGiven(silence: Silence, points: number): Silence {
  if (points === 0) return silence;
  const { since, low, step, ways, given, inTouchMs, heardAt } = silence;
  return { since, low, step, ways, given: given + points, inTouchMs, heardAt };
}

/**
 * Tells what is left of a level that was believed to be `prior` once it is heard that the car stays silent: with each step
 * that it had fallen (or risen) one more message would have been lost. A car that tells samples, or is not heard, would be
 * silent anyway; but one that often tells samples hardly is so for long.
 * @param now the moment until which it was silent, ms
 */
export function silent(prior: Moments, silence: Silence, now: number): Moments {
  let [weight, first, second] = [0, 0, 0];
  for (const { from, to, chance } of piecesOf(prior, silence, shareInTouch(silence, now))) {
    const [atFrom, atTo] = [density(from), density(to)];
    const share = Math.max(0, below(to) - below(from));
    weight += chance * share;
    first += chance * (atFrom - atTo);
    second += chance * (share + product(from, atFrom) - product(to, atTo));
  }
  const shift = first / weight;
  const narrowing = Math.max(LEAST_NARROWING, second / weight - shift ** 2);
  return { mean: prior.mean + Math.sqrt(prior.variance) * shift, variance: narrowing * prior.variance };
}

/** Reads what was saved of a silence; `null` if that is none. */
export function silenceOf(saved: unknown): Silence | null {
  const [since, low, step] = numbersIn(saved, "since", "low", "step") ?? [];
  if (!isObject(saved) || since === undefined || low === undefined || step === undefined) return null;
  if (step <= 0 || step > 1 || low < -1 || low > 101) return null;
  const ways = Array.isArray(saved["ways"])
    ? (saved["ways"] as unknown[]).map(wayOf).filter((way) => way !== null)
    : [];
  return {
    ...{ since, low, step, ways },
    given: or(clampedNumber(0, 100), 0)(saved["given"]),
    inTouchMs: or(clampedNumber(0, Infinity), 0)(saved["inTouchMs"]),
    heardAt: finiteNumber(saved["heardAt"]) ?? since,
  };
}

function wayOf(saved: unknown): ReportingWay | null {
  const [rate, share] = numbersIn(saved, "rate", "share") ?? [];
  if (!isObject(saved) || rate === undefined || share === undefined) return null;
  const steps = saved["steps"] === true;
  return rate < 0 || (steps && rate > 1) || share < 0 || share > 1 ? null : { steps, rate, share };
}

/** How likely a car that tells samples has told none, whatever its level did. */
function sampledSilence({ ways, given, step }: Silence): number {
  const silence = ({ rate, share }: ReportingWay) => share * Math.exp((-rate * given) / step);
  return ways.reduce((sum, way) => sum + (way.steps ? 0 : silence(way)), 0);
}

/** How likely a car that tells each step has told none of so many; a step is lost while the car is out of touch. */
function steppedSilence({ ways }: Silence, count: number, inTouch: number): number {
  return ways.reduce((sum, { steps, rate, share }) => sum + (steps ? share * (1 - inTouch * rate) ** count : 0), 0);
}

/** For how long the car was in touch until `now`: after its last word nobody knows. */
function inTouchMsAt({ inTouchMs, heardAt }: Silence, now: number): number {
  return inTouchMs + Math.min(IN_TOUCH_MS, Math.max(0, now - heardAt));
}

/** Share of the silence in which the car was in touch. */
function shareInTouch(silence: Silence, now: number): number {
  const ms = now - silence.since;
  return ms > 0 ? Math.min(1, Math.max(0, inTouchMsAt(silence, now) / ms)) : 1;
}

function piecesOf(prior: Moments, silence: Silence, inTouch: number): Piece[] {
  const { low, step } = silence;
  const deviation = Math.sqrt(prior.variance);
  const anyway = UNEXPLAINED + sampledSilence(silence);
  const pieces = [{ from: -Infinity, to: Infinity, chance: anyway }];
  for (let steps = -MOST_STEPS; steps <= MOST_STEPS; steps++) {
    const from = steps === -MOST_STEPS ? -Infinity : (low + steps * step - prior.mean) / deviation;
    const to = steps === MOST_STEPS ? Infinity : (low + (steps + 1) * step - prior.mean) / deviation;
    if (to > -FARTHEST && from < FARTHEST)
      pieces.push({ from, to, chance: steppedSilence(silence, Math.abs(steps), inTouch) });
  }
  return pieces;
}

/** The product of a bound and the density there, which is 0 far away. */
function product(bound: number, atBound: number): number {
  return Number.isFinite(bound) ? bound * atBound : 0;
}
