import { LONGEST_PAUSE_MS, type Charge, type Stop } from "./charging.js";
import type { ChargingEndReason, ChargingMethod, VehicleEvent } from "./events.js";
import { bestLevel, isMeasuredNow, LEVEL_STEP_PP, type Level, type Levels } from "./level.js";

/** A state of charge that nobody has measured, with what it lies within nine times of ten. Percent. */
export interface ChargeEstimate {
  readonly soc: number;
  readonly band90: readonly [low: number, high: number];
}

/** What is known beside the charge. */
export interface ChargeContext {
  readonly levels: Levels;
  readonly plugged: boolean | null;
  /** Percent. */
  readonly target: number | null;
  readonly method: ChargingMethod | null;
  readonly capacityKwh: number | null;
  /** What the estimator says of the battery by now. */
  readonly estimate: () => ChargeEstimate | null;
}

type ChargingEnded = Extract<VehicleEvent, { name: "chargingEnded" }>;
type Figures = Pick<ChargingEnded, "soc" | "from" | "band90">;

const MINUTE = 60_000;
/** So long after its end a charge waits for a level. */
const FINALISATION_MS = 15 * MINUTE;
/** A level from so shortly before the end is that of the end. */
const AT_END_MS: Readonly<Record<ChargingMethod, number>> = { AC: 5 * MINUTE, DC: MINUTE };
/** Without a better one a level counts that is older, as long as little can have come in since. */
const NEAR_END_MS = 30 * MINUTE;
const NEAR_END_PP = 5;
/** No charger gives more; without a word on it this may be a fast one. */
const MOST_KW: Readonly<Record<ChargingMethod, number>> = { AC: 25, DC: 400 };
/** A level is told so long after it was reached. */
const LEVEL_DELAY_MS = MINUTE;
const HOUR_MS = 60 * MINUTE;
const MOST_SOC = 100;

/** When the end of a charge that has stopped is told at the latest, in milliseconds. */
export function toldAt(stop: Stop, context: Pick<ChargeContext, "plugged">): number {
  return stop.heardAt + (mayBePause(stop, context) ? LONGEST_PAUSE_MS : FINALISATION_MS);
}

/** The cable is in, as far as is known, and nothing says that this is the end. */
function mayBePause({ isFinal }: Stop, { plugged }: Pick<ChargeContext, "plugged">): boolean {
  return !isFinal && plugged === true;
}

/** Whether all is known of the end of a charge, or the time to wait for it is over. */
export function isSettled(charge: Charge, context: ChargeContext, now: number): boolean {
  const { stop } = charge;
  if (stop === null) return false;
  if (now >= toldAt(stop, context)) return true;
  const level = levelAtEnd(charge, stop.at, context);
  // A last percent may still come in after a pause.
  return level !== null && (!mayBePause(stop, context) || level.soc >= (context.target ?? MOST_SOC));
}

/**
 * The event of the end, with what is known by now.
 * @param until the charge was over then at the latest, in milliseconds
 */
export function endOf(charge: Charge, context: ChargeContext, until: number): ChargingEnded {
  const { startedAt, stop, signAt, pauses } = charge;
  const at = Math.max(startedAt, Math.min(until, stop?.at ?? signAt));
  const level = levelAtEnd(charge, at, context);
  const estimate = level === null ? estimateOf(charge, context) : null;
  const near = level === null ? levelNearEnd(charge, at, context, estimate) : null;
  const figures = figuresOf(level ?? near, estimate);
  const start = startFor(charge, level ?? near);
  return {
    name: "chargingEnded",
    at,
    startedAt,
    startSoc: start?.soc ?? null,
    ...figures,
    energyKwh: energyOf(start, figures.soc, at - startedAt, context),
    durationMin: Math.round((at - startedAt) / MINUTE),
    reason: stop === null ? "unknown" : reasonOf(stop, figures, context),
    pauses,
  };
}

