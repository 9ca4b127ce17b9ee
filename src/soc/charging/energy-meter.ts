import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import { clampedNumber, needed, object, objectOrDefaults, or } from "../../support/stored-schema.js";
import { LONGEST_UNWATCHED_MS } from "../settings.js";

const HOUR_MS = 3_600_000;

/** From there on volts are told between lines. */
export const LINE_TO_LINE_FROM_V = 250;
const LINE_TO_LINE = 1.732;
const MOST_PHASES = 3;
/** A start comes in several messages: what flows between these is nothing to speak of. */
const TOLD_TOGETHER_MS = 30_000;
/** Less than this share of the mean power is no longer that of the charge. */
const FILLED_SHARE = 0.5;

const WINDOW_PP = 8;
const BELOW_CEILING_PP = 5;
const EFFICIENCY = 0.9;
const [THREE_FROM, THREE_TO] = [2.5, 4.5];
const ONE_TO = 1.5;
const VOTES = 2;

const amount = or(clampedNumber(0, Infinity), 0);
const signed = or(finiteNumber, 0);
const readCounters = objectOrDefaults({
  /** Less by what the car gives. */
  netKwh: signed,
  grossKwh: amount,
  powerKw: signed,
  auxKw: amount,
  at: finiteNumber,
  coveredMs: amount,
  /** Time in which something came in, h. */
  hours: amount,
  gaps: amount,
  firstAt: finiteNumber,
  /** What the first reading told, less the load beside the battery. */
  firstNetKw: or(finiteNumber, 0),
  /** `netKwh` where the battery is as full as it is to be; `null` before. */
  mostNetKwh: finiteNumber,
});
type EnergyCounters = ReturnType<typeof readCounters>;

/**
 * Integrates the energy of one charge out of readings of its power, by the trapezoid between them; a longer silence
 * counts no more than ten minutes. `net` is without the load beside the battery. kW, kWh, ms.
 */
export class EnergyMeter {
  #now: EnergyCounters = readCounters({});
  /** As it was before the last reading: values of the same moment are one reading. */
  #before: EnergyCounters | null = null;

  get counters(): EnergyCounters {
    return this.#now;
  }

  /** Takes a measured power. */
  read(kw: number, auxKw: number, at: number): void {
    const isSame = this.#before !== null && this.#now.at === at;
    if (isSame && this.#before !== null) this.#now = this.#before;
    this.#before = this.#now;
    this.#integrate(kw, auxKw, at);
  }

  /** Lets the last power, or another that is reckoned, go on until `at`. */
  goOn(kw: number, at: number): void {
    this.#before = null;
    this.#integrate(kw, this.#now.auxKw, at);
  }

  /** The battery is as full as it is to be, but for `kwh`: what flows from then on runs what is beside it. */
  fills(kwh: number): void {
    if (this.#now.mostNetKwh === null) this.#limit(this.#now.netKwh + kwh);
  }

  /** The battery takes more after all. */
  takesMore(): void {
    if (this.#now.mostNetKwh !== null) this.#limit(null);
  }

  /**
   * Tells the net energy from `start` to `end`, and the hours in which it came in. What flowed before the first reading was as
   * that tells, if it came late; an `end` that became known late takes away what was counted after it.
   */
  between(start: number, end: number): { readonly netKwh: number; readonly hours: number } {
    const { firstAt, firstNetKw, hours } = this.#now;
    const lead = firstAt === null ? 0 : shortGap(firstAt - start);
    const before = lead > TOLD_TOGETHER_MS && firstNetKw > 0 ? lead / HOUR_MS : 0;
    return { netKwh: this.#netUntil(end) + firstNetKw * before, hours: hours + before };
  }

  /** Tells the share of the time from `start` to `end` of which the power is known. */
  coveredShare(start: number, end: number): number {
    const { coveredMs, firstAt, at } = this.#now;
    if (firstAt === null || at === null) return 0;
    const known = coveredMs + shortGap(firstAt - start) + shortGap(end - at);
    return end <= start ? 1 : Math.min(1, known / (end - start));
  }

  /** Takes note that the clock was set back to `now`: what has flowed since the last reading is lost. */
  turnBack(now: number): void {
    this.#before = null;
    this.#now = { ...this.#now, at: now, gaps: this.#now.gaps + 1 };
  }

  save(): JsonObject {
    return { ...this.#now, before: this.#before };
  }

  restore(saved: unknown): void {
    this.#now = readCounters(saved);
    const before = isObject(saved) ? saved["before"] : null;
    this.#before = isObject(before) ? readCounters(before) : null;
  }

  #netUntil(end: number): number {
    const { at, powerKw, auxKw, netKwh, mostNetKwh } = this.#now;
    if (at === null || at <= end || netKwh === mostNetKwh) return netKwh;
    const after = (netPower(powerKw, auxKw) * (at - end)) / HOUR_MS;
    return after > 0 ? Math.max(0, netKwh - after) : netKwh - after;
  }

  #limit(mostNetKwh: number | null): void {
    this.#now = { ...this.#now, mostNetKwh };
    this.#before = null;
  }

  /** A charger that has filled the battery gives much less than before, for what is beside it. */
  #isFilledAt(kw: number): boolean {
    const { mostNetKwh, grossKwh, coveredMs } = this.#now;
    return mostNetKwh !== null && kw * coveredMs < FILLED_SHARE * grossKwh * HOUR_MS;
  }

  #integrate(kw: number, auxKw: number, at: number): void {
    const { at: since, powerKw, firstAt, netKwh, grossKwh, coveredMs, gaps, mostNetKwh } = this.#now;
    const gap = since === null ? 0 : at - since;
    const isGap = gap < 0 || gap > LONGEST_UNWATCHED_MS;
    const hours = gap > 0 && kw !== 0 ? Math.min(gap, LONGEST_UNWATCHED_MS) / HOUR_MS : 0;
    const average = (powerKw + kw) / 2;
    const first = firstAt === null ? { firstAt: at, firstNetKw: netPower(kw, auxKw) } : {};
    const net = Math.min(mostNetKwh ?? Infinity, netKwh + netPower(average, auxKw) * hours);
    this.#now = {
      ...this.#now,
      ...first,
      netKwh: net,
      mostNetKwh: this.#isFilledAt(kw) ? net : mostNetKwh,
      grossKwh: grossKwh + Math.max(0, average) * hours,
      powerKw: kw,
      auxKw,
      at,
      hours: this.#now.hours + (net > netKwh ? hours : 0),
      coveredMs: coveredMs + (isGap || firstAt === null ? 0 : gap),
      gaps: gaps + (isGap ? 1 : 0),
    };
  }
}

