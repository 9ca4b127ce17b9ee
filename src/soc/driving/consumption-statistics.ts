import { finiteNumber, isObject, numbersIn, type JsonObject } from "../../support/json.js";
import { BRACKETS, type Bracket } from "./driven-trip.js";

export type { Bracket };

/** A learned rate. */
export interface ConsumptionRate {
  readonly kwhPerKm: number;
  readonly trips: number;
}

/** A finished trip as it is learned from: SOC in percent, odometer in km, capacity in kWh. */
export interface FinishedTrip {
  readonly at: number;
  readonly startSoc: number | null;
  readonly endSoc: number | null;
  readonly startKm: number | null;
  readonly endKm: number | null;
  readonly capacityKwh: number | null;
  /** In which most kilometres were driven; `null` without speeds. */
  readonly bracket: Bracket | null;
}

/** The learned consumption as users see it; months of local time by number, 1 to 12. */
export interface DrivingReport {
  readonly overall: ConsumptionRate | null;
  readonly months: Readonly<Record<string, ConsumptionRate>>;
  readonly brackets: Readonly<Partial<Record<Bracket, ConsumptionRate>>>;
  readonly defaultKwhPerKm: number;
  readonly lastTrip: TripVerdict | null;
}

const REASONS = [
  "learned",
  "socUnknown",
  "odometerUnknown",
  "capacityUnknown",
  "shortDistance",
  "smallDrop",
  "implausibleRate",
] as const;
type Reason = (typeof REASONS)[number];

/** Tells what was learned from a trip, or why nothing was. */
export interface TripVerdict {
  readonly at: number;
  readonly accepted: boolean;
  readonly reason: Reason;
  readonly km: number | null;
  readonly kwhPerKm: number | null;
  readonly bracket: Bracket | null;
}

const LEAST_KM = 5;
const LEAST_DROP = 2;
const LEAST_RATE = 0.1;
const MOST_RATE = 0.4;
const FULL_WEIGHT_KM = 30;
const SLOWEST_LEARNING = 0.2;
const DEFAULT_KWH_PER_KM = 0.21;
const MONTHS = 12;

/**
 * Sums up what finished trips used, as users see and reset it: overall, per calendar month of local time, per speed
 * bracket. Each trip moves the figures towards its own rate, the less the more trips there are and the shorter it is.
 */
export class ConsumptionStatistics {
  #overall: ConsumptionRate | null = null;
  readonly #months = new Map<number, ConsumptionRate>();
  readonly #brackets = new Map<Bracket, ConsumptionRate>();
  #last: TripVerdict | null = null;

