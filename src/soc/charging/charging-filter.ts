import { finiteNumber, isObject, numberList, type JsonObject } from "../../support/json.js";
import { isTrue, clampedNumber, or, objectOrDefaults } from "../../support/stored-schema.js";
import type { Estimate } from "../estimate.js";
import type { Moments } from "../normal-distribution.js";
import type { BatteryObservations } from "../observations/battery-observations.js";
import type { LevelObservation, Observation } from "../observations/observation.js";
import { CLOCK_BACK_MS, LONGEST_UNWATCHED_MS, type SocSettings } from "../settings.js";
import { BLIND, OPEN, type ChargingEfficiency } from "./charging-efficiency.js";
import { ChargeStretches } from "./fast-charging-curve.js";
import { FULL, type Hypothesis } from "./hypothesis.js";
import { SURE_SHARE, type HypothesisSet } from "./hypothesis-set.js";
import type { LevelMeasurement } from "./level-likelihood.js";
import { ObservationHistory } from "./observation-history.js";
import { ChargeSilence, meanOf, type Doubt, type SilentCharge } from "./silence.js";
import { isGuess, resumed, SupplyModel, SupplySteadiness, UNKNOWN, type Supply } from "./power-supply.js";
import { minutesUntil, type ProcessContext } from "./process-model.js";

/** Estimate that is shown of a charge. */
export interface ChargingEstimate extends Estimate {
  /** Flows in, before losses; `null` if nothing charges. */
  readonly powerKw: number | null;
  /** Nothing has told the power, in this charge or before its pause. */
  readonly isPowerGuessed: boolean;
  /** `null` if unknown, or with direct current. */
  readonly phases: number | null;
  /** Share of the net energy that arrives in the battery; `null` where it is only guessed. */
  readonly efficiency: number | null;
  /** `null` if nothing charges, or not within two days. */
  readonly minutesToTarget: number | null;
  /** How the car rounds its level, see `HypothesisSet.rounding`. */
  readonly rounding: Moments;
}

/**
 * Capacity to reckon with where nobody tells it, kWh: so small that the efficiency of any other lies within its bounds.
 */
const SOME_KWH = 36;
/** Time after a charge in which the car still tells of it, ms. */
const LEARN_AFTER_MS = 900_000;
/** A level this old may no longer be true when a charge begins, and how far the first of the charge then differs. */
const STALE_MS = 1_800_000;
const STALE_PP = 3;
/** A charge that begins so soon after another goes on with it. */
const PAUSE_MS = 3_600_000;
const MOST_USUAL_SCALE = 1.05;
/** Less says nothing about the power. */
const LEAST_FORECAST_PP = 3;
const LEVEL_NOISE_PP = 0.08;
/** BMW's forecast of a charge is no measurement. */
const FORECAST_NOISE_PP = 0.6;
/** Share of the level that may lie on either side of its band, and how many standard deviations that is. */
const TAIL = 0.05;
const TAIL_SIGMAS = 1.645;
/** Steps from here on show how the power tapers, percent. */
const TAPERS_FROM = 96;
const HOUR_MS = 3_600_000;
/** A fresh level that is so much lower than what is shown of a charge is the better word. */
const TOLERATED_PP = 1;
const FRESH_MS = 120_000;
/** Words of the car by which it is known to go on charging. */
const HEARD: ReadonlySet<Observation["kind"]> = new Set([
  ...(["soc", "status", "power", "volts", "amps", "phases", "minutesLeft"] as const),
]);

const NOTHING_CHARGES = {
  powerKw: null,
  isPowerGuessed: true,
  phases: null,
  efficiency: null,
  minutesToTarget: null,
} as const;
const FIRST_EFFICIENCY = { mean: 0.9, variance: 0.001 };

const readState = objectOrDefaults({
  active: isTrue,
  since: finiteNumber,
  endedAt: finiteNumber,
  stoppedAt: finiteNumber,
  startSoc: or(finiteNumber, 0),
  floor: or(clampedNumber(0, 100), 0),
  curveScales: numberList,
  isForecast: isTrue,
  isUnwatched: isTrue,
});

/**
 * Estimates the state of charge of a battery that charges, from what the store of observations holds of it and of the
 * power. Observations come in the order of arrival, after the store has taken them; times in ms, percentages as numbers
 * of 0 to 100. `estimate` changes nothing. Works without a charge as well: it is then what was known last, less and less
 * certain.
 */
