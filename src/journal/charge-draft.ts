import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import { clampedNumber, isTrue, object, objectOrDefaults, oneOf, or } from "../support/stored-schema.js";
import { validTime } from "../support/iso-time.js";
import type { ChargeFigures, SocEstimate } from "../soc/estimate.js";
import { LONGEST_UNWATCHED_MS } from "../soc/settings.js";
import type { ChargingMethod, VehicleEvent } from "../vehicle/vehicle-event.js";
import { BoundedSeries, type Point } from "./bounded-series.js";
import { EnergyCourse, type EnergyPart } from "./energy-course.js";
import { figureOf, rounded, type Figure } from "./entry.js";
import { addOver, LevelCourse, type OriginsOf } from "./level-course.js";

type ChargingStarted = Extract<VehicleEvent, { name: "chargingStarted" }>;

/** Sums up what is known of a charge that was watched until its end. */
export interface WatchedCharge {
  /** Drawn energy by quarters. */
  readonly parts: readonly EnergyPart[];
  /** The same as the level has risen; nothing where that is not known. */
  readonly byLevel: readonly EnergyPart[];
  /** What told the drawn energy; `null`: nothing. */
  readonly source: "meter" | "car" | "estimate" | null;
  readonly peakKw: Figure | null;
  /** Time in which power flowed [h]. */
  readonly hours: number;
  readonly method: ChargingMethod | null;
  /** By which most of the energy came: cars write one phase when a charge ends. */
  readonly phases: number | null;
  /** Share of the drawn energy that arrives in the battery, as the estimate knew it. */
  readonly efficiency: number | null;
  /** Levels by the estimate, with their deviations [%]. */
  readonly levels: Pick<DraftState, "startSoc" | "startSigma" | "endSoc" | "endSigma">;
  readonly curve: readonly Point[];
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Limits how long the last power is taken to have gone on until the end of a charge, and the first one since its start [ms]. */
const LONGEST_TAIL_MS = 10 * MINUTE_MS;
const MOST_CURVE_POINTS = 120;
/** More power than alternating current gives to any car [kW]. */
const MOST_ALTERNATING_KW = 44;
/** Share of the drawn energy that arrives, where no charge has told it yet. */
export const USUAL_EFFICIENCY = 0.9;
/** Share of the energy, and of the time, for which the power has to be told: else the levels know more. */
const LEAST_TOLD = 0.9;
/** Share of the shown power below which energy was counted with fewer phases than are shown. */
const LEAST_OF_POWER = 0.7;

const amount = or(clampedNumber(0, 1e6), 0);
const sample = object({ at: validTime, session: validTime, kwh: amount, kw: finiteNumber, isTold: isTrue });
const readState = objectOrDefaults({
  /** What the estimate said last. */
  last: sample,
  /** Energy by what told it [kWh]. */
  meter: amount,
  car: amount,
  estimate: amount,
  /** Energy by the count of phases [kWh]. */
  one: amount,
  two: amount,
  three: amount,
  /** Energy by the car under a count of one phase that nobody has told, or while more of them showed [kWh]. */
  supposed: amount,
  /** Time in which power flowed [h], and in which nobody told it [ms]. */
  hours: amount,
  missingMs: amount,
  peakKw: finiteNumber,
  peakSource: or(oneOf(["meter", "car"]), "car"),
  /** Level and its deviation when it began, estimated. */
  startSoc: finiteNumber,
  startSigma: finiteNumber,
  endSoc: finiteNumber,
  endSigma: finiteNumber,
  efficiency: finiteNumber,
  method: oneOf<ChargingMethod>(["AC", "DC"]),
  isDirect: isTrue,
});
type DraftState = ReturnType<typeof readState>;
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const SOURCES: Readonly<Record<ChargeFigures["powerSource"], "meter" | "car" | "estimate">> = {
  meter: "meter",
  bmw: "car",
  acProduct: "car",
  derived: "estimate",
  none: "estimate",
};
const PHASES = ["one", "two", "three"] as const;

/** Collects what becomes known of one charge while it runs. Times in ms. */
export class ChargeDraft {
  readonly #state: Writable<DraftState>;
  readonly #course = new EnergyCourse();
  readonly #byLevel = new LevelCourse();
  readonly #curve = new BoundedSeries(MOST_CURVE_POINTS);

  private constructor(
    readonly startedAt: number,
    state: DraftState,
  ) {
    this.#state = { ...state };
  }

  static begin({ at, method }: ChargingStarted, estimate: SocEstimate | null): ChargeDraft {
    const [startSoc, startSigma] = [estimate?.soc ?? null, estimate?.sigma ?? null];
    return new ChargeDraft(at, { ...readState({}), method, startSoc, startSigma });
  }

