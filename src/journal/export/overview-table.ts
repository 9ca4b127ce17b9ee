import { PURPOSES, rounded, type JournalEntry } from "../entry.js";
import type { JournalSum } from "../sums.js";
import { knownEnergy, type PageStyle } from "./logbook-tables.js";
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
  style: PageStyle,
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

function tripFigures({ texts }: PageStyle): Figure[] {
  const { columns, purposes, trips, withoutPurpose } = texts;
  return [
    [trips, 0, (sum) => sum.trips],
    [columns.distanceKm, 1, (sum) => sum.distanceKm],
    ...PURPOSES.map((purpose): Figure => [
      `${purposes[purpose]} [km]`,
      1,
      ({ distanceByPurpose }) => distanceByPurpose[purpose] ?? 0,
    ]),
    [`${withoutPurpose} [km]`, 1, distanceWithoutPurpose],
    [columns.energyKwh, 1, knownEnergy],
    [columns.consumption, 1, (sum) => sum.consumption],
  ];
}

function chargeFigures(currency: string, { texts }: PageStyle): Figure[] {
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
