import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import type { GeoPoint } from "../../vehicle/geography.js";
import type { Estimate } from "../estimate.js";
import { combined, density, mixed, shareWithin, softly, type Moments } from "../normal.js";
import { CLOCK_BACK_MS } from "../settings.js";
import type { DriveModel, Way } from "./drive-model.js";
import { expectedConsumption, limit, SOC } from "./motion-model.js";
import type { Bracket } from "./trip.js";

/** A state of charge as the car shows it. */
interface ShownLevel {
  readonly value: number;
  /** Measured at, ms. */
  readonly at: number;
  /** 1 where the car shows whole percents, else 0.1. */
  readonly step: number;
  /** How likely it was sent because it had just fallen to this value; 0 to 1. */
  readonly crossing: number;
}

const CROSSING_DEVIATION = 0.08;
const SOC_NOISE = 0.1;
const DAY_MS = 24 * 3_600_000;
/** Whole percents are rounded by some cars and cut by others: the truth is 0 to 0.5 below what all steps together say. */
const ROUNDING: Moments = { mean: 0.25, variance: 0.25 ** 2 };
const NO_ROUNDING: Moments = { mean: 0, variance: 0 };
/** A parked car loses and gains a little, pp after a day. */
const PARKED_DEVIATION_PP = 0.3;
const MOST_PARKED_DAYS = 100;
/** Corrections below this are never shown as a jump. */
const LEAST_JUMP_PP = 0.5;
/** A value that is taken as it is says so much more of the battery than it shows. */
const MOST_GAP_PP = LEAST_JUMP_PP + ROUNDING.mean;
/**
 * Beyond so many deviations a value contradicts all that is believed: it is taken as it is, and nothing learned from it.
 */
const CONTRADICTION = 5;
const LEAST_CONTRADICTION_PP = 2;
/** A parked car that shows so much more or less than it can was charged, or stood for long. */
const PARKED_CONTRADICTION_PP = 1;
const LEAST_VARIANCE = 0.01;
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
  /** How much the shown value is above the best guess, at most `MOST_GAP_PP`. */
  #gap = 0;

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
    const variance = this.drive.joint.of(SOC).variance + this.#rounding.variance;
    const best = percent(this.#best);
    const soc = percent(this.#best + this.#gap);
    const half = BAND90 * Math.sqrt(variance);
    const band90 = [percent(Math.min(best - half, soc)), percent(Math.max(best + half, soc))] as const;
    return { soc, sigma: Math.sqrt(variance + (soc - best) ** 2), band90 };
  }

  /** See `DriveModel.begin`. */
  begin(at: number, km: number, stepKm: number, goesOn: boolean): void {
    const from = this.#at ?? at;
    this.drive.drift(at - from);
    this.#at = Math.max(from, at);
    this.drive.begin(this.#at, km, stepKm, goesOn);
  }

  /** See `DriveModel.end`. */
  end(at: number): void {
    const now = this.#at ?? at;
    this.#correct((drive) => {
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
    else if (capacityKwh !== null) this.#close(this.drive.advance(from, this.#at, capacityKwh));
  }

  /** See `DriveModel.drove`. */
  drove(km: number, capacityKwh: number | null): void {
    if (capacityKwh === null) return;
    this.#close(this.drive.drove(km, capacityKwh));
    limit(this.drive.joint);
  }

  soc(shown: ShownLevel): void {
    const whole = shown.step >= 1;
    const given = this.drive.givenSince(shown.at);
    const now = { ...shown, value: shown.value - given };
    const low = now.value - (whole ? 0 : shown.step / 2);
    if (whole !== this.#whole) this.#shows(whole);
    const prior = this.drive.joint.of(SOC);
    if (!this.#known || this.#contradicts(prior, low, shown.step)) {
      this.#start(now);
      return;
    }
    this.#correct(({ joint }) => {
      joint.learn(SOC, socGiven(prior, low, shown));
    });
    this.drive.heard(shown.at);
  }

  /** The battery is known from elsewhere, after a charge for instance. */
  adopt(soc: number, variance: number, at: number): void {
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
    this.drive.unlearn();
  }

  clone(): DriveEstimate {
    const clone = new DriveEstimate(this.drive.clone());
    clone.#at = this.#at;
    clone.#known = this.#known;
    clone.#whole = this.#whole;
    clone.#gap = this.#gap;
    return clone;
  }

  save(): JsonObject {
    return { drive: this.drive.save(), at: this.#at, known: this.#known, whole: this.#whole, gap: this.#gap };
  }

  /** Goes on with what `save` gave, as a whole or not at all. */
  restore(saved: unknown): void {
    if (!isObject(saved) || !this.drive.restore(saved["drive"])) return;
    this.#at = finiteNumber(saved["at"]);
    this.#known = saved["known"] === true && this.#at !== null;
    this.#whole = saved["whole"] !== false;
    this.#gap = gapOf(finiteNumber(saved["gap"]) ?? 0);
  }

  get #rounding(): Moments {
    return this.#whole ? ROUNDING : NO_ROUNDING;
  }

  get #best(): number {
    return this.drive.joint.mean(SOC) - this.#rounding.mean;
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
    if (!whole) this.drive.joint.widen(SOC, ROUNDING.variance);
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
  }
}

/** The belief has been moved into its limits by more than that: nobody sees the difference. */
function gapOf(points: number): number {
  return Math.min(MOST_GAP_PP, Math.max(-MOST_GAP_PP, points));
}

function percent(value: number): number {
  return Math.min(100, Math.max(0, value));
}

/** Between a sample, which lies anywhere in the step, and a crossing, which has just come into it from above. */
function socGiven(prior: Moments, low: number, { step: stepSize, crossing }: ShownLevel): Moments {
  const sample = softly(prior, low, low + stepSize, SOC_NOISE * stepSize);
  if (crossing <= 0) return sample;
  const edge = { mean: low + stepSize - CROSSING_DEVIATION / 2, variance: CROSSING_DEVIATION ** 2 };
  const deviation = Math.sqrt(prior.variance + edge.variance);
  const forEdge = crossing * (density((edge.mean - prior.mean) / deviation) / deviation);
  const forSample = (1 - crossing) * (shareWithin(prior, low, low + stepSize) / stepSize);
  const weight = forEdge + forSample > 0 ? forEdge / (forEdge + forSample) : 0;
  return mixed(combined(prior, edge), sample, weight);
}
