import { finiteNumber, isObject, numbersIn, type JsonObject } from "../../support/json.js";
import type { GeoPoint } from "../../vehicle/geography.js";
import type { Estimate } from "../estimate.js";
import { combined, density, mixed, shareWithin, softly, type Moments } from "../normal-distribution.js";
import { CLOCK_BACK_MS } from "../settings.js";
import type { DriveModel, Way } from "./drive-model.js";
import { expectedConsumption, limit, SOC } from "./motion-model.js";
import type { ReportingWay } from "./level-reporting.js";
import { Scatter, type Candidate } from "./scatter.js";
import { interrupted, silenceOf, silenceSince, silent, withGiven, type Silence } from "./silence.js";
import type { Bracket } from "./driven-trip.js";

/** A state of charge as the car shows it. */
interface ShownLevel {
  readonly value: number;
  /** Measured at, ms. */
  readonly at: number;
  /** 1 where the car shows whole percents, else 0.1. */
  readonly step: number;
  /** How likely it was sent because it had just changed to this value; 0 to 1. */
  readonly crossing: number;
  /** It is above the value before, not below. */
  readonly rises: boolean;
}

/** Fit of a value to what is believed, per step. */
export interface LevelFit {
  readonly edge: number;
  readonly sample: number;
}

/** A level that was told so long before a trip says nothing of the steps since then. */
const STALE_MS = 10 * 60_000;
/** A car notices a step some seconds after it happened, pp. */
const NOTICED_AFTER = 0.07;
const CROSSING_DEVIATION = 0.1;
const SOC_NOISE = 0.1;
const DAY_MS = 24 * 3_600_000;
/**
 * Whole percents are cut by some cars, rounded by others, and rounded up by few: the truth is 0 to 1 below what all steps
 * together say.
 */
const UNKNOWN_ROUNDING: Moments = { mean: 0.275, variance: 0.087 };
/** A charge shows the rounding only where it ends, and may be wrong: what holds of any car counts as much. */
const BY_CHARGE = 0.5;
const NO_ROUNDING: Moments = { mean: 0, variance: 0 };
/** A parked car loses and gains a little, pp after a day. */
const PARKED_DEVIATION_PP = 0.3;
const MOST_PARKED_DAYS = 100;
/** Corrections below this are never shown as a jump. */
const LEAST_JUMP_PP = 0.5;
/** A value that is taken as it is says so much more of the battery than it shows. */
const MOST_GAP_PP = 2 * LEAST_JUMP_PP;
/**
 * Beyond so many deviations a value contradicts all that is believed: it is taken as it is, and nothing learned from it.
 */
const CONTRADICTION = 5;
const LEAST_CONTRADICTION_PP = 2;
/** A parked car that shows so much more or less than it can was charged, or stood for long. */
const PARKED_CONTRADICTION_PP = 1;
const LEAST_VARIANCE = 0.01;
/** By how much the band may have to be wider than the model says. */
const DOUBTS: readonly Candidate[] = [[0.7, 0.1], [1, 0.4], [1.4, 0.35], [2, 0.15]]; // oxfmt-ignore
const BAND90 = 1.645;

/**
 * Estimates the battery of a car that drives or stands, and the value that is shown for it. Times in ms, SOC in percent.
 */
