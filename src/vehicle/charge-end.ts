import { LONGEST_PAUSE_MS, type Charge, type ChargeStop } from "./charge.js";
import type { ChargingEndReason, ChargingMethod, VehicleEvent } from "./vehicle-event.js";
import { bestLevel, isMeasuredNow, LEVEL_STEP_PP, type MeasuredLevel, type MeasuredLevels } from "./measured-level.js";

/** Holds an estimated state of charge and its 90 % interval [%]. */
export interface EstimatedLevel {
  readonly soc: number;
  readonly band90: readonly [low: number, high: number];
}

/** Provides what the end of a charge depends on besides the charge. */
export interface ChargeContext {
  readonly levels: MeasuredLevels;
  readonly plugged: boolean | null;
  /** Percent. */
  readonly target: number | null;
  readonly method: ChargingMethod | null;
  readonly capacityKwh: number | null;
  /** Returns the present estimate of the battery level; `null` without one. */
  readonly estimate: () => EstimatedLevel | null;
}

type ChargingEnded = Extract<VehicleEvent, { name: "chargingEnded" }>;
type EndLevel = Pick<ChargingEnded, "soc" | "from" | "band90">;

const MINUTE = 60_000;
/** Limits how long an ended charge waits for a measured level [ms]. */
const FINALISATION_MS = 15 * MINUTE;
/** Limits the age at which a level still counts as that of the end [ms]. */
const AT_END_MS: Readonly<Record<ChargingMethod, number>> = { AC: 5 * MINUTE, DC: MINUTE };
/** Limits the age of a level that is used for want of a better one, if little can have been charged since [ms]. */
const NEAR_END_MS = 30 * MINUTE;
const NEAR_END_PP = 5;
/** Limits the charging power by method [kW]; an unknown method counts as DC. */
const MOST_KW: Readonly<Record<ChargingMethod, number>> = { AC: 25, DC: 400 };
/** Assumes how late a level is reported after it was reached [ms]. */
const LEVEL_DELAY_MS = MINUTE;
const HOUR_MS = 60 * MINUTE;
const MOST_SOC = 100;

/** Returns when the end of a stopped charge is emitted at the latest [ms]. */
export function endReportDueAt(stop: ChargeStop, context: Pick<ChargeContext, "plugged">): number {
  return stop.heardAt + (mayBePause(stop, context) ? LONGEST_PAUSE_MS : FINALISATION_MS);
}

/** Returns whether a stop may be a pause: the cable is not known to be unplugged, and the stop is not final. */
function mayBePause({ isFinal }: ChargeStop, { plugged }: Pick<ChargeContext, "plugged">): boolean {
  return !isFinal && plugged === true;
}

/** Returns whether everything about the end of a charge is known, or the time to wait for it is over. */
export function isEndKnown(charge: Charge, context: ChargeContext, now: number): boolean {
  const { stop } = charge;
  if (stop === null) return false;
  if (now >= endReportDueAt(stop, context)) return true;
  const level = levelAtEnd(charge, stop.at, context);
  // The last percent may still be charged after a pause.
  return level !== null && (!mayBePause(stop, context) || level.soc >= (context.target ?? MOST_SOC));
}

/**
 * Builds the event of the end from what is known now.
 * @param until latest possible end of the charge [ms]
 */
