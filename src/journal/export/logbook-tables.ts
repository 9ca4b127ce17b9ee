import type { DistanceUnit } from "../../support/distances.js";
import type { ChargeEntry, JournalEntry, TripEntry } from "../entry.js";
import type { JournalSum } from "../sums.js";
import {
  CHARGE_COLUMNS,
  labelOf,
  placeText,
  shownValue,
  TRIP_COLUMNS,
  type Column,
  type ColumnForm,
  type Row,
} from "./columns.js";
import type { ColumnName, ExportTexts } from "./languages/texts.js";
import type { Markup } from "./markup.js";
import type { PageFormats } from "./page-formats.js";
import { pageTable, type ColumnWidth } from "./page-table.js";

/*
 * The trips and charges of a month on the page: of the columns for spreadsheets those for which paper has room, and a place
 * without a name by where it is.
 */

/** Holds how the page is written. */
export interface PageStyle {
  readonly texts: ExportTexts;
  readonly formats: PageFormats;
}

/** Holds how the part of a car is written. */
export interface SectionStyle extends PageStyle {
  readonly distanceUnit: DistanceUnit;
}

type Sums = Readonly<Partial<Record<ColumnName, string | number | null>>>;

const ON_PAGE_OF_TRIPS: readonly ColumnName[] = [
  "startDate",
  "startTime",
  "endTime",
  "from",
  "to",
  "purpose",
  "note",
  "odometerStartKm",
  "odometerEndKm",
  "distanceKm",
  "durationMin",
  "energyKwh",
  "consumption",
];
const ON_PAGE_OF_CHARGES: readonly ColumnName[] = [
  "startDate",
  "startTime",
  "endTime",
  "place",
  "levelFrom",
  "levelTo",
  "method",
  "batteryKwh",
  "drawnKwh",
  "gridKwh",
  "solarKwh",
  "odometerKm",
  "cost",
  "currency",
  "note",
];

/** Builds the table of the trips of a month. */
export function tripsTable(trips: readonly TripEntry[], sum: JournalSum, style: SectionStyle): Markup {
  const columns = chosen(TRIP_COLUMNS, ON_PAGE_OF_TRIPS).map((column): Column<TripEntry> => {
    if (column.name === "from") return { ...column, valueOf: ({ entry }) => placeText(entry.from) };
    if (column.name === "to") return { ...column, valueOf: ({ entry }) => placeText(entry.to) };
    return column;
  });
  const { distanceKm, drivingMin, consumption } = sum;
  return tableOf(columns, trips, style, {
    ...{ distanceKm, consumption },
    durationMin: drivingMin,
    energyKwh: knownEnergy(sum),
  });
}

/** Builds the table of the charges of a month. @param currency of the sums */
export function chargesTable(
  charges: readonly ChargeEntry[],
  sum: JournalSum,
  currency: string,
  style: SectionStyle,
): Markup {
  const columns = chosen(CHARGE_COLUMNS, ON_PAGE_OF_CHARGES).map((column): Column<ChargeEntry> =>
    column.name === "place"
      ? { ...column, valueOf: ({ entry }) => entry.place?.name ?? entry.provider ?? placeText(entry.place) }
      : column,
  );
  const { batteryKwh, drawnKwh, gridKwh, solarKwh, cost } = sum;
  return tableOf(columns, charges, style, {
    ...{ batteryKwh, drawnKwh, gridKwh, solarKwh, cost },
    currency: cost === null ? null : currency,
  });
}

/** Returns the columns of these names, in the order of the names. */
function chosen<Entry extends JournalEntry>(
  columns: readonly Column<Entry>[],
  names: readonly ColumnName[],
): Column<Entry>[] {
  return names.flatMap((name) => columns.find((column) => column.name === name) ?? []);
}

function tableOf<Entry extends JournalEntry>(
  columns: readonly Column<Entry>[],
  entries: readonly Entry[],
  { texts, formats, distanceUnit }: SectionStyle,
  sums: Sums,
): Markup {
  const cells = (valueOf: (column: Column<Entry>) => string | number | null) =>
    columns.map((column) => formats.cell(shownValue(column.name, valueOf(column), distanceUnit), column.form));
  const lines = entries.map((entry) => {
    const row: Row<Entry> = { car: "", entry, texts };
    return { texts: cells(({ valueOf }) => valueOf(row)), isSum: false };
  });
  const sum = { texts: [texts.sum, ...cells(({ name }) => sums[name] ?? null).slice(1)], isSum: true };
  const heads = columns.map(({ name, form }) => ({ label: labelOf(name, texts, distanceUnit), width: widthOf(form) }));
  return pageTable(heads, [...lines, sum]);
}

function widthOf(form: ColumnForm): ColumnWidth {
  if (typeof form === "number") return "number";
  if (form === "text") return "free";
  return form === "word" ? "word" : "short";
}

/** Returns the energy of the trips [kWh]; `null` where it is known of none, because 0 would be a lie. */
export function knownEnergy({ usedKwh, consumption }: JournalSum): number | null {
  return consumption === null ? null : usedKwh;
}
