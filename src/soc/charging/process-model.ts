import type { FastChargingCurve } from "./fast-charging-curve.js";
import { FULL, type Flow, type Hypothesis } from "./hypothesis.js";
import type { HypothesisSet } from "./hypothesis-set.js";
import { FULL_FROM, type LevelMeasurement } from "./level-likelihood.js";
import { isGuess, METER, STOPPED, UNKNOWN, UNKNOWN_FAST, type Supply } from "./power-supply.js";
import { taperShare, type ChargeTaper } from "./taper.js";

/** One thing that happened at a moment of BMW's time. */
export type HistoryEntry =
  | { readonly kind: "supply"; readonly at: number; readonly supply: Supply }
  | { readonly kind: "soc"; readonly at: number; readonly level: LevelMeasurement }
  /** The car expects so many pp more at so many per hour. */
  | { readonly kind: "forecast"; readonly at: number; readonly ppPerHour: number }
  /** How well each way of rounding fits the course of the power near full, as logarithm. */
  | { readonly kind: "rounding"; readonly at: number; readonly logs: readonly number[] }
  /** Charges end at their target so often, a share. */
  | { readonly kind: "end"; readonly at: number; readonly target: number; readonly share: number };

/** The context around the entries. */
export interface ProcessContext {
  readonly curve: FastChargingCurve;
  readonly capacityKwh: number;
  /** Tells how alternating current tapers below 100 %. */
  readonly taper: Pick<ChargeTaper, "width">;
  /** Usual share of the curve in this car's fast charges; `null` without any. */
  readonly usualScale: number | null;
}

/** A point of the curve of fast charging that was measured at full power. */
export type OnPoint = (soc: number, kw: number) => void;

const STEP_MS = 300_000;
const CURVE_STEP_MS = 20_000;
/** Nobody knows what a car does that does not charge, pp² per hour. */
const REST_VARIANCE = 0.2 ** 2;
/** How often a car compares its level with what it told last. */
const LOOKS_EVERY_MS = 30_000;
const HOUR_MS = 3_600_000;
/** Power that changes evenly between two readings may be off by so much. */
const BETWEEN_SD = 0.03;
/** Share of the error that power has where no next reading is known. */
const BETWEEN_SHARE = 0.6;
const BETWEEN_CURVE_SD = 0.06;
const BETWEEN_MS = 300_000;
/** What heats, cools and lights beside the battery is not told: standard deviation, kW. */
const LOAD_KW = 0.2;
const LEAST_KW = 0.5;
const FULL_SD = 0.35;
const FULL_MS = 600_000;
const SCALE_BOUNDS = [0.02, 5] as const;
const LONGEST_CHANGE_MS = 900_000;
const RISES_TO = 0.9;
const RISING_SHARE = 0.6;
const RAMPING_SD = 0.45;

/** Plays the entries, in order of their time, on what was known at `from`. Returns the time of the last one. */
export function play(
  set: HypothesisSet,
  from: number,
  entries: readonly HistoryEntry[],
  context: ProcessContext,
  onPoint: OnPoint = () => undefined,
): number {
  let at = from;
  const first = entries.find(({ kind }) => kind === "supply");
  // Power that is told a few seconds after the start has flown since the start.
  if (set.supply === null && first?.kind === "supply") begin(set, first.supply, context);
  let next = nextSupply(set, entries, 0, at, context);
  entries.forEach((entry, index) => {
    advance(set, at, entry.at, context, next);
    at = Math.max(at, entry.at);
    if (entry.kind === "soc") observe(set, entry, context, next);
    else if (entry.kind === "end") set.end(entry.target, entry.share, perLook(set, entry.at, context, next));
    else if (entry.kind === "rounding") set.weighRounding(entry.logs);
    else if (entry.kind === "forecast") set.expect(entry.ppPerHour, context.capacityKwh);
    else {
      take(set, entry.supply, context, onPoint);
      next = nextSupply(set, entries, index + 1, at, context);
    }
  });
  return at;
}

/** Where the power goes to: the next reading, with the share of the curve that it will turn out to be. */
interface Ahead {
  readonly supply: Supply;
  readonly curveScale: number;
}

/** Lets time pass in steps. */
export function advance(
  set: HypothesisSet,
  from: number,
  to: number,
  context: ProcessContext,
  ahead: Ahead | null = null,
): void {
  const { supply } = set;
  if (supply === null || supply.key === STOPPED) {
    const variance = (Math.max(0, to - from) / HOUR_MS) * REST_VARIANCE;
    for (const one of set.all) one.rest(variance);
    return;
  }
  const step = Math.max(supply.follows ? CURVE_STEP_MS : STEP_MS, (to - from) / 500);
  for (let at = from; at < to;) {
    const ms = Math.min(step, to - at);
    for (const one of set.all) {
      const factor = set.branchOf(one)?.factor ?? 1;
      one.advance(flow(set, supply, one, factor, at + ms / 2, context, ahead), ms, context.capacityKwh, set.most);
    }
    at += ms;
  }
}