  static restore(saved: unknown): ChargeDraft | null {
    const startedAt = isObject(saved) ? validTime(saved["startedAt"]) : null;
    if (!isObject(saved) || startedAt === null) return null;
    const draft = new ChargeDraft(startedAt, readState(saved["state"]));
    draft.#course.restore(saved["course"]);
    draft.#byLevel.restore(saved["byLevel"]);
    draft.#curve.restore(saved["curve"]);
    return draft;
  }

  save(): JsonObject {
    const [course, byLevel, curve] = [this.#course, this.#byLevel, this.#curve].map((part) => part.save());
    return { startedAt: this.startedAt, state: this.#state, course, byLevel, curve };
  }

  /** Takes what the estimate says now; nothing while the charge pauses. */
  look({ charge, soc, sigma, capacity }: SocEstimate, origins: OriginsOf, now: number): void {
    if (charge === null) {
      this.#rest(now);
      return;
    }
    const kwhPerPercent = (capacity?.kwh ?? 0) / 100 / (charge.efficiency ?? USUAL_EFFICIENCY);
    this.#byLevel.look(soc, kwhPerPercent, origins, now);
    this.#head(charge, origins);
    this.#draw(charge, origins);
    const state = this.#state;
    state.endSoc = soc;
    state.endSigma = sigma;
    state.efficiency = charge.efficiency ?? state.efficiency;
    state.isDirect = charge.method === "DC";
    this.#peak(charge);
    this.#curve.add([this.#minute(now), rounded(soc, 1), charge.powerKw === null ? null : rounded(charge.powerKw, 2)]);
  }

  /** Lets the last power go on until a stop, which the estimate has taken note of already. */
  stop(at: number, origins: OriginsOf): void {
    const { last } = this.#state;
    const since = last?.at ?? at;
    const kw = at - since > LONGEST_TAIL_MS ? 0 : (last?.kw ?? 0);
    const kwh = Math.max(0, (kw * (at - since)) / HOUR_MS);
    this.#pause(at, kwh);
    if (kwh === 0) return;
    addOver(this.#course, kwh, origins(since, at, kw));
    this.#state.hours += (at - since) / HOUR_MS;
  }

  /** Returns what is known of the charge until its end. */
  until(end: number): WatchedCharge {
    const { hours, peakKw, peakSource, efficiency } = this.#state;
    const last = this.#minute(end);
    const source = this.#course.kwh > 0 ? this.#sourceUntil(end) : null;
    const byLevel = this.#byLevel.partsUntil(end);
    const isTold = source === "meter" || source === "car";
    return {
      parts: isTold || byLevel.length === 0 ? this.#course.partsUntil(end) : byLevel,
      byLevel,
      source,
      peakKw: figureOf(peakKw, peakSource),
      hours,
      method: this.#method,
      phases: this.#method === "DC" ? null : this.#phases,
      efficiency,
      levels: this.#state,
      curve: this.#curve.points.filter(([minute]) => minute <= last),
    };
  }

  /** Returns what told the energy; "estimate" unless it was told for nearly all of the charge. */
  #sourceUntil(end: number): "meter" | "car" | "estimate" {
    const { meter, car, supposed, missingMs } = this.#state;
    // What was counted with one phase, before more of them showed, was more.
    const miscounted = (this.#phases ?? 1) > 1 ? supposed : 0;
    const isWhole = meter + car - miscounted >= LEAST_TOLD * this.#course.kwh;
    if (!isWhole || missingMs > (1 - LEAST_TOLD) * (end - this.startedAt)) return "estimate";
    return meter >= car ? "meter" : "car";
  }

  get #method(): ChargingMethod | null {
    const { method, isDirect, peakKw } = this.#state;
    // The word of the method may be lost.
    const isFast = isDirect || (peakKw ?? 0) > MOST_ALTERNATING_KW;
    return method ?? (isFast ? "DC" : this.#course.kwh > 0 ? "AC" : null);
  }

  get #phases(): number | null {
    const { one, two, three } = this.#state;
    const most = Math.max(one, two, three);
    return most === 0 ? null : [one, two, three].indexOf(most) + 1;
  }

  /**
   * Nothing is drawn any more. What was counted of the estimate's charge stays known, because the same one may go on.
   * @param kwh that was drawn since the last look
   */
  #pause(at: number, kwh: number): void {
    const { last } = this.#state;
    if (last !== null) this.#state.last = { ...last, at: Math.max(at, last.at ?? at), kwh: last.kwh + kwh, kw: 0 };
  }

  /** The estimate knows of a stop before `stop` is told of it: the last power stays known until it may have been then. */
  #rest(now: number): void {
    this.#byLevel.rest(now);
    if (now - (this.#state.last?.at ?? now) > LONGEST_TAIL_MS) this.#pause(now, 0);
  }

  /**
   * Lets the first power that is told have flowed since the start, in place of what was concluded from the level meanwhile: a
   * meter may tell it only minutes later.
   */
  #head(charge: ChargeFigures, origins: OriginsOf): void {
    const { powerKw, powerSource, grossKwh, countedUntil, startedAt: session } = charge;
    const { last, meter, car } = this.#state;
    const source = SOURCES[powerSource];
    const isFirst = source !== "estimate" && last?.isTold !== true && meter + car === 0;
    const ms = countedUntil - this.startedAt;
    if (!isFirst || powerKw === null || powerKw <= 0 || ms <= 0 || ms > LONGEST_TAIL_MS) return;
    const kwh = (powerKw * ms) / HOUR_MS;
    this.#course.clear();
    addOver(this.#course, kwh, origins(this.startedAt, countedUntil, powerKw));
    this.#state.estimate = 0;
    this.#state[source] = kwh;
    this.#state.hours = ms / HOUR_MS;
    this.#state.last = { at: countedUntil, session, kwh: grossKwh, kw: powerKw, isTold: true };
  }

  #peak({ powerKw, powerSource }: ChargeFigures): void {
    const state = this.#state;
    const source = SOURCES[powerSource];
    if (source === "estimate" || powerKw === null || powerKw <= (state.peakKw ?? 0)) return;
    state.peakKw = powerKw;
    state.peakSource = source;
  }

  #minute(at: number): number {
    return Math.max(0, rounded((at - this.startedAt) / MINUTE_MS, 1));
  }

