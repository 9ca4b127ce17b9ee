import { finiteNumber, isObject, numbersIn } from "../../support/json.js";
import { below, density, type Moments } from "../normal.js";
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
  /** The car has told something else since then. */
  readonly isHeard: boolean;
}

/** A car that is heard no more, in a tunnel for instance, tells no step either: so likely on any way. */
const UNHEARD = 0.02;
/** The same of a car that has told something else in the meantime. */
const HEARD = 0.001;
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

/**
 * Tells what is left of a level that was believed to be `prior` once it is heard that the car stays silent: with each step
 * that it had fallen (or risen) one more message would have been lost. A car that tells samples, or is not heard, would be
 * silent anyway; but one that often tells samples hardly is so for long.
 */
export function silent(prior: Moments, silence: Silence): Moments {
  let [weight, first, second] = [0, 0, 0];
  for (const { from, to, chance } of piecesOf(prior, silence)) {
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
  if (!isObject(saved) || since === undefined || low === undefined || step === undefined || step <= 0) return null;
  const ways = Array.isArray(saved["ways"])
    ? (saved["ways"] as unknown[]).map(wayOf).filter((way) => way !== null)
    : [];
  return { since, low, step, ways, given: finiteNumber(saved["given"]) ?? 0, isHeard: saved["isHeard"] === true };
}

function wayOf(saved: unknown): ReportingWay | null {
  const [rate, share] = numbersIn(saved, "rate", "share") ?? [];
  if (!isObject(saved) || rate === undefined || share === undefined || rate < 0 || share < 0) return null;
  return { steps: saved["steps"] === true, rate, share };
}

/** How likely a car that tells samples has told none, whatever its level did. */
function sampledSilence({ ways, given, step }: Silence): number {
  const silence = ({ rate, share }: ReportingWay) => share * Math.exp((-rate * given) / step);
  return ways.reduce((sum, way) => sum + (way.steps ? 0 : silence(way)), 0);
}

/** How likely a car that tells each step has told none of so many. */
function steppedSilence({ ways }: Silence, count: number): number {
  return ways.reduce((sum, { steps, rate, share }) => sum + (steps ? share * (1 - rate) ** count : 0), 0);
}

function piecesOf(prior: Moments, silence: Silence): Piece[] {
  const { low, step, isHeard } = silence;
  const deviation = Math.sqrt(prior.variance);
  const anyway = (isHeard ? HEARD : UNHEARD) + sampledSilence(silence);
  const pieces = [{ from: -Infinity, to: Infinity, chance: anyway }];
  for (let steps = -MOST_STEPS; steps <= MOST_STEPS; steps++) {
    const from = steps === -MOST_STEPS ? -Infinity : (low + steps * step - prior.mean) / deviation;
    const to = steps === MOST_STEPS ? Infinity : (low + (steps + 1) * step - prior.mean) / deviation;
    if (to > -FARTHEST && from < FARTHEST) pieces.push({ from, to, chance: steppedSilence(silence, Math.abs(steps)) });
  }
  return pieces;
}

/** The product of a bound and the density there, which is 0 far away. */
function product(bound: number, atBound: number): number {
  return Number.isFinite(bound) ? bound * atBound : 0;
}
