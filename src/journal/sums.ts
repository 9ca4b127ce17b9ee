import { groupedBy } from "../support/grouped.js";
import { PURPOSES, rounded, type JournalEntry, type Purpose } from "./entry.js";
import { amountsOf, sumOfTotals, totalsByDay, type Amounts, type DayTotals, type Totals } from "./totals.js";

/** Sums up the trips and charges that began in one day, month or year. Unknown figures are left out of a sum. */
export interface JournalSum {
  /** `2026-03-02`, `2026-03` or `2026`, in the zone of the entries. */
  readonly period: string;
  readonly trips: number;
  readonly distanceKm: number;
  /** Of it with a purpose [km]. */
  readonly distanceByPurpose: Readonly<Partial<Record<Purpose, number>>>;
  readonly drivingMin: number;
  /** Out of the battery while driving [kWh]. */
  readonly usedKwh: number;
  /** kWh/100 km of the trips of which energy and distance are known; `null` without any. */
  readonly consumption: number | null;
  readonly charges: number;
  readonly batteryKwh: number;
  readonly drawnKwh: number;
  readonly gridKwh: number;
  readonly solarKwh: number;
  /** Drawn with direct current [kWh]. */
  readonly directKwh: number;
  /** In the currency of the journal; `null` where no charge has a cost in it. */
  readonly cost: number | null;
  /** Charges without a cost in that currency. */
  readonly chargesWithoutCost: number;
}

const LENGTHS = { day: "2026-03-02".length, month: "2026-03".length, year: "2026".length } as const;
export type Period = keyof typeof LENGTHS;

const CENTS = 100;

/** Returns the sums of entries by period, in the order of time. */
export function sumsBy(period: Period, entries: readonly JournalEntry[], currency: string): JournalSum[] {
  return sumsOfDays(period, totalsByDay(entries), currency);
}

/** Returns the sums of days by period, in the order of time. */
export function sumsOfDays(period: Period, days: readonly DayTotals[], currency: string): JournalSum[] {
  const groups = groupedBy(days, ({ day }) => day.slice(0, LENGTHS[period]));
  return [...groups.keys()].sort().map((name) => sumOf(name, sumOfTotals(groups.get(name) ?? []), currency));
}

function sumOf(period: string, totals: Totals, currency: string): JournalSum {
  const amounts = amountsOf(totals);
  const { trips, charges, consumingKm, consumedKwh } = amounts;
  const cost = totals.costs.get(currency);
  return {
    period,
    trips,
    distanceKm: rounded(amounts.distanceKm, 2),
    distanceByPurpose: byPurpose(amounts),
    drivingMin: rounded(amounts.drivingMin),
    usedKwh: rounded(amounts.usedKwh),
    consumption: consumingKm > 0 ? rounded((consumedKwh / consumingKm) * 100, 2) : null,
    charges,
    batteryKwh: rounded(amounts.batteryKwh),
    drawnKwh: rounded(amounts.drawnKwh),
    gridKwh: rounded(amounts.gridKwh),
    solarKwh: rounded(amounts.solarKwh),
    directKwh: rounded(amounts.directKwh),
    cost: cost === undefined ? null : cost.cents / CENTS,
    chargesWithoutCost: charges - (cost?.charges ?? 0),
  };
}

function byPurpose(amounts: Amounts): JournalSum["distanceByPurpose"] {
  const distances = PURPOSES.map((purpose) => [purpose, rounded(amounts[`${purpose}Km`], 2)] as const);
  return Object.fromEntries(distances.filter(([, km]) => km > 0));
}