/** Tells what flows in before losses; what flows out has cost the battery as much as comes in by this, kW. */
function netPower(kw: number, auxKw: number): number {
  return kw < 0 ? (kw - auxKw) / EFFICIENCY ** 2 : Math.max(kw - auxKw, 0);
}

function shortGap(ms: number): number {
  return ms > 0 && ms <= LONGEST_UNWATCHED_MS ? ms : 0;
}

/** Tells by how much volts times amps is to be multiplied. */
export function multiplierOf(volts: number, phases: number): number {
  if (phases <= 1) return 1;
  return volts >= LINE_TO_LINE_FROM_V ? LINE_TO_LINE : Math.min(phases, MOST_PHASES);
}

/** Tells the kW of an alternating current; `null` if volts or amps are missing. */
export function productOf(volts: number | null, amps: number | null, phases: number): number | null {
  if (volts === null || amps === null || volts <= 0 || amps <= 0) return null;
  return ((volts * amps) / 1000) * multiplierOf(volts, phases);
}

/** Hint of a level at the count of phases of the charge that runs; kWh since its start. */
interface PhaseHint {
  readonly soc: number;
  readonly netKwh: number;
  readonly grossKwh: number;
  /** Times that energy went uncounted. */
  readonly gaps: number;
  readonly capacityKwh: number;
  readonly volts: number;
  readonly phases: number;
  readonly isAssumed: boolean;
  readonly isReported: boolean;
  /** The target, or 100. */
  readonly ceiling: number;
}

type Window = Pick<PhaseHint, "soc" | "netKwh" | "grossKwh" | "gaps">;

const readInference = objectOrDefaults({
  window: object({
    soc: needed(finiteNumber),
    netKwh: needed(finiteNumber),
    grossKwh: needed(finiteNumber),
    gaps: needed(finiteNumber),
  }),
  votes: amount,
});

/** Concludes from the energy that arrives how many phases charge, where the car does not tell it. */
export class PhaseInference {
  #window: Window | null = null;
  #votes = 0;

  /**
   * Returns the count that the level shows: 3 after two windows, 1 if a count that was only supposed to be higher is
   * refuted.
   */
  take(hint: PhaseHint): 1 | 3 | null {
    if (hint.isReported || hint.volts <= 0 || hint.volts >= LINE_TO_LINE_FROM_V) return null;
    if (hint.soc >= hint.ceiling - BELOW_CEILING_PP || hint.grossKwh <= 0) return null;
    const window = this.#window;
    if (window?.gaps !== hint.gaps) return this.#reopen(hint, 0);
    const grossGain = hint.grossKwh - window.grossKwh;
    if (hint.soc - window.soc < WINDOW_PP || grossGain <= 0) return null;
    return this.#conclude(hint, neededMultiplier(hint, window));
  }

  save(): JsonObject {
    return { window: this.#window, votes: this.#votes };
  }

  restore(saved: unknown): void {
    const { window, votes } = readInference(saved);
    this.#window = window;
    this.#votes = votes;
  }

  #conclude(hint: PhaseHint, needed: number): 1 | 3 | null {
    if (!hint.isAssumed && needed <= ONE_TO) {
      this.#reopen(hint, 0);
      return 1;
    }
    const isThree = hint.isAssumed && hint.phases <= 1 && needed >= THREE_FROM && needed <= THREE_TO;
    this.#reopen(hint, isThree ? this.#votes + 1 : 0);
    return this.#votes >= VOTES ? 3 : null;
  }

  #reopen({ soc, netKwh, grossKwh, gaps }: PhaseHint, votes: number): null {
    this.#window = { soc, netKwh, grossKwh, gaps };
    this.#votes = votes;
    return null;
  }
}

function neededMultiplier(hint: PhaseHint, window: Window): number {
  const [net, gross] = [hint.netKwh - window.netKwh, hint.grossKwh - window.grossKwh];
  const stored = ((hint.soc - window.soc) / 100) * hint.capacityKwh;
  return (multiplierOf(hint.volts, hint.phases) * (stored / EFFICIENCY + Math.max(gross - net, 0))) / gross;
}