  /** Takes the rise of the energy since the last look. */
  #draw(charge: ChargeFigures, origins: OriginsOf): void {
    const { powerKw, powerSource } = charge;
    const { kwh, since, until } = this.#rise(charge);
    if (kwh === 0) return;
    const state = this.#state;
    addOver(this.#course, kwh, origins(since, until, powerKw));
    const source = SOURCES[powerSource];
    state[source] += kwh;
    state.hours += (until - since) / HOUR_MS;
    if (source !== "estimate") state.missingMs += Math.max(0, until - since - LONGEST_UNWATCHED_MS);
    const name = phasesOf(charge);
    if (name !== null) state[name] += kwh;
    if (isSupposed(charge, kwh, until - since)) state.supposed += kwh;
  }

  /** Returns by how much the drawn energy has risen since when, and takes note of it. */
  #rise({ grossKwh, powerKw: kw, powerSource, countedUntil: until, startedAt: session }: ChargeFigures) {
    const isTold = SOURCES[powerSource] !== "estimate";
    const former = this.#state.last?.session === session ? this.#state.last : null;
    if (former === null) {
      this.#state.last = { at: until, session, kwh: grossKwh, kw, isTold };
      return { kwh: grossKwh, since: Math.min(until, Math.max(session, this.startedAt)), until };
    }
    // Energy that is told counts from its first word on, whatever was concluded from the level before.
    const isOther = former.kwh > 0 && former.isTold !== isTold;
    // Of a level that is corrected downwards the estimate takes energy back; that rises again first.
    const kwh = isOther ? 0 : Math.max(0, grossKwh - former.kwh);
    const mostKwh = isOther ? grossKwh : Math.max(grossKwh, former.kwh);
    const since = Math.min(until, former.at ?? until);
    // Where energy is told by readings only, what the next one tells has flowed since the one before.
    const isWaiting = kwh === 0 && !isOther && kw !== 0;
    this.#state.last = { at: isWaiting ? since : until, session, kwh: mostKwh, kw, isTold };
    return { kwh, since, until };
  }
}

/** Returns whether energy was counted with one phase, because nobody has told how many there are. @param ms in which it came */
function isSupposed({ powerKw, powerSource, phasesSource }: ChargeFigures, kwh: number, ms: number): boolean {
  if (powerSource !== "acProduct" || phasesSource === "reported") return false;
  return phasesSource === "assumed" || kwh * HOUR_MS < LEAST_OF_POWER * (powerKw ?? 0) * ms;
}

/** Returns the count of phases under which energy is counted; `null` where nobody knows it. */
function phasesOf({ phases, phasesSource }: ChargeFigures): (typeof PHASES)[number] | null {
  return phasesSource === "assumed" ? null : (PHASES[(phases ?? 0) - 1] ?? null);
}

/** Describes a charge that nobody has watched. */
export const NOT_WATCHED: WatchedCharge = {
  parts: [],
  byLevel: [],
  source: null,
  peakKw: null,
  hours: 0,
  method: null,
  phases: null,
  efficiency: null,
  levels: readState({}),
  curve: [],
};