function noticedLate({ soc, step, noise, steps, gained, most }: LevelMeasurement, perLook: number): LevelMeasurement {
  return { soc, step, noise, steps, unnoticed: Math.min(step, perLook), gained, most };
}

/** A step is noticed only when the car looks the next time: by then more has come in. */
function observe(
  set: HypothesisSet,
  entry: Extract<HistoryEntry, { kind: "soc" }>,
  context: ProcessContext,
  ahead: Ahead | null,
): void {
  const { level } = entry;
  if ((level.steps ?? 0) === 0) set.observe(level);
  else set.observe(noticedLate(level, perLook(set, entry.at, context, ahead)));
}

/** Tells what comes in between two looks of the car at its level, pp. */
function perLook(set: HypothesisSet, at: number, context: ProcessContext, ahead: Ahead | null): number {
  const { supply, likeliest: top } = set;
  if (supply === null || supply.key === STOPPED || top === null) return 0;
  const now = flow(set, supply, top, set.branchOf(top)?.factor ?? 1, at, context, ahead);
  return (top.efficiency * Math.max(0, top.rate(now, context.capacityKwh)) * LOOKS_EVERY_MS) / HOUR_MS;
}

/** kW that flow into one explanation at a moment. */
export function flow(
  set: HypothesisSet,
  supply: Supply,
  hypothesis: Hypothesis,
  factor: number,
  at: number,
  { curve, taper }: ProcessContext,
  ahead: Ahead | null,
): Flow {
  const passed = ahead === null ? 0 : between(supply.at, ahead.supply.at, at);
  if (supply.follows) {
    const curveScale = set.curveScale + (ahead === null ? 0 : passed * (ahead.curveScale - set.curveScale));
    const kw = curveScale * curve.kw(hypothesis.soc);
    const kwPerSoc = curveScale * curve.slope(hypothesis.soc);
    if (ahead !== null) return { kw, auxKw: supply.auxKw, kwPerSoc, errorSd: BETWEEN_CURVE_SD, errorMs: BETWEEN_MS };
    return { kw, auxKw: supply.auxKw, kwPerSoc, errorSd: supply.heldSd, errorMs: supply.heldMs };
  }
  const kw = (supply.kw + (ahead === null ? 0 : passed * (ahead.supply.kw - supply.kw))) * factor;
  // A meter tells itself how the power falls, and nothing tapers that flows out.
  const taperPp = supply.key === METER || kw < 0 ? 0 : taper.width(hypothesis.habit.rounding);
  const share = taperPp === 0 ? 1 : taperShare(hypothesis.soc, taperPp);
  const isFull = hypothesis.soc > FULL_FROM;
  const errorMs = isFull ? FULL_MS : ahead === null ? supply.heldMs : BETWEEN_MS;
  const kwPerSoc = share === 1 ? 0 : -kw / taperPp;
  return {
    kw: kw * share,
    auxKw: supply.auxKw * share,
    kwPerSoc,
    errorSd: powerSd(supply, kw, isFull, ahead !== null),
    errorMs,
  };
}

/** Returns the error of power that is held until the next reading, or that goes evenly to the next one, as a share. */
function powerSd(supply: Supply, kw: number, isFull: boolean, isNextKnown: boolean): number {
  const held = isNextKnown ? Math.max(BETWEEN_SD, supply.heldSd * BETWEEN_SHARE) : supply.heldSd;
  const sd = isFull ? FULL_SD : held;
  if (isGuess(supply)) return sd;
  const load = LOAD_KW / Math.max(LEAST_KW, Math.abs(kw));
  // What else hangs behind a meter comes on top of its own error.
  return supply.key === METER ? Math.hypot(sd, load) : Math.max(sd, load);
}

function between(from: number, to: number, at: number): number {
  return to <= from ? 1 : Math.min(1, Math.max(0, (at - from) / (to - from)));
}

function begin(set: HypothesisSet, supply: Supply, context: ProcessContext): void {
  set.curveScale = context.usualScale ?? 1;
  take(set, supply, context, () => undefined);
}

function take(set: HypothesisSet, supply: Supply, context: ProcessContext, onPoint: OnPoint): void {
  const before = set.supply;
  const was = set.likeliest;
  const kw = before === null || was === null ? 0 : before.kw * (set.branchOf(was)?.factor ?? 1);
  set.adopt(supply);
  if (before !== null && isChange(before, supply)) blur(set, before, kw, context);
  if (!supply.follows || supply.key === UNKNOWN_FAST) return;
  const soc = set.soc.mean;
  set.curveScale = scaleOf(supply, soc, context);
  if (supply.ramps) for (const one of set.all) one.trustPower(RAMPING_SD);
  if (!isRising(supply, soc, context)) onPoint(soc, supply.kw);
}

