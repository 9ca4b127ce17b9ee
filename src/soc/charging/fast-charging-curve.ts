import { isObject, numberList, numbersIn, type JsonObject } from "../../support/json.js";
import { percentOf } from "../settings.js";

/** A fast charge of a battery of the last years: share of the highest power by state of charge. */
const GENERIC: readonly (readonly [soc: number, share: number])[] = [
  [0, 0.85],
  [8, 1],
  [30, 1],
  [60, 0.6],
  [80, 0.4],
  [90, 0.2],
  [100, 0.06],
];
const GENERIC_KW = 100;
const BIN = 4;
const BINS = 25;
/** How far around a state of charge its power is known by a reading, pp. */
const REACH = 3;
/** Number of readings that count as much as all that may follow. */
const MOST_READINGS = 4;
/** How much the shape of all cars counts beside a reading. */
const GENERIC_WEIGHT = 0.3;
/** Charges with a warm battery at a strong charger define the curve: it rises quickly and falls slowly. */
const RISES = 0.5;
const FALLS = 0.15;
/** Where in a stretch the power was higher or lower is only supposed. */
const STRETCH_LEARNS = 0.3;
const SLOPE_WIDTH = 1;
/** One value per percent, 0 to 100. */
const TABLE_SIZE = 101;

/** Whole percents tell the power of a stretch well enough. */
const STRETCH_PP = 6;
const MOST_STRETCHES = 40;
const HOUR_MS = 3_600_000;

interface Bin {
  readonly kw: number;
  readonly readings: number;
}

/**
 * Learns the power that one car takes from a strong fast charger by state of charge, over a generic shape. kW, percent.
 */
export class FastChargingCurve {
  readonly #bins = new Map<number, Bin>();
  /** Worked out when needed; empty after each change. */
  #table: number[] = [];

  /** One reading of the power. */
  add(soc: number, kw: number): void {
    this.#add(soc, kw, RISES, FALLS);
  }

