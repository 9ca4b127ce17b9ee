import { groupedBy } from "../support/grouped.js";
import type { CapacityEvidence, Measurement } from "./capacity-evidence.js";
import { rounded } from "./entry.js";
import { BAND_SIGMAS, evenly, lineThrough, SIGMAS_PER_MAD, medianOf, type Line, type Sample } from "./robust-line.js";
import { zonedTime } from "./zoned-time.js";

/** A value with the band in which it lies nine times of ten. */
export interface BandedValue {
  readonly value: number;
  readonly band90: readonly [low: number, high: number];
}

/** Tells how the battery of a car ages. */
export interface BatteryHealth {
  /** Usable capacity at the last charge [kWh]; `null`: too few charges tell it. */
  readonly capacityKwh: BandedValue | null;
  /** Capacity at the first charge [kWh], and its time. */
  readonly firstKwh: number | null;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** Loss since the first charge [%]; `null` while that is too short a time. */
  readonly lossPercent: BandedValue | null;
  /** Charges that tell it. */
  readonly charges: number;
  /** BMW's own figures, the last ones [kWh]. */
  readonly maxEnergyKwh: number | null;
  readonly batterySizeMaxKwh: number | null;
}

/** Tells the capacity over time. */
export interface CapacityCourse {
  /** What single charges tell, in the order of time; of very many, some evenly chosen [ms, kWh]. */
  readonly charges: readonly { readonly at: number; readonly kwh: number }[];
  /** The estimate from the first charge to the last one [ms, kWh]; empty: too few charges tell it. */
  readonly estimates: readonly (BandedValue & { readonly at: number })[];
}

const LEAST_CHARGES = 3;
/** Enough for a straight line whose band has a bend. */
const COURSE_STEPS = 24;
/** More points are no clearer picture. */
const MOST_SHOWN = 300;
/** Charges of one kind of which the car's own capacity is that of the beginning. */
const FIRST_TOLD = 10;
/** Share that arrives in the battery where the car tells no capacity. */
const USUAL_EFFICIENCIES = { AC: 0.9, DC: 0.94 } as const;
const USUAL_SIGMA = 0.035;
/** Efficiencies that can be: outside of them the car's capacity or the energy is wrong. */
const [LEAST_EFFICIENCY, MOST_EFFICIENCY] = [0.6, 1.05];
/** Ageing takes longer than weather: over a shorter time only the mean counts [ms]. */
const LEAST_SPAN_MS = 90 * 24 * 3_600_000;

/**
 * Estimates the capacity over time from charges of at least 30 % of which the drawn energy was told. How much of it arrives is
 * taken from the car's own capacity in the first charges of each kind; what changes since then is the battery.
 */
export function batteryHealth({ measurements, ...told }: CapacityEvidence, zone: string): BatteryHealth {
  const { samples, isCalibrated } = capacitiesOf(measurements);
  const [first, last] = [samples[0], samples.at(-1)];
  const own = { ...told, charges: samples.length };
  if (first === undefined || last === undefined || samples.length < LEAST_CHARGES) return { ...NOTHING_KNOWN, ...own };
  const line = lineOver(samples);
  return {
    ...own,
    capacityKwh: capacityAt(line, first.x, last.x, isCalibrated),
    firstKwh: rounded(line.at(first.x), 2),
    firstAt: zonedTime(first.x, zone),
    lastAt: zonedTime(last.x, zone),
    lossPercent: isLongTime(first, last) ? lossOf(line, first.x, last.x) : null,
  };
}

/** Returns the course of the same estimate. */
export function capacityCourse({ measurements }: Pick<CapacityEvidence, "measurements">): CapacityCourse {
  const { samples, isCalibrated } = capacitiesOf(measurements);
  const [first, last] = [samples[0], samples.at(-1)];
  const charges = evenly(samples, MOST_SHOWN).map(({ x, y }) => ({ at: x, kwh: rounded(y, 2) }));
  if (first === undefined || last === undefined || samples.length < LEAST_CHARGES) return { charges, estimates: [] };
  const line = lineOver(samples);
  const estimates = Array.from({ length: COURSE_STEPS + 1 }, (_, step) => {
    const at = first.x + ((last.x - first.x) * step) / COURSE_STEPS;
    return { at: Math.round(at), ...capacityAt(line, first.x, at, isCalibrated) };
  });
  return { charges, estimates };
}

