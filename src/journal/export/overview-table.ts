import { toDistanceUnit, unitOf, type DistanceFigure } from "../../support/distances.js";
import { PURPOSES, rounded, type JournalEntry } from "../entry.js";
import type { JournalSum } from "../sums.js";
import { labelOf } from "./columns.js";
import { knownEnergy, type SectionStyle } from "./logbook-tables.js";
import type { Markup } from "./markup.js";
import { pageTable } from "./page-table.js";

type Figure = readonly [label: string, decimals: number, valueOf: (sum: JournalSum) => number | null];

/**
 * Builds the table of the sums of the months, after each year that of the year.
 * @param months in the order of time, as the years
 */
export function overviewTable(
  months: readonly JournalSum[],
  years: readonly JournalSum[],
  kinds: readonly JournalEntry["kind"][],
  currency: string,
  style: SectionStyle,
): Markup {
  const { texts, formats } = style;
  const figures = [
    ...(kinds.includes("trip") ? tripFigures(style) : []),
    ...(kinds.includes("charge") ? chargeFigures(currency, style) : []),
  ];
  const lineOf = (sum: JournalSum, isSum: boolean) => {
    const values = figures.map(([, decimals, valueOf]) => formats.cell(valueOf(sum), decimals));
    return { texts: [formats.period(sum.period), ...values], isSum };
  };
  const lines = years.flatMap((year) => {
    const own = months.filter(({ period }) => period.startsWith(`${year.period}-`));
    return [...own.map((month) => lineOf(month, false)), lineOf(year, true)];
  });
  const heads = figures.map(([label]) => ({ label, width: "number" as const }));
  return pageTable([{ label: texts.month, width: "short" }, ...heads], lines);
}

function tripFigures({ texts, distanceUnit }: SectionStyle): Figure[] {
  const { columns, purposes, trips, withoutPurpose } = texts;
  const unit = unitOf("distance", distanceUnit);
  const shown = (figure: DistanceFigure, value: number | null) => toDistanceUnit(value, figure, distanceUnit);
  return [
    [trips, 0, (sum) => sum.trips],
    [labelOf("distanceKm", texts, distanceUnit), 1, (sum) => shown("distance", sum.distanceKm)],
    ...PURPOSES.map((purpose): Figure => [
      `${purposes[purpose]} [${unit}]`,
      1,
      ({ distanceByPurpose }) => shown("distance", distanceByPurpose[purpose] ?? 0),
    ]),
    [`${withoutPurpose} [${unit}]`, 1, (sum) => shown("distance", distanceWithoutPurpose(sum))],
    [columns.energyKwh, 1, knownEnergy],
    [labelOf("consumption", texts, distanceUnit), 1, (sum) => shown("consumption", sum.consumption)],
  ];
}

function chargeFigures(currency: string, { texts }: SectionStyle): Figure[] {
  const { columns, charges } = texts;
  return [
    [charges, 0, (sum) => sum.charges],
    [columns.drawnKwh, 1, (sum) => sum.drawnKwh],
    [columns.gridKwh, 1, (sum) => sum.gridKwh],
    [columns.solarKwh, 1, (sum) => sum.solarKwh],
    [`${columns.cost} [${currency}]`, 2, (sum) => sum.cost],
  ];
}

function distanceWithoutPurpose({ distanceKm, distanceByPurpose }: JournalSum): number {
  const known = PURPOSES.reduce((total, purpose) => total + (distanceByPurpose[purpose] ?? 0), 0);
  return Math.max(0, rounded(distanceKm - known, 1));
}