  #add(soc: number, kw: number, rises: number, falls: number): void {
    if (!(kw > 0) || !Number.isFinite(soc)) return;
    const index = Math.min(BINS - 1, Math.max(0, Math.floor(soc / BIN)));
    const { kw: before, readings } = this.#bins.get(index) ?? { kw, readings: 0 };
    const share = kw > before ? rises : falls;
    this.#table = [];
    this.#bins.set(index, { kw: before + share * (kw - before), readings: Math.min(1000, readings + 1) });
  }

  /** From one state of charge to another it was this power on the average of time. */
  addStretch(from: number, to: number, kw: number): void {
    const middles = [];
    for (let soc = from + BIN / 2; soc < to; soc += BIN) middles.push(soc);
    const expected = middles.length / middles.reduce((hours, soc) => hours + 1 / this.kw(soc), 0);
    const points = middles.map((soc) => [soc, (this.kw(soc) * kw) / expected] as const);
    for (const [soc, point] of points) this.#add(soc, point, STRETCH_LEARNS, STRETCH_LEARNS);
  }

  kw(soc: number): number {
    const place = Math.min(TABLE_SIZE - 1, Math.max(0, soc));
    const index = Math.min(TABLE_SIZE - 2, Math.floor(place));
    const low = this.#value(index);
    return low + (this.#value(index + 1) - low) * (place - index);
  }

  #value(index: number): number {
    return (this.#table[index] ??= this.#computed(index));
  }

  #computed(soc: number): number {
    const shape = shapeAt(soc);
    if (this.#bins.size === 0) return GENERIC_KW * shape;
    let sum = GENERIC_WEIGHT * this.#scale() * shape;
    let weights = GENERIC_WEIGHT;
    for (const [index, { kw, readings }] of this.#bins) {
      const weight = nearness(soc - middle(index)) * Math.min(readings, MOST_READINGS);
      sum += (weight * kw * shape) / shapeAt(middle(index));
      weights += weight;
    }
    return sum / weights;
  }

  /** kW/pp. */
  slope(soc: number): number {
    return (this.kw(soc + SLOPE_WIDTH) - this.kw(soc - SLOPE_WIDTH)) / (2 * SLOPE_WIDTH);
  }

  forget(): void {
    this.#bins.clear();
    this.#table = [];
  }

  save(): JsonObject {
    return Object.fromEntries([...this.#bins].map(([index, { kw, readings }]) => [index, [kw, readings]]));
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.forget();
    for (const [key, value] of Object.entries(saved)) {
      const index = Number(key);
      const bin = restoredBin(value);
      if (Number.isInteger(index) && index >= 0 && index < BINS && bin !== null) this.#bins.set(index, bin);
    }
  }

  #scale(): number {
    let kw = 0;
    let shapes = 0;
    for (const [index, bin] of this.#bins) {
      kw += bin.kw;
      shapes += shapeAt(middle(index));
    }
    return kw / shapes;
  }
}

interface CurveSegment {
  readonly from: number;
  readonly to: number;
  readonly hours: number;
}

/** The parts of a fast charge of which nothing tells the power but the time that they take. Percent. */
export class ChargeStretches {
  #all: CurveSegment[] = [];
  #mark: { readonly soc: number; readonly at: number } | null = null;

  /** A charge begins. */
  begin(): void {
    this.#all = [];
    this.#mark = null;
  }

  /** A level of the moment `at`, ms; `endReportDueAt` is when the car told power last, 0 if never. */
  saw(soc: number, at: number, toldAt: number): void {
    const mark = this.#mark;
    const isTold = mark !== null && toldAt > mark.at;
    if (mark !== null && !isTold && soc - mark.soc < STRETCH_PP) return;
    if (mark !== null && !isTold && at > mark.at && this.#all.length < MOST_STRETCHES)
      this.#all.push({ from: mark.soc, to: soc, hours: (at - mark.at) / HOUR_MS });
    this.#mark = { soc, at };
  }

  /** Teaches the curve; `kwhPerPp` flows into the battery for each percent, before losses. */
  teach(curve: FastChargingCurve, kwhPerPp: number, auxKw: number): void {
    for (const { from, to, hours } of this.#all) curve.addStretch(from, to, ((to - from) * kwhPerPp) / hours + auxKw);
  }

  save(): JsonObject {
    return { all: this.#all, mark: this.#mark };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const all: unknown[] = Array.isArray(saved["all"]) ? saved["all"] : [];
    this.#all = all.slice(0, MOST_STRETCHES).flatMap(stretchOf);
    const [soc, at] = numbersIn(saved["mark"], "soc", "at") ?? [];
    this.#mark = percentOf(soc) !== null && soc !== undefined && at !== undefined ? { soc, at } : null;
  }
}

function stretchOf(saved: unknown): CurveSegment[] {
  const [from, to, hours] = numbersIn(saved, "from", "to", "hours") ?? [];
  if (from === undefined || to === undefined || hours === undefined || hours <= 0) return [];
  return percentOf(from) === null || percentOf(to) === null ? [] : [{ from, to, hours }];
}

function restoredBin(saved: unknown): Bin | null {
  const [kw = 0, readings = 0] = numberList(saved);
  return kw > 0 && readings > 0 ? { kw, readings } : null;
}

function middle(index: number): number {
  return index * BIN + BIN / 2;
}

function generic(soc: number): number {
  let [fromSoc, fromShare] = GENERIC[0] ?? [0, 1];
  for (const [toSoc, toShare] of GENERIC) {
    if (soc <= toSoc)
      return toSoc === fromSoc ? toShare : fromShare + ((toShare - fromShare) * (soc - fromSoc)) / (toSoc - fromSoc);
    [fromSoc, fromShare] = [toSoc, toShare];
  }
  return fromShare;
}

/** By whole percent, because the curve is reckoned anew with each reading: the shape, and how near a reading counts as. */
const SHAPES = Float64Array.from({ length: TABLE_SIZE }, (_, soc) => generic(soc));
const NEARNESS = Float64Array.from({ length: TABLE_SIZE }, (_, pp) => Math.exp(-0.5 * (pp / REACH) * (pp / REACH)));

function shapeAt(soc: number): number {
  return SHAPES[soc] ?? generic(soc);
}

function nearness(pp: number): number {
  return NEARNESS[Math.abs(pp)] ?? 0;
}