const NOTHING_KNOWN = { capacityKwh: null, firstKwh: null, firstAt: null, lastAt: null, lossPercent: null } as const;

/** Returns the capacity that each charge tells, and whether the car has told how much arrives. */
function capacitiesOf(measurements: readonly Measurement[]): { samples: Sample[]; isCalibrated: boolean } {
  const inOrder = [...measurements].sort((one, other) => one.at - other.at);
  const kinds = groupedBy(inOrder, ({ kind }) => kind);
  const samples: Sample[] = [];
  let isCalibrated = true;
  for (const own of kinds.values()) {
    const told = efficiencyOf(own);
    isCalibrated &&= told !== null;
    const efficiency = told ?? USUAL_EFFICIENCIES[own[0]?.isDirect === true ? "DC" : "AC"];
    samples.push(...own.map(({ at, kwhPerPercent }) => ({ x: at, y: kwhPerPercent * efficiency * 100 })));
  }
  return { samples: samples.sort((one, other) => one.x - other.x), isCalibrated };
}

/**
 * Returns the share that arrives by the capacity that the car told at first; `null` if it tells none, or none that can be. What
 * was drawn at first is taken from the line through all charges, because single ones scatter.
 */
function efficiencyOf(measurements: readonly Measurement[]): number | null {
  const [first] = measurements;
  const told = measurements.flatMap(({ maxEnergyKwh }) => maxEnergyKwh ?? []).slice(0, FIRST_TOLD);
  if (first === undefined || told.length === 0) return null;
  const line = lineOver(measurements.map(({ at, kwhPerPercent }) => ({ x: at, y: kwhPerPercent })));
  const share = medianOf(told) / 100 / line.at(first.at);
  return share >= LEAST_EFFICIENCY && share <= MOST_EFFICIENCY ? share : null;
}

/** Lays a line through samples in the order of time; a flat one over a short time. */
function lineOver(samples: readonly Sample[]): Line {
  const [first, last] = [samples[0], samples.at(-1)];
  return isLongTime(first, last) ? lineThrough(samples) : flatLine(samples);
}

function isLongTime(first: Sample | undefined, last: Sample | undefined): boolean {
  return first !== undefined && last !== undefined && last.x - first.x >= LEAST_SPAN_MS;
}

function flatLine(samples: readonly Sample[]): Line {
  const mean = medianOf(samples.map(({ y }) => y));
  const scatter = medianOf(samples.map(({ y }) => Math.abs(y - mean)));
  const band = (BAND_SIGMAS * scatter * SIGMAS_PER_MAD) / Math.sqrt(samples.length);
  return { at: () => mean, slope: 0, slopeBand: [0, 0], band };
}

/** @param isCalibrated whether the line begins at the car's own capacity: then its slope errs over the whole time */
function capacityAt(line: Line, from: number, to: number, isCalibrated: boolean): BandedValue {
  const value = line.at(to);
  const [least, most] = line.slopeBand;
  if (isCalibrated) return banded(value, Math.max(line.band, ((most - least) / 2) * (to - from)));
  return banded(value, Math.hypot(line.band, BAND_SIGMAS * USUAL_SIGMA * value));
}

function lossOf({ at, slope, slopeBand }: Line, from: number, to: number): BandedValue {
  const percent = (perMs: number) => (-perMs * (to - from) * 100) / at(from);
  const [most, least] = slopeBand.map(percent);
  return banded(percent(slope), ((most ?? 0) - (least ?? 0)) / 2);
}

function banded(value: number, half: number): BandedValue {
  return { value: rounded(value, 2), band90: [rounded(value - half, 2), rounded(value + half, 2)] };
}