export function chargingEndedEvent(charge: Charge, context: ChargeContext, until: number): ChargingEnded {
  const { startedAt, stop, signAt, pauses } = charge;
  const at = Math.max(startedAt, Math.min(until, stop?.at ?? signAt));
  const level = levelAtEnd(charge, at, context);
  const estimate = level === null ? estimateOf(charge, context) : null;
  const near = level === null ? levelNearEnd(charge, at, context, estimate) : null;
  const figures = endLevelOf(level ?? near, estimate);
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

/** Returns the level at the end of the charge: measured after it, shortly before it, or at the target. */
function levelAtEnd(charge: Charge, at: number, context: ChargeContext): MeasuredLevel | null {
  const after = bestLevel(context.levels, (level) => isMeasuredNow(level) && level.at >= at);
  if (after !== null) return after;
  const within = levelWithin(charge, context);
  if (within === null) return null;
  const isFresh = at - within.at <= AT_END_MS[context.method ?? "AC"];
  return isFresh || isAtTarget(within.soc, context.target) ? within : null;
}

function levelWithin({ startedAt }: Charge, { levels }: ChargeContext): MeasuredLevel | null {
  return bestLevel(levels, (level) => isMeasuredNow(level) && level.at >= startedAt);
}

function levelNearEnd(
  charge: Charge,
  at: number,
  context: ChargeContext,
  estimate: EstimatedLevel | null,
): MeasuredLevel | null {
  const within = levelWithin(charge, context);
  if (within === null || at - within.at > NEAR_END_MS) return null;
  const gained = estimate === null ? gainedSince(within, charge, at) : estimate.soc - within.soc;
  return gained <= NEAR_END_PP ? within : null;
}

/** Extrapolates the percentage points gained since a level, at the rate at which it was reached. */
function gainedSince(level: MeasuredLevel, charge: Charge, at: number): number {
  const { startedAt } = charge;
  const start = startFor(charge, level);
  if (start === null || level.at <= startedAt) return Infinity;
  return ((level.soc - start.soc) / (level.at - startedAt)) * (at - level.at);
}

/** Returns the estimate if it builds on a level of this charge; otherwise it says nothing about it. */
function estimateOf(charge: Charge, context: ChargeContext): EstimatedLevel | null {
  if (charge.stop === null || charge.stop.cause === "lost") return null;
  const basis = levelWithin(charge, context) ?? startFor(charge, null);
  const estimate = basis === null ? null : context.estimate();
  if (basis === null || estimate === null) return null;
  const ms = charge.stop.at - Math.max(basis.at, charge.startedAt);
  return isPossible(estimate.soc - basis.soc, ms, context) ? estimate : null;
}

/** Returns whether a charger can have delivered this gain [pp] in this time [ms]. */
function isPossible(gained: number, ms: number, { capacityKwh, method }: ChargeContext): boolean {
  const mostKwh = (MOST_KW[method ?? "DC"] * (ms + LEVEL_DELAY_MS)) / HOUR_MS;
  return gained >= -LEVEL_STEP_PP && ((gained - LEVEL_STEP_PP) / 100) * (capacityKwh ?? 0) <= mostKwh;
}

function endLevelOf(level: MeasuredLevel | null, estimate: EstimatedLevel | null): EndLevel {
  if (level !== null) return { soc: level.soc, from: "level", band90: null };
  if (estimate === null) return { soc: null, from: null, band90: null };
  const [low, high] = estimate.band90;
  return { soc: Math.round(estimate.soc * 10) / 10, from: "estimate", band90: [Math.floor(low), Math.ceil(high)] };
}

/**
 * Returns the start level of the source of the end level: levels of different sources also differ by their rounding.
 */
function startFor({ starts }: Charge, end: MeasuredLevel | null): MeasuredLevel | null {
  return starts.find(({ source }) => source === end?.source) ?? bestLevel(starts, () => true);
}

/**
 * Returns the charged energy [kWh]; `null` also where the two levels contradict each other.
 * @param ms duration [ms]
 */
function energyOf(start: MeasuredLevel | null, soc: number | null, ms: number, context: ChargeContext): number | null {
  if (start === null || soc === null || context.capacityKwh === null) return null;
  const gained = soc - start.soc;
  return isPossible(gained, ms, context) ? Math.round(Math.max(0, gained) * context.capacityKwh) / 100 : null;
}

function reasonOf({ cause }: ChargeStop, { soc, band90 }: EndLevel, { target }: ChargeContext): ChargingEndReason {
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
