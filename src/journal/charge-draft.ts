import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import { clampedNumber, isTrue, object, objectOrDefaults, oneOf, or } from "../support/stored-schema.js";
import { validTime } from "../support/iso-time.js";
import type { ChargeFigures, SocEstimate } from "../soc/estimate.js";
import type { ChargingMethod, VehicleEvent } from "../vehicle/vehicle-event.js";
import { BoundedSeries, type Point } from "./bounded-series.js";
import { EnergyCourse, type EnergyPart } from "./energy-course.js";
import type { OriginSpan } from "./energy-origins.js";
import { rounded, type FigureSource } from "./entry.js";

type ChargingStarted = Extract<VehicleEvent, { name: "chargingStarted" }>;

/** Tells where the energy of a span of time [ms] comes from, cut where that changes, at a power [kW]. */
export type OriginsOf = (from: number, to: number, kw: number | null) => readonly OriginSpan[];

/** Sums up what is known of a charge that was watched until its end. */
export interface WatchedCharge {
  /** Drawn energy by quarters. */
  readonly parts: readonly EnergyPart[];
  /** What told the drawn energy; `null`: nothing. */
  readonly source: FigureSource | null;
  readonly peakKw: number | null;
  /** While power flowed. */
  readonly meanKw: number | null;
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
/** Limits how long the last power is taken to have gone on until the end of a charge [ms]. */
const LONGEST_TAIL_MS = 10 * MINUTE_MS;
export const MOST_CURVE_POINTS = 120;

const amount = or(clampedNumber(0, 1e6), 0);
const sample = object({ at: validTime, session: validTime, kwh: amount, kw: finiteNumber });
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
  /** Time in which power flowed [h]. */
  hours: amount,
  peakKw: finiteNumber,
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
    draft.#curve.restore(saved["curve"]);
    return draft;
  }

  save(): JsonObject {
    const { startedAt } = this;
    return { startedAt, state: this.#state, course: this.#course.save(), curve: this.#curve.points };
  }

  /** Takes what the estimate says now; nothing while the charge pauses. */
  look({ charge, soc, sigma }: SocEstimate, origins: OriginsOf, now: number): void {
    if (charge === null) {
      this.#state.last = null;
      return;
    }
    this.#draw(charge, origins, now);
    const state = this.#state;
    state.endSoc = soc;
    state.endSigma = sigma;
    state.efficiency = charge.efficiency ?? state.efficiency;
    state.isDirect = charge.method === "DC";
    if (charge.powerKw !== null) state.peakKw = Math.max(state.peakKw ?? 0, charge.powerKw);
    this.#curve.add([this.#minute(now), rounded(soc, 1), charge.powerKw === null ? null : rounded(charge.powerKw, 2)]);
  }

  /** Lets the last power go on until a stop, which the estimate has taken note of already. */
  stop(at: number, origins: OriginsOf): void {
    const { last } = this.#state;
    this.#state.last = null;
    if (last?.at == null || last.kw === null || at <= last.at || at - last.at > LONGEST_TAIL_MS) return;
    const kwh = (last.kw * (at - last.at)) / HOUR_MS;
    this.#add(kwh, origins(last.at, at, last.kw));
    this.#state.hours += (at - last.at) / HOUR_MS;
  }

  /** Returns what is known of the charge until its end. */
  until(end: number): WatchedCharge {
    const { hours, peakKw, efficiency } = this.#state;
    const drawn = this.#course.kwh;
    const last = this.#minute(end);
    return {
      parts: this.#course.partsUntil(end),
      source: drawn > 0 ? this.#source : null,
      peakKw,
      meanKw: hours > 0 ? drawn / hours : null,
      method: this.#method,
      phases: this.#method === "DC" ? null : this.#phases,
      efficiency,
      levels: this.#state,
      curve: this.#curve.points.filter(([minute]) => minute <= last),
    };
  }

  /** Returns what told most of the energy. */
  get #source(): FigureSource {
    const { meter, car, estimate } = this.#state;
    if (meter >= car && meter >= estimate) return "meter";
    return car >= estimate ? "car" : "estimate";
  }

  get #method(): ChargingMethod | null {
    const { method, isDirect } = this.#state;
    return method ?? (isDirect ? "DC" : this.#course.kwh > 0 ? "AC" : null);
  }

  get #phases(): number | null {
    const { one, two, three } = this.#state;
    const most = Math.max(one, two, three);
    return most === 0 ? null : [one, two, three].indexOf(most) + 1;
  }

  /** Adds energy that was drawn evenly over spans that follow each other. */
  #add(kwh: number, spans: readonly OriginSpan[]): void {
    const ms = spans.reduce((sum, { from, to }) => sum + to - from, 0);
    for (const span of spans) {
      const share = ms > 0 ? (span.to - span.from) / ms : 1 / spans.length;
      this.#course.add(span.from, span.to, kwh * share, span);
    }
  }

  #minute(at: number): number {
    return Math.max(0, rounded((at - this.startedAt) / MINUTE_MS, 1));
  }

  /** Takes the rise of the energy since the last look. */
  #draw({ grossKwh, powerKw, powerSource, phases, startedAt }: ChargeFigures, origins: OriginsOf, now: number): void {
    const state = this.#state;
    const { last } = state;
    const isSame = last?.session === startedAt;
    const before = isSame ? last.kwh : 0;
    const since = isSame ? (last.at ?? now) : Math.max(startedAt, this.startedAt);
    // Of a level that is corrected downwards the estimate takes energy back; that rises again first.
    const kwh = Math.max(0, grossKwh - before);
    // Where energy is told by readings only, what the next one tells has flowed since the one before.
    const at = kwh === 0 && isSame && powerKw !== 0 ? (last.at ?? now) : now;
    state.last = { at, session: startedAt, kwh: Math.max(grossKwh, before), kw: powerKw };
    if (kwh === 0) return;
    this.#add(kwh, origins(Math.min(since, now), now, powerKw));
    state[SOURCES[powerSource]] += kwh;
    state.hours += Math.max(0, now - since) / HOUR_MS;
    const name = PHASES[(phases ?? 0) - 1];
    if (name !== undefined) state[name] += kwh;
  }
}

/** Describes a charge that nobody has watched. */
export const NOT_WATCHED: WatchedCharge = {
  parts: [],
  source: null,
  peakKw: null,
  meanKw: null,
  method: null,
  phases: null,
  efficiency: null,
  levels: readState({}),
  curve: [],
};
