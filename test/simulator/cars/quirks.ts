import type { CarTruth } from "./car.js";
import { entry, type ReportEntry, type Profile, type CarReport } from "./profile.js";
import { LATITUDE, LONGITUDE, ODOMETER, position, shownSoc, SOC } from "./stream-data.js";

/** Describes the quirks of real cars. */
export interface Quirks {
  /** Time after the end of a charge at which the car reports a level, if it reports none while it charges [ms]. */
  readonly silentChargeMs?: number;
  /** Number of charges of which one has an end that is never reported. */
  readonly forgetsEndEvery?: number;
  /** Stretches of road without GPS [km]. */
  readonly tunnel?: { readonly at: number; readonly km: number; readonly every: number };
  /** Interval at which a parked car wakes up and reports a wrong position for 12 s [ms]. */
  readonly outlierEveryMs?: number;
  /** The odometer is reported in kilometres and in miles, an hour each. */
  readonly mixesUnits?: boolean;
}

const HOUR_MS = 3_600_000;
const OUTLIER_MS = 12_000;
const OUTLIER_DEGREES = 1.8;
const KM_PER_MILE = 1.609344;
const STATUS = "vehicle.drivetrain.electricEngine.charging.status";
const OF_A_CHARGE = [
  SOC,
  "vehicle.drivetrain.electricEngine.charging.level",
  "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange",
];

/** The same car with its quirks; what it reports depends on the truth alone, so that cars may share it. */
export function withQuirks(profile: Profile, quirks: Quirks): Profile {
  return {
    ...profile,
    nextAt: (truth) => Math.min(profile.nextAt?.(truth) ?? Infinity, ...dues(quirks, truth)),
    report: (before, now) =>
      [
        ...profile.report(before, now).map((report) => alter(quirks, report, before, now)),
        ...extras(quirks, before, now),
      ].filter(({ data }) => Object.keys(data).length > 0),
  };
}

function dues({ silentChargeMs, outlierEveryMs }: Quirks, { time, chargedAt }: CarTruth): number[] {
  const lateAt = silentChargeMs === undefined || chargedAt === null ? 0 : chargedAt + silentChargeMs;
  const outlierAt = outlierEveryMs === undefined ? 0 : time - (time % outlierEveryMs);
  return [lateAt, outlierAt + OUTLIER_MS, outlierAt + (outlierEveryMs ?? 0)].filter((due) => due > time);
}

/** Drops or changes what it reports. */
function alter(quirks: Quirks, { time, data }: CarReport, before: CarTruth, now: CarTruth): CarReport {
  const entries = Object.entries(data).flatMap(([descriptor, reported]): [string, ReportEntry][] => {
    if (isLeftOut(quirks, descriptor, before, now)) return [];
    return [
      [descriptor, descriptor === ODOMETER && quirks.mixesUnits === true ? inHourlyUnit(reported, time) : reported],
    ];
  });
  return { time, data: Object.fromEntries(entries) };
}

function isLeftOut(quirks: Quirks, descriptor: string, before: CarTruth, now: CarTruth): boolean {
  const { silentChargeMs, tunnel } = quirks;
  if (descriptor === LATITUDE || descriptor === LONGITUDE) return tunnel !== undefined && isInTunnel(tunnel, now);
  const charges = before.charging !== null || now.charging !== null;
  if (silentChargeMs !== undefined && charges && OF_A_CHARGE.includes(descriptor)) return true;
  return isForgotten(quirks, now) && (descriptor === STATUS || (charges && OF_A_CHARGE.includes(descriptor)));
}

/** The last charge is one whose end is not reported. */
function isForgotten({ forgetsEndEvery }: Quirks, { charging, charges }: CarTruth): boolean {
  return forgetsEndEvery !== undefined && charging === null && charges > 0 && charges % forgetsEndEvery === 0;
}

function isInTunnel({ at, km, every }: NonNullable<Quirks["tunnel"]>, { odometerKm, moving }: CarTruth): boolean {
  const place = odometerKm % every;
  return moving && place >= at && place < at + km;
}

function inHourlyUnit(reported: ReportEntry, time: number): ReportEntry {
  if (Math.floor(time / HOUR_MS) % 2 === 0) return reported;
  return { ...reported, value: Math.floor(Number(reported.value) / KM_PER_MILE), unit: "miles" };
}

/** Adds to what it reports. */
function* extras({ silentChargeMs, outlierEveryMs }: Quirks, before: CarTruth, now: CarTruth): Generator<CarReport> {
  const { time, chargedAt, charging, moving, drivenKm } = now;
  const lateAt = silentChargeMs === undefined || chargedAt === null ? Infinity : chargedAt + silentChargeMs;
  if (charging === null && before.time < lateAt && time >= lateAt)
    yield { time, data: { [SOC]: entry(time, shownSoc(now), "percent") } };
  // Before the car was seen anywhere else, nobody could know better.
  if (outlierEveryMs === undefined || moving || drivenKm === 0) return;
  if (isPassed(0, outlierEveryMs, before.time, time)) yield { time, data: elsewhere(position(now)) };
  if (isPassed(OUTLIER_MS, outlierEveryMs, before.time, time)) yield { time, data: position(now) };
}

function isPassed(offset: number, every: number, before: number, now: number): boolean {
  return Math.floor((before - offset) / every) !== Math.floor((now - offset) / every);
}

function elsewhere(data: CarReport["data"]): CarReport["data"] {
  const latitude = data[LATITUDE];
  return latitude === undefined
    ? data
    : { ...data, [LATITUDE]: { ...latitude, value: Number(latitude.value) + OUTLIER_DEGREES } };
}