/** The level that the charge ended with: measured after it, or shortly before, or at the target. */
function levelAtEnd(charge: Charge, at: number, context: ChargeContext): Level | null {
  const after = bestLevel(context.levels, (level) => isMeasuredNow(level) && level.at >= at);
  if (after !== null) return after;
  const within = levelWithin(charge, context);
  if (within === null) return null;
  const isFresh = at - within.at <= AT_END_MS[context.method ?? "AC"];
  return isFresh || isAtTarget(within.soc, context.target) ? within : null;
}

function levelWithin({ startedAt }: Charge, { levels }: ChargeContext): Level | null {
  return bestLevel(levels, (level) => isMeasuredNow(level) && level.at >= startedAt);
}

function levelNearEnd(
  charge: Charge,
  at: number,
  context: ChargeContext,
  estimate: ChargeEstimate | null,
): Level | null {
  const within = levelWithin(charge, context);
  if (within === null || at - within.at > NEAR_END_MS) return null;
  const gained = estimate === null ? gainedSince(within, charge, at) : estimate.soc - within.soc;
  return gained <= NEAR_END_PP ? within : null;
}

/** Percentage points since a level, if it goes on at the pace at which that was reached. */
function gainedSince(level: Level, charge: Charge, at: number): number {
  const { startedAt } = charge;
  const start = startFor(charge, level);
  if (start === null || level.at <= startedAt) return Infinity;
  return ((level.soc - start.soc) / (level.at - startedAt)) * (at - level.at);
}

/** An estimate goes on from a level of this charge or of its start, until it is told to stop; else it knows nothing of it. */
function estimateOf(charge: Charge, context: ChargeContext): ChargeEstimate | null {
  if (charge.stop === null || charge.stop.cause === "lost") return null;
  const basis = levelWithin(charge, context) ?? startFor(charge, null);
  const estimate = basis === null ? null : context.estimate();
  if (basis === null || estimate === null) return null;
  const ms = charge.stop.at - Math.max(basis.at, charge.startedAt);
  return isPossible(estimate.soc - basis.soc, ms, context) ? estimate : null;
}

/** Whether a charger can have given so many percentage points in this time. */
function isPossible(gained: number, ms: number, { capacityKwh, method }: ChargeContext): boolean {
  const mostKwh = (MOST_KW[method ?? "DC"] * (ms + LEVEL_DELAY_MS)) / HOUR_MS;
  return gained >= -LEVEL_STEP_PP && ((gained - LEVEL_STEP_PP) / 100) * (capacityKwh ?? 0) <= mostKwh;
}

function figuresOf(level: Level | null, estimate: ChargeEstimate | null): Figures {
  if (level !== null) return { soc: level.soc, from: "level", band90: null };
  if (estimate === null) return { soc: null, from: null, band90: null };
  const [low, high] = estimate.band90;
  return { soc: Math.round(estimate.soc * 10) / 10, from: "estimate", band90: [Math.floor(low), Math.ceil(high)] };
}

/** Two levels of one source differ by what came in; those of two sources also by how they are rounded. */
function startFor({ starts }: Charge, end: Level | null): Level | null {
  return starts.find(({ source }) => source === end?.source) ?? bestLevel(starts, () => true);
}

/** `null` also where the two levels contradict each other. @param ms from start to end */
function energyOf(start: Level | null, soc: number | null, ms: number, context: ChargeContext): number | null {
  if (start === null || soc === null || context.capacityKwh === null) return null;
  const gained = soc - start.soc;
  return isPossible(gained, ms, context) ? Math.round(Math.max(0, gained) * context.capacityKwh) / 100 : null;
}

function reasonOf({ cause }: Stop, { soc, band90 }: Figures, { target }: ChargeContext): ChargingEndReason {
  if (cause === "error") return "error";
  if (cause === "complete" || (soc !== null && isAtTarget(soc, target))) return "target";
  if (cause === "unplugged") return "unplugged";
  if (cause === "lost" || soc === null || target === null) return "unknown";
  const mayBeAtTarget = band90 !== null && isAtTarget(band90[1], target);
  return mayBeAtTarget ? "unknown" : "stopped";
}

function isAtTarget(soc: number, target: number | null): boolean {
  return soc >= MOST_SOC || (target !== null && soc >= target - LEVEL_STEP_PP);
}