export class DriveEstimate {
  /** The belief is of this moment; `null` before the first value. */
  #at: number | null = null;
  #known = false;
  /** The car shows whole percents. */
  #whole = true;
  /** How the car rounds whole percents, as far as charges have shown it. */
  #wholeRounding = UNKNOWN_ROUNDING;
  /** How much the shown value is above the best guess, at most `MOST_GAP_PP`. */
  #gap = 0;
  /** How much less is known than the model says: what it does not know of this car and its driver. */
  readonly #doubt = new Scatter(DOUBTS);
  /** The last value, since which the car is silent; `null` if none says what the battery had when the trip began. */
  #silence: Silence | null = null;
  /** What its silence has left of a level: each piece of news asks for it before and after. */
  #listened: {
    readonly prior: Moments;
    readonly silence: Silence;
    readonly at: number;
    readonly heard: Moments;
  } | null = null;

  constructor(private readonly drive: DriveModel) {}

  get known(): boolean {
    return this.#known;
  }

  get driving(): boolean {
    return this.drive.underWay;
  }

  /** Whether what is believed holds as it is, so that neither `advance` nor `usual` would change anything. */
  isOf(at: number, usualKwhPerKm: number): boolean {
    const isUsual = this.drive.usualKwhPerKm === usualKwhPerKm;
    return isUsual && this.#at !== null && at <= this.#at && at >= this.#at - CLOCK_BACK_MS;
  }

  get tripKm(): number {
    return this.drive.tripKm;
  }

  /** Tells the consumption that is reckoned with, kWh/km; see `expectedConsumption`. */
  consumption(bracket: Bracket | null): number {
    return expectedConsumption(this.drive.joint, bracket, this.drive.usualKwhPerKm);
  }

  /** Makes the estimate that is shown. */
  get estimate(): Estimate {
    const variance = this.#heard.variance * this.#doubt.value ** 2 + this.#rounding.variance;
    const best = percent(this.#best);
    const soc = percent(this.#best + this.#gap);
    const half = BAND90 * Math.sqrt(variance);
    const band90 = [percent(Math.min(best - half, soc)), percent(Math.max(best + half, soc))] as const;
    return { soc, sigma: Math.sqrt(variance + (soc - best) ** 2), band90 };
  }

  /** See `DriveModel.begin`. */
  begin(at: number, km: number, stepKm: number, goesOn: boolean): void {
    const from = this.#at ?? at;
    // A car that stands tells nothing, and loses or gains a little.
    if (!goesOn && at - (this.#silence?.since ?? at) > STALE_MS) this.#silence = null;
    this.drive.drift(at - from);
    this.#at = Math.max(from, at);
    this.drive.begin(this.#at, km, stepKm, goesOn);
  }

  /** See `DriveModel.end`. */
  end(at: number): void {
    const now = this.#at ?? at;
    this.#correct((drive) => {
      // What silence has said by now stays true, but no more is said by it.
      if (this.#silence !== null) drive.joint.learn(SOC, this.#heard);
      this.#silence = null;
      drive.end(at, now);
    });
  }

  abandon(): void {
    this.drive.abandon();
  }

  /** Lets time pass until `now`; without a capacity nothing can be said of the way. */
  advance(now: number, capacityKwh: number | null): void {
    const before = this.#at ?? now;
    const isBack = now < before - CLOCK_BACK_MS;
    if (isBack) this.drive.turnBack(now);
    const from = isBack ? now : before;
    this.#at = Math.max(from, now);
    if (!this.driving) this.#park(this.#at - from);
    else if (capacityKwh !== null) this.#drive(from, this.#at, capacityKwh);
  }

  /** See `DriveModel.drove`. */
  drove(km: number, capacityKwh: number | null): void {
    if (capacityKwh === null) return;
    this.#close(this.drive.drove(km, capacityKwh));
    limit(this.drive.joint);
  }

  /** Tells how well a value fits to what is believed: as one that was just reached, and as any other. */
  fit({ value, at, step }: Pick<ShownLevel, "value" | "at" | "step">, rises: boolean): LevelFit | null {
    if (!this.#known) return null;
    const prior = this.drive.joint.of(SOC);
    const low = lowOf({ value: value - this.drive.givenSince(at), step });
    const edge = edgeOf(low, step, rises);
    return { edge: step * densityAt(prior, edge), sample: shareWithin(prior, low, low + step) };
  }

  /** @param ways how the car tells its level */
  soc(shown: ShownLevel, ways: readonly ReportingWay[]): void {
    const whole = shown.step >= 1;
    const given = this.drive.givenSince(shown.at);
    const now: ShownLevel = {
      value: shown.value - given,
      at: shown.at,
      step: shown.step,
      crossing: shown.crossing,
      rises: shown.rises,
    };
    const low = lowOf(now);
    if (whole !== this.#whole) this.#shows(whole);
    const prior = this.drive.joint.of(SOC);
    if (this.#known) this.#compare(toldBy(low, shown));
    if (!this.#known || this.#contradicts(prior, low, shown.step)) {
      this.#start(now);
      this.#silence = silenceAfter(shown, ways);
      return;
    }
    this.#correct(({ joint }) => {
      joint.learn(SOC, socGiven(prior, low, shown));
      this.#silence = silenceAfter(shown, ways);
    });
    this.drive.heard(shown.at);
  }

  /** The battery is known from elsewhere, after a charge for instance. */
  adopt(soc: number, variance: number, at: number, wholeRounding?: Moments): void {
    // A charge has gone on unheard since the last value.
    if (wholeRounding !== undefined) this.#silence = null;
    if (wholeRounding !== undefined) this.#wholeRounding = mixed(wholeRounding, UNKNOWN_ROUNDING, BY_CHARGE);
    const { mean, variance: own } = this.#rounding;
    this.drive.joint.replace(SOC, { mean: soc + mean, variance: Math.max(LEAST_VARIANCE, variance - own) });
    limit(this.drive.joint);
    this.#at = Math.max(this.#at ?? at, at);
    this.#known = true;
    this.#gap = 0;
    this.drive.forgetWay();
  }

  odometer(km: number, at: number, stepKm: number): void {
    this.#correct((drive) => {
      drive.odometer(km, at, stepKm);
    });
  }

  speed(kmh: number, at: number): void {
    this.#correct((drive) => {
      drive.speed(kmh, at);
    });
  }

  position(point: GeoPoint, at: number, way: Way | null): void {
    this.#correct((drive) => {
      drive.position(point, at, way);
    });
  }

  heard(at: number): void {
    this.drive.heard(at);
  }

  /** The car itself has told something at `now`: it would have told a step as well. */
  inTouch(now: number): void {
    if (this.#silence !== null) this.#silence = interrupted(this.#silence, now);
  }

  moved(at: number): void {
    this.drive.moved(at);
  }

  stood(at: number): void {
    this.drive.stood(at);
  }

  /** Takes what the settings say of a car of which nothing was learned, kWh/km. */
  usual(kwhPerKm: number): void {
    if (kwhPerKm === this.drive.usualKwhPerKm) return;
    this.#correct((drive) => {
      drive.correctUsual(kwhPerKm);
    });
  }

  /** Forgets what was learned of the car; the battery stays. */
  unlearn(): void {
    this.#doubt.forget();
    this.#silence = null;
    this.drive.unlearn();
  }

  clone(): DriveEstimate {
    const clone = new DriveEstimate(this.drive.clone());
    clone.#at = this.#at;
    clone.#known = this.#known;
    clone.#whole = this.#whole;
    clone.#wholeRounding = this.#wholeRounding;
    clone.#gap = this.#gap;
    clone.#silence = this.#silence;
    clone.#doubt.copy(this.#doubt);
    return clone;
  }

  save(): JsonObject {
    return {
      drive: this.drive.save(),
      at: this.#at,
      known: this.#known,
      whole: this.#whole,
      rounding: this.#wholeRounding,
      gap: this.#gap,
      silence: this.#silence,
      doubt: this.#doubt.save(),
    };
  }

  /** Goes on with what `save` gave, as a whole or not at all. */
  restore(saved: unknown): void {
    if (!isObject(saved) || !this.drive.restore(saved["drive"])) return;
    this.#at = finiteNumber(saved["at"]);
    this.#known = saved["known"] === true && this.#at !== null;
    this.#whole = saved["whole"] !== false;
    this.#wholeRounding = roundingOf(saved["rounding"]) ?? this.#wholeRounding;
    this.#silence = silenceOf(saved["silence"]);
    this.#doubt.restore(saved["doubt"]);
    this.#gap = gapOf(finiteNumber(saved["gap"]) ?? 0);
  }

  get #rounding(): Moments {
    return this.#whole ? this.#wholeRounding : NO_ROUNDING;
  }

  get #best(): number {
    return this.#heard.mean - this.#rounding.mean;
  }

  /** What is believed of the battery, as the car shows it, where its silence is heard as well. */
  get #heard(): Moments {
    const prior = this.drive.joint.of(SOC);
    const silence = this.#silence;
    if (!this.driving || silence === null) return prior;
    const at = this.#at ?? silence.since;
    const last = this.#listened;
    const isSame = last?.silence === silence && last.at === at && last.prior.mean === prior.mean;
    if (isSame && last.prior.variance === prior.variance) return last.heard;
    const heard = silent(prior, silence, at);
    this.#listened = { prior, silence, at, heard };
    return heard;
  }

  /** Learns how far from the truth is what is believed on the way, by what the car tells. */
  #compare({ mean, variance }: Moments): void {
    this.drive.leveled(mean - this.drive.joint.mean(SOC), variance);
    const heard = this.#heard;
    if (this.driving) this.#doubt.learn({ deviation: mean - heard.mean, variance, perScatter: heard.variance });
  }

  #contradicts({ mean, variance }: Moments, low: number, step: number): boolean {
    const farthest = Math.max(LEAST_CONTRADICTION_PP, CONTRADICTION * Math.sqrt(variance));
    const outside = Math.max(low - mean, mean - low - step);
    return outside > farthest || (!this.driving && outside > PARKED_CONTRADICTION_PP);
  }

  /** The car shows whole percents from now on, or no longer: what is believed stays. */
  #shows(whole: boolean): void {
    const best = this.#best;
    this.#whole = whole;
    this.drive.joint.setMean(SOC, best + this.#rounding.mean);
    if (!whole) this.drive.joint.widen(SOC, this.#wholeRounding.variance);
    limit(this.drive.joint);
  }

  /** Nothing is known but what the car shows, so this is what is shown. */
  #start({ value, at, step }: ShownLevel): void {
    const before = this.#known ? this.#best + this.#gap : null;
    this.drive.joint.replace(SOC, { mean: value + (this.#whole ? step / 2 : 0), variance: step ** 2 / 12 });
    this.#at ??= at;
    this.#known = true;
    limit(this.drive.joint);
    const keeps = before !== null && Math.abs(before - value) < LEAST_JUMP_PP;
    this.#gap = gapOf((keeps ? before : value) - this.#best);
  }

  /** Time alone never lets the shown value rise: silence makes only sure that it has not fallen. */
  #drive(from: number, now: number, capacityKwh: number): void {
    const shown = this.#best + this.#gap;
    this.#close(this.drive.advance(from, now, capacityKwh));
    if (this.#best + this.#gap > shown) this.#gap = gapOf(shown - this.#best);
  }

  #park(ms: number): void {
    const days = Math.min(MOST_PARKED_DAYS, ms / DAY_MS);
    if (days <= 0) return;
    this.drive.joint.widen(SOC, PARKED_DEVIATION_PP ** 2 * days);
    limit(this.drive.joint);
  }

  /** Takes news; what is shown follows at once from half a point on, else with the way. */
  #correct(news: (drive: DriveModel) => void): void {
    const shown = this.#best + this.#gap;
    news(this.drive);
    limit(this.drive.joint);
    const gap = shown - this.#best;
    this.#gap = Math.abs(gap) < LEAST_JUMP_PP ? gap : 0;
  }

  /** The shown value waits for the best guess, or falls at twice its pace, until both are the same. */
  #close(points: number): void {
    this.#gap = Math.sign(this.#gap) * Math.max(0, Math.abs(this.#gap) - points);
    if (this.#silence !== null) this.#silence = withGiven(this.#silence, points);
  }
}