export class ChargingFilter {
  readonly #supplies: SupplyModel;
  readonly #history: ObservationHistory;
  readonly #steadiness = new SupplySteadiness();
  readonly #stretches = new ChargeStretches();
  readonly #silence = new ChargeSilence();
  #active = false;
  #since = 0;
  #endedAt: number | null = null;
  #stoppedAt: number | null = null;
  #startSoc = 0;
  /** Nothing below is shown while an electric car charges. */
  #floor = 0;
  #curveScales: number[] = [];
  /** The car has said how long this charge takes. */
  #isForecast = false;
  /** Time went by unwatched since the last level: what was shown may have been too high. */
  #isUnwatched = false;

  constructor(
    private readonly settings: () => SocSettings,
    private readonly observations: BatteryObservations,
    private readonly learned: ChargingEfficiency,
  ) {
    this.#supplies = new SupplyModel(observations, learned, settings);
    this.#history = new ObservationHistory(
      () => this.#context,
      (soc, kw) => {
        const { curve } = this.learned;
        curve.add(soc, kw);
        // The curve knows this charge by now: what it says too little is not the charger's doing.
        this.#curveScales.push(Math.min(MOST_USUAL_SCALE, kw / Math.max(1, curve.kw(soc))));
      },
    );
  }

  get active(): boolean {
    return this.#active;
  }

  /** Takes an observation; time has passed until then, before the store has taken it. */
  take(observation: Observation): void {
    const { kind, now } = observation;
    const silent = this.#silent(now);
    if (kind === "status") this.#takeStatus(observation.active, observation.at);
    else if (kind === "soc") this.#takeLevel(observation);
    else {
      this.#supply(now);
      if (kind === "minutesLeft") this.#forecast(now);
    }
    this.#hear(observation, silent);
    this.#raise(now);
  }

  /** Lets time pass. */
  tick(now: number): void {
    if (!Number.isFinite(now) || !this.#history.isKnown) return;
    this.#watch(now);
    this.#raise(now);
    this.#history.pass(now);
    if (this.#endedAt !== null && now - this.#endedAt > LEARN_AFTER_MS) this.#learn();
  }

  /** Tells the shown state of charge alone: a fraction of the work of `estimate`. */
  soc(at: number): number | null {
    return this.#history.isKnown && Number.isFinite(at) ? this.#shown(this.#meanAt(at)) : null;
  }

  /**
   * Makes the estimate for the moment `at`; `null` before the first state of charge.
   * @param supposed phases that the books suppose: its figures are of them until levels show another count
   */
  estimate(at: number, supposed: number | null = null): ChargingEstimate | null {
    if (!this.#history.isKnown || !Number.isFinite(at)) return null;
    const set = this.#history.at(at);
    const { mean, variance } = set.soc;
    const silent = this.#silent(at);
    const soc = this.#shown(meanOf(mean, silent));
    const doubt = this.#doubt(set, silent, at);
    const [below, above] = set.quantiles(TAIL, 1 - TAIL);
    const [least, most] = doubtful(doubt, mean, Math.sqrt(variance));
    const low = Math.max(0, Math.min(soc, least, below));
    const high = Math.min(this.#most, Math.max(soc, most, above));
    const ifOther = doubt === null ? 0 : doubt.share * (1 - doubt.share) * (mean - doubt.from) ** 2;
    const sigma = Math.sqrt(variance + ifOther + (soc - mean) ** 2);
    const { powerKw, isPowerGuessed, phases, efficiency, minutesToTarget } = this.#figures(set, at, supposed);
    const band90: Estimate["band90"] = [low, high];
    const { rounding } = set;
    return { soc, sigma, band90, rounding, powerKw, isPowerGuessed, phases, efficiency, minutesToTarget };
  }

  /** Learns nothing from a charge of that kind that has just ended; the level stays known. */
  reset(what: "ac" | "dc" | "all"): void {
    const isOfKind = what === "all" || (what === "dc") === (this.observations.method === "DC");
    if (!isOfKind || this.#endedAt === null) return;
    this.#history.settle();
    this.#endedAt = null;
  }

  save(): JsonObject {
    return {
      history: this.#history.isKnown ? this.#history.save() : null,
      active: this.#active,
      since: this.#since,
      endedAt: this.#endedAt,
      stoppedAt: this.#stoppedAt,
      startSoc: this.#startSoc,
      floor: this.#floor,
      curveScales: this.#curveScales,
      isForecast: this.#isForecast,
      isUnwatched: this.#isUnwatched,
      steadiness: this.#steadiness.save(),
      stretches: this.#stretches.save(),
      silence: this.#silence.save(),
    };
  }

  /** Goes on with what `save` gave, part by part; what cannot be used is left out. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#steadiness.restore(saved["steadiness"]);
    this.#stretches.restore(saved["stretches"]);
    if (isObject(saved["silence"])) this.#silence.restore(saved["silence"]);
    const known = readState(saved);
    // A charge may run before the first level is known.
    this.#active = known.active && known.since !== null;
    this.#since = known.since ?? 0;
    if (!this.#history.restore(saved["history"])) return;
    this.#endedAt = known.endedAt;
    this.#stoppedAt = known.stoppedAt;
    this.#startSoc = known.startSoc;
    this.#floor = known.floor;
    this.#curveScales = known.curveScales;
    this.#isForecast = known.isForecast;
    this.#isUnwatched = known.isUnwatched;
  }

  /** Time passes evenly, or nobody knows what happened meanwhile. */
  #watch(now: number): void {
    const passed = now - this.#history.headAt;
    if (passed < -CLOCK_BACK_MS) this.#turnBack(now);
    else if (this.#active && passed > LONGEST_UNWATCHED_MS) this.#history.skip(LONGEST_UNWATCHED_MS, now, this.#target);
    else return;
    this.#isUnwatched = this.#active;
  }

  #turnBack(now: number): void {
    const latest = (at: number | null) => (at === null ? null : Math.min(at, now));
    this.#history.turnBack(now);
    this.#since = Math.min(this.#since, now);
    this.#endedAt = latest(this.#endedAt);
    this.#stoppedAt = latest(this.#stoppedAt);
  }

  get #context(): ProcessContext {
    const capacityKwh = this.observations.capacity(this.settings())?.kwh ?? SOME_KWH;
    const { curve, curveScale: usualScale, taper } = this.learned;
    return { curve, capacityKwh, usualScale, taper };
  }

  /** Without a word of the car, where its charges usually end, until it has told more. */
  get #target(): number {
    const { target, level } = this.observations;
    if (target !== null) return target;
    const usual = this.learned.usualTarget ?? 100;
    return (level?.soc ?? 0) > usual ? 100 : usual;
  }

  /** No more is in a battery that charges, by target and by the last level; percent. */
  get #most(): number {
    if (!this.#active) return 100;
    const { level } = this.observations;
    const told = level === null ? 0 : level.soc + this.observations.stepOf(level.source);
    return Math.min(100, Math.max(this.#target, told, this.#floor));
  }

  /** Finds out what may have become of a charge of which nothing has been heard; `null` while nothing is missing. */
  #silent(now: number): SilentCharge | null {
    const { level } = this.observations;
    if (!this.#active || this.observations.metered(now, this.settings()) !== null) return null;
    return this.#history.isKnown
      ? this.#silence.at(this.#history.at(now), this.observations.stepOf(level?.source), now)
      : null;
  }

  /** Tells how much the power that was told last is to be doubted by now; a meter leaves no doubt. */
  #doubt({ charged }: HypothesisSet, silent: SilentCharge | null, at: number): Doubt | null {
    if (!this.#active || this.observations.metered(at, this.settings()) !== null) return null;
    return this.#silence.doubt(silent, charged !== null && !isGuess(charged), at);
  }

  /** Tells the mean level: of a charge that may have ended without a word, soon after the last one. */
  #meanAt(at: number): number {
    return meanOf(this.#history.at(at).soc.mean, this.#silent(at));
  }

  /** Takes note that the car was heard, and of what a silence before has turned out to be. */
  #hear(observation: Observation, silent: SilentCharge | null): void {
    const { kind, now } = observation;
    if (!HEARD.has(kind) || (kind === "soc" && observation.source === "level") || !this.#history.isKnown) return;
    const soc = kind === "soc" ? observation.soc : null;
    // A value from before the charge does not tell that it goes on.
    if (kind === "soc" && observation.at < this.#since) return;
    if (this.#active) this.#silence.hear(now, this.#history.at(now).soc.mean, silent, soc, this.#target);
    else this.#silence.over(kind === "status" ? silent : null, soc, this.#target);
  }

  /** Also while charging: a car that gives power; hybrids correct their level, with direct current no car does. */
  get #mayFall(): boolean {
    if ((this.#history.supply?.kw ?? 0) < 0) return true;
    return this.settings().driveType === "phev" && this.observations.method !== "DC";
  }

  #takeStatus(active: boolean, at: number): void {
    if (active === this.#active) return;
    this.#active = active;
    if (active) this.#begin(at);
    else if (this.#history.isKnown) this.#end(Math.max(at, this.#since));
  }

  #begin(at: number): void {
    if (this.#endedAt !== null) this.#learn();
    this.#since = at;
    this.#floor = 0;
    this.#curveScales = [];
    this.#isForecast = false;
    this.#isUnwatched = false;
    this.#silence.begin();
    this.#stretches.begin();
    this.#steadiness.begin();
    if (!this.#history.isKnown) return;
    const { charged } = this.#history;
    // What tells the power tells it again; what was found out of a power that nobody tells holds.
    this.#history.start(at, this.#isPause && charged !== null && isGuess(charged));
    this.#startSoc = this.#history.at(at).soc.mean;
    this.#supply(at);
  }

  #end(at: number): void {
    this.#history.ended(at, this.#target, this.learned.endsAtTarget);
    this.#endedAt = at;
    this.#stoppedAt = at;
  }

  /** Puts in what is known of the power. */
  #supply(now: number): void {
    if (!this.#active || !this.#history.isKnown) return;
    const supply = this.#supplies.current(this.#since, now);
    const old = this.#history.supply;
    if (supply !== null) {
      if (supply.key !== old?.key || supply.at > old.at || supply.kw !== old.kw)
        this.#history.supplied(this.#steadiness.trusted(supply, old?.at ?? 0));
    } else if (old === null || this.#isOtherMethod(old)) this.#history.supplied(this.#guessed);
  }

  /** Until something is told: after a pause the charge goes on as before. */
  get #guessed(): Supply {
    const { charged } = this.#history;
    const goesOn = this.#isPause && charged !== null;
    return (goesOn ? resumed(charged, this.#since) : null) ?? this.#supplies.unknown(this.#since);
  }

  /** This charge goes on with the one before: with alternating current, and soon after it. */
  get #isPause(): boolean {
    const wasShort = this.#stoppedAt !== null && this.#since - this.#stoppedAt < PAUSE_MS;
    return wasShort && this.observations.method !== "DC";
  }

  /** Tells whether the unknown supply is one of the other method. */
  #isOtherMethod({ key, follows }: Supply): boolean {
    return key.startsWith(UNKNOWN) && follows !== (this.observations.method === "DC");
  }

  #forecast(now: number): void {
    const left = this.observations.minutesLeftSince(this.#since);
    if (!this.#active || this.#isForecast || left === null || !this.#history.isKnown) return;
    const missing = this.#target - this.#history.at(now).soc.mean;
    if (missing < LEAST_FORECAST_PP) return;
    this.#isForecast = true;
    this.#history.forecast((missing / left.value) * 60, left.at);
  }

  #takeLevel(level: LevelObservation): void {
    const { source, at } = level;
    const since = this.#active && this.#history.isKnown ? this.#since : null;
    if (source === "level" && (since === null || this.settings().driveType === "phev")) return;
    if (since !== null && at < since) return;
    const measurement = this.#measured(level, since !== null);
    if (this.#history.isKnown) this.#history.observed(measurement, at);
    else this.#first(measurement, at);
    if (since !== null) this.#during(level, since, this.observations.levelBefore?.at ?? since);
  }

  #first(measurement: LevelMeasurement, at: number): void {
    this.#history.begin(measurement, FIRST_EFFICIENCY, at);
    if (this.#active) this.#begin(Math.max(this.#since, at));
  }

  #measured(level: LevelObservation, isCharging: boolean): LevelMeasurement {
    const { soc, source } = level;
    const step = this.observations.stepOf(source);
    const noise = source === "level" ? FORECAST_NOISE_PP : LEVEL_NOISE_PP;
    const { target } = this.observations;
    const most = source !== "level" && isCharging && target !== null ? mostAt(soc, target, step) : FULL;
    return { soc, step, noise, steps: isCharging ? this.#steps(level, step) : null, gained: 0, most };
  }

  /** Tells how many steps a value is above the last, if it may mark the moment of the last of them. */
  #steps({ soc, source, pushed, at }: LevelObservation, step: number): number | null {
    const last = this.observations.levelBefore;
    // What is told with the start is there because of that.
    if (!pushed || last?.source !== source || source === "level" || at <= Math.max(last.at, this.#since)) return null;
    const steps = Math.round((soc - last.soc) / step);
    return steps >= 0 ? steps : null;
  }

  /** A step near full shows by its time how the power tapers there. */
  #takeTaper({ soc, source, at }: LevelObservation): void {
    const last = this.observations.levelBefore;
    if (last?.source !== source || last.soc < TAPERS_FROM || last.at < this.#since || soc <= last.soc) return;
    const perHour = this.#fullRate(this.#history.at(at));
    if (perHour !== null)
      this.#history.rounded(this.learned.taper.take(last.soc, soc, (at - last.at) / HOUR_MS, perHour), at);
  }

  /** Returns what would come in at the power that is offered [pp/h]; `null` if that is guessed, or steps are not reported. */
  #fullRate(set: HypothesisSet): number | null {
    const { likeliest: top, supply } = set;
    if (top === null || !top.habit.pushes || supply === null || supply.follows || isGuess(supply)) return null;
    const power = supply.kw * (set.branchOf(top)?.factor ?? 1) - supply.auxKw;
    return (top.efficiency * Math.max(0, power) * 100) / this.#context.capacityKwh;
  }

  /** A level during a charge, the first one if that before is from before `since`. */
  #during(level: LevelObservation, since: number, beforeAt: number): void {
    const { soc, at, now } = level;
    // The car has driven since the last level, and nobody told: nothing that was shown holds.
    const hasDriven = since - beforeAt > STALE_MS && this.#startSoc - soc > STALE_PP;
    // The car knows better than what was reckoned, unless it speaks of a while ago.
    const isContradicted = this.#floor - soc > TOLERATED_PP && now - at <= FRESH_MS;
    if (hasDriven || this.#isUnwatched || isContradicted) this.#floor = Math.min(this.#floor, soc);
    this.#isUnwatched = false;
    if (this.observations.method !== "DC") this.#takeTaper(level);
    else this.#stretches.saw(soc, at, this.observations.powerSince(since)?.at ?? 0);
  }

  /** Learns what the charge that is over has taught. */
  #learn(): void {
    const at = this.#endedAt;
    this.#endedAt = null;
    if (at === null) return;
    this.#history.settle();
    const set = this.#history.at(at);
    // What has given power tells nothing of how the car charges.
    if ((set.charged?.kw ?? 0) < 0) return;
    const { level } = this.observations;
    if (level !== null && level.at >= this.#since) this.learned.learnEnd(level.soc, this.#target);
    const leading = set.leading();
    if (leading === null || leading.share < SURE_SHARE) return;
    const gained = set.soc.mean - this.#startSoc;
    const kwhPerPp = this.#context.capacityKwh / 100 / leading.efficiency.mean;
    this.#stretches.teach(this.learned.curve, kwhPerPp, this.settings().auxKw);
    this.learned.learnFiltered({ ...leading, gained, curveScales: this.#curveScales });
  }

  #raise(now: number): void {
    if (!this.#active || !this.#history.isKnown) return;
    this.#floor = this.#mayFall ? 0 : this.#shown(this.#meanAt(now));
  }

  /** Tells what is shown where the hypotheses mean `soc`. */
  #shown(soc: number): number {
    if (!this.#active) return Math.min(100, Math.max(0, soc));
    const most = Math.max(this.#target, this.observations.reported?.soc ?? 0, this.#floor);
    return Math.min(100, most, Math.max(0, this.#floor, soc));
  }

  #figures(
    set: HypothesisSet,
    at: number,
    supposed: number | null,
  ): Omit<ChargingEstimate, keyof Estimate | "rounding"> {
    const leading = this.#active ? set.leading(supposed) : null;
    if (leading === null || set.charged === null) return NOTHING_CHARGES;
    const { branch, kw: powerKw, efficiency: belief, one } = leading;
    const isPowerGuessed = isGuess(set.charged);
    const isOpen = [BLIND, OPEN].some((prefix) => branch.condition.startsWith(prefix));
    const efficiency = isOpen ? null : belief.mean;
    return { powerKw, isPowerGuessed, phases: branch.phases, efficiency, minutesToTarget: this.#minutes(set, one, at) };
  }

  /** `one`: what the power is told by, too. */
  #minutes(set: HypothesisSet, one: Hypothesis, at: number): number | null {
    const missing = this.#target - set.soc.mean;
    return missing <= 0 ? 0 : minutesUntil(set, one, at, missing, this.#context);
  }
}

/** Tells between which levels a charge lies that was to be at `mean` by now, but may have stood still since. */
function doubtful(doubt: Doubt | null, mean: number, deviation: number): readonly [least: number, most: number] {
  if (doubt === null || doubt.share < TAIL) return [mean, mean];
  const { from } = doubt;
  return from < mean ? [from - TAIL_SIGMAS * deviation, mean] : [mean, from + TAIL_SIGMAS * deviation];
}

/** Tells where a car stops charging that tells the level `soc`: at its target, but its rounding may hide up to a step. */
function mostAt(soc: number, target: number, step: number): number {
  return soc >= target && soc < target + step ? Math.min(FULL, target + step) : FULL;
}