/** The same charge goes on in another way, since some moment between the two. */
function isChange(before: Supply, { key, follows }: Supply): boolean {
  return before.key !== key && !follows && !before.follows && before.branches.length === 1;
}

function blur(set: HypothesisSet, { at: from }: Supply, kwBefore: number, { capacityKwh }: ProcessContext): void {
  const { supply } = set;
  if (supply === null || supply.key === STOPPED) return;
  const hours = Math.min(LONGEST_CHANGE_MS, Math.max(0, supply.at - from)) / HOUR_MS;
  for (const one of set.all) {
    const kw = supply.kw * (set.branchOf(one)?.factor ?? 1) - kwBefore;
    one.blur((one.efficiency * kw * hours * 100) / capacityKwh);
  }
}

function scaleOf(supply: Supply, soc: number, context: ProcessContext): number {
  const [low, high] = SCALE_BOUNDS;
  const { curve, usualScale } = context;
  const curveScale = Math.min(high, Math.max(low, supply.kw / Math.max(1, curve.kw(soc))));
  return isRising(supply, soc, context) ? Math.max(curveScale, RISES_TO * (usualScale ?? RISES_TO)) : curveScale;
}

/** The power has not been reached yet: at the start, and far below what the car takes. */
function isRising({ kw, ramps }: Supply, soc: number, { curve, usualScale }: ProcessContext): boolean {
  return ramps && kw < RISING_SHARE * (usualScale ?? 1) * curve.kw(soc);
}

/** The next reading of the same kind, and what share of the curve it will be: found by playing on until then, twice. */
function nextSupply(
  set: HypothesisSet,
  entries: readonly HistoryEntry[],
  index: number,
  from: number,
  context: ProcessContext,
): Ahead | null {
  const { supply } = set;
  const found = entries.findIndex(({ kind }, at) => at >= index && kind === "supply");
  const entry = entries[found];
  if (supply === null || entry?.kind !== "supply" || entry.supply.key !== supply.key || supply.key.startsWith(UNKNOWN))
    return null;
  if (!supply.follows) return { supply: entry.supply, curveScale: 1 };
  let ahead: Ahead | null = null;
  for (let round = 0; round < 2; round++) {
    const trial = set.clone();
    playSoc(trial, from, entries.slice(index, found), entry.at, context, ahead);
    ahead = { supply: entry.supply, curveScale: scaleOf(entry.supply, trial.soc.mean, context) };
  }
  return ahead;
}

/** Plays entries among which nothing tells of power. */
function playSoc(
  set: HypothesisSet,
  from: number,
  entries: readonly HistoryEntry[],
  to: number,
  context: ProcessContext,
  ahead: Ahead | null,
): void {
  let at = from;
  for (const entry of entries) {
    advance(set, at, entry.at, context, ahead);
    at = Math.max(at, entry.at);
    if (entry.kind === "soc") observe(set, entry, context, ahead);
  }
  advance(set, at, to, context, ahead);
}

const STEP_PP = 2;
/** The nearer a battery is to full, the more its power may change within a step: largest share of what is missing, and least step [pp]. */
const STEP_SHARE = 0.2;
const LEAST_STEP_PP = 0.1;
const LEAST_LEFT_PP = 1e-9;
const MINUTES_PER_HOUR = 60;
const LONGEST_MINUTES = 2880;
/** Slower than that nothing charges, pp per hour. */
const LEAST_RATE = 0.05;

/** Tells how long a hypothesis takes for `missing` pp more; `null` if it does not get there within two days. */
export function minutesUntil(
  set: HypothesisSet,
  top: Hypothesis,
  at: number,
  missing: number,
  context: ProcessContext,
): number | null {
  const { supply } = set;
  if (supply === null) return null;
  const factor = set.branchOf(top)?.factor ?? 1;
  const ahead = top.clone();
  let minutes = 0;
  for (let left = missing; left > LEAST_LEFT_PP;) {
    const step = Math.min(left, STEP_PP, Math.max(LEAST_STEP_PP, STEP_SHARE * (FULL - ahead.soc)));
    left -= step;
    ahead.soc += step / 2;
    const now = flow(set, supply, ahead, factor, at, context, null);
    const rate = ahead.efficiency * ahead.rate(now, context.capacityKwh);
    ahead.soc += step / 2;
    if (rate < LEAST_RATE) return null;
    minutes += (step / rate) * MINUTES_PER_HOUR;
  }
  return minutes <= LONGEST_MINUTES ? minutes : null;
}