  /** Shows what was learned; `defaultKwhPerKm` is that of the model. */
  report(defaultKwhPerKm: number): DrivingReport {
    return {
      overall: this.#overall,
      months: Object.fromEntries(this.#months),
      brackets: Object.fromEntries(this.#brackets),
      defaultKwhPerKm,
      lastTrip: this.#last,
    };
  }

  learn(trip: FinishedTrip, modelKwhPerKm: number): TripVerdict {
    const km = difference(trip.endKm, trip.startKm);
    const drop = difference(trip.startSoc, trip.endSoc);
    const kwh = drop === null || trip.capacityKwh === null ? null : (drop / 100) * trip.capacityKwh;
    const rate = kwh !== null && km !== null && km > 0 ? kwh / km : null;
    const reason = reasonFor(km, drop, rate);
    if (reason === "learned" && rate !== null && km !== null) this.#apply(trip, rate, km, modelKwhPerKm);
    this.#last = { at: trip.at, accepted: reason === "learned", reason, km, kwhPerKm: rate, bracket: trip.bracket };
    return this.#last;
  }

  /** Returns whether there was something to forget. */
  reset(): boolean {
    const had = this.#overall !== null || this.#months.size > 0 || this.#brackets.size > 0;
    this.#overall = null;
    this.#months.clear();
    this.#brackets.clear();
    this.#last = null;
    return had;
  }

  save(): JsonObject {
    return {
      overall: this.#overall,
      months: Object.fromEntries(this.#months),
      brackets: Object.fromEntries(this.#brackets),
      last: this.#last,
    };
  }

  /** Takes what is usable of what `save` gave; not where more was learned here. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#overall = richer(decodeRate(saved["overall"]), this.#overall);
    for (const month of Array.from({ length: MONTHS }, (_, index) => index + 1))
      put(this.#months, month, decodeRate(member(saved["months"], String(month))));
    for (const name of BRACKETS) put(this.#brackets, name, decodeRate(member(saved["brackets"], name)));
    this.#last ??= decodeVerdict(saved["last"]);
  }

  #apply({ at, bracket }: FinishedTrip, rate: number, km: number, modelKwhPerKm: number): void {
    const weight = Math.min(km / FULL_WEIGHT_KM, 1);
    this.#overall = moved(this.#overall ?? { kwhPerKm: usable(modelKwhPerKm), trips: 0 }, rate, weight);
    const month = monthOf(at);
    // A new month begins with what is known of all, this trip included.
    const sofar = this.#months.get(month) ?? { kwhPerKm: this.#overall.kwhPerKm, trips: 0 };
    this.#months.set(month, moved(sofar, rate, weight));
    if (bracket === null) return;
    this.#brackets.set(bracket, moved(this.#brackets.get(bracket) ?? { kwhPerKm: rate, trips: 0 }, rate, weight));
  }
}

function difference(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one - other;
}

function reasonFor(km: number | null, drop: number | null, rate: number | null): Reason {
  if (drop === null) return "socUnknown";
  if (km === null) return "odometerUnknown";
  if (km < LEAST_KM) return "shortDistance";
  if (drop < LEAST_DROP) return "smallDrop";
  if (rate === null) return "capacityUnknown";
  return rate >= LEAST_RATE && rate <= MOST_RATE ? "learned" : "implausibleRate";
}

function moved({ kwhPerKm, trips }: ConsumptionRate, measured: number, weight: number): ConsumptionRate {
  const share = Math.max(SLOWEST_LEARNING, 1 / (trips + 1)) * weight;
  return { kwhPerKm: (1 - share) * kwhPerKm + share * measured, trips: trips + 1 };
}

function monthOf(at: number): number {
  return new Date(at).getMonth() + 1;
}

function usable(modelKwhPerKm: number): number {
  return Number.isFinite(modelKwhPerKm) && modelKwhPerKm > 0 ? modelKwhPerKm : DEFAULT_KWH_PER_KM;
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function put<Key>(map: Map<Key, ConsumptionRate>, key: Key, saved: ConsumptionRate | null): void {
  const rate = richer(saved, map.get(key) ?? null);
  if (rate !== null) map.set(key, rate);
}

function richer(saved: ConsumptionRate | null, own: ConsumptionRate | null): ConsumptionRate | null {
  return (saved?.trips ?? 0) >= (own?.trips ?? 0) ? saved : own;
}

function decodeRate(saved: unknown): ConsumptionRate | null {
  const [kwhPerKm, trips] = numbersIn(saved, "kwhPerKm", "trips") ?? [];
  if (kwhPerKm === undefined || trips === undefined || kwhPerKm <= 0 || kwhPerKm > 1 || trips < 1) return null;
  return { kwhPerKm, trips: Math.floor(trips) };
}

function decodeVerdict(saved: unknown): TripVerdict | null {
  if (!isObject(saved)) return null;
  const at = finiteNumber(saved["at"]);
  const reason = REASONS.find((one) => one === saved["reason"]);
  if (at === null || reason === undefined) return null;
  const bracket = BRACKETS.find((name) => name === saved["bracket"]) ?? null;
  const { km, kwhPerKm } = { km: finiteNumber(saved["km"]), kwhPerKm: finiteNumber(saved["kwhPerKm"]) };
  return { at, accepted: reason === "learned", reason, km, kwhPerKm, bracket };
}