/** The belief has been moved into its limits by more than that: nobody sees the difference. */
function gapOf(points: number): number {
  return Math.min(MOST_GAP_PP, Math.max(-MOST_GAP_PP, points));
}

function percent(value: number): number {
  return Math.min(100, Math.max(0, value));
}

function silenceAfter(shown: ShownLevel, ways: readonly ReportingWay[]): Silence {
  return silenceSince(shown.at, { low: lowOf(shown), step: shown.step, ways });
}

function roundingOf(saved: unknown): Moments | null {
  const [mean, variance] = numbersIn(saved, "mean", "variance") ?? [];
  const isPossible = mean !== undefined && variance !== undefined && mean >= 0 && mean <= 1 && variance >= 0;
  return isPossible && variance <= 1 ? { mean, variance } : null;
}

/** Lowest that the battery can have, as the car shows it. */
function lowOf({ value, step }: Pick<ShownLevel, "value" | "step">): number {
  return value - (step >= 1 ? 0 : step / 2);
}

/** What the battery has when the car notices that it has come into the step, from above or from below. */
function edgeOf(low: number, step: number, rises: boolean): Moments {
  const after = Math.min(NOTICED_AFTER, step / 2);
  return { mean: rises ? low + after : low + step - after, variance: CROSSING_DEVIATION ** 2 };
}

/** How likely a measurement with an error of its own is. */
function densityAt(prior: Moments, { mean, variance }: Moments): number {
  const deviation = Math.sqrt(prior.variance + variance);
  return density((mean - prior.mean) / deviation) / deviation;
}

/** What a value says by itself. */
function toldBy(low: number, { step, crossing, rises }: ShownLevel): Moments {
  return mixed(edgeOf(low, step, rises), { mean: low + step / 2, variance: step ** 2 / 12 }, crossing);
}

/** Between a sample, which lies anywhere in the step, and a crossing, which has just come into it. */
function socGiven(prior: Moments, low: number, { step, crossing, rises }: ShownLevel): Moments {
  const sample = softly(prior, low, low + step, SOC_NOISE * step);
  return crossing <= 0 ? sample : mixed(combined(prior, edgeOf(low, step, rises)), sample, crossing);
}
