import type { Account } from "../account/account.js";
import { carNameOf } from "../account/vehicle-identity.js";
import type { JournalEntry } from "../journal/entry.js";
import { exportEntries } from "../journal/export/export-entries.js";
import { exportLanguageOf, type ExportFormat } from "../journal/export/export-options.js";
import type { TimeRange } from "../journal/time-range.js";
import { zonedTime } from "../journal/zoned-time.js";
import { CarDataError } from "../support/errors.js";
import { maskVin } from "../support/vin.js";
import {
  EXPORTS,
  type CarKey,
  type CockpitExport,
  type CockpitFile,
  type CockpitJournal,
  type CockpitMonth,
} from "./contract.js";
import { monthBefore } from "./months.js";

/*
 * What the page shows of a journal: the answers of its desk, bounded. What the desk refuses comes as it is
 * (`journal_files`), and what is asked for in a wrong way is a `bad_request`.
 */

/** The parts of an account that know the journal of its cars. */
export type JournalAccount = Pick<Account, "journal" | "settings" | "vehicles" | "registry">;

/** Bounds the list of months: half a century. */
const MOST_MONTHS = 600;
/** Bounds the trips, and the charges, of a month; nobody reads more, and an export has them all. */
const MOST_ENTRIES = 1000;
const MONTHS_OF_YEAR = 12;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;
const MONTH_LENGTH = "2026-03".length;
const KINDS = ["trip", "charge"] as const;

interface ExportKind {
  readonly format: ExportFormat;
  readonly kinds: readonly JournalEntry["kind"][];
}

const EXPORT_KINDS: Readonly<Record<CockpitExport, ExportKind>> = {
  trips: { format: "csv", kinds: ["trip"] },
  charges: { format: "csv", kinds: ["charge"] },
  json: { format: "json", kinds: KINDS },
  gpx: { format: "gpx", kinds: ["trip"] },
  html: { format: "html", kinds: KINDS },
};

/** Says what of a journal is exported; "" as month: all. */
export interface ExportWish {
  readonly what: string;
  readonly month: string;
  readonly language: string;
}

/** Describes the journal of a car. @param now milliseconds */
export async function journalView(
  { journal, settings }: JournalAccount,
  vin: string,
  { key, now }: { readonly key: CarKey; readonly now: number },
): Promise<CockpitJournal> {
  const { currency, zone } = settings.journal;
  const month = zonedTime(now, zone).slice(0, MONTH_LENGTH);
  const sums = await journal.desk.sums(vin, "month", { from: null, to: null });
  const oldest = monthBefore(month, MONTHS_OF_YEAR - 1);
  return {
    key,
    now: month,
    currency,
    problem: journal.problem,
    months: sums.slice(-MOST_MONTHS).map(({ period }) => period),
    year: sums.filter(({ period }) => period >= oldest && period <= month),
    health: await journal.desk.health(vin),
    capacity: await journal.desk.capacityCourse(vin),
  };
}

/** Describes a month of a car. @throws CarDataError `bad_request` for what is no month */
export async function monthView(
  { journal: { desk } }: JournalAccount,
  vin: string,
  { key, month }: { readonly key: CarKey; readonly month: string },
): Promise<CockpitMonth> {
  const range = daysOf(month);
  const [sum = null] = await desk.sums(vin, "month", range);
  const newest = (await desk.entries(vin, { ...range, kinds: KINDS, details: false })).reverse();
  const trips = newest.flatMap((entry) => (entry.kind === "trip" ? [entry] : []));
  const charges = newest.flatMap((entry) => (entry.kind === "charge" ? [entry] : []));
  return {
    ...{ key, month, sum },
    trips: trips.slice(0, MOST_ENTRIES),
    charges: charges.slice(0, MOST_ENTRIES),
    isCut: Math.max(trips.length, charges.length) > MOST_ENTRIES,
  };
}

/** Exports the journal of a car. @throws CarDataError `bad_request`, `export_too_large` */
export async function exportFile(
  account: JournalAccount,
  vin: string,
  { what, month, language }: ExportWish,
): Promise<CockpitFile> {
  const name = EXPORTS.find((one) => one === what);
  if (name === undefined) throw new CarDataError("bad_request");
  const { format, kinds } = EXPORT_KINDS[name];
  const range = month === "" ? { from: null, to: null } : daysOf(month);
  const { journal, settings } = account;
  const entries = await journal.desk.entries(vin, { ...range, kinds, details: true });
  const { distanceUnit = "km" } = account.registry.cars.get(vin)?.vehicle ?? {};
  const car = { vin, name: carNameOf(account, vin) ?? maskVin(vin), distanceUnit, entries };
  const { currency } = settings.journal;
  const [file] = exportEntries([car], { format, kinds, currency, language: exportLanguageOf(language) });
  if (file === undefined) throw new CarDataError("bad_request");
  return file;
}

/** Returns the first and the last day of a month. */
function daysOf(month: string): TimeRange {
  const [, year, number] = MONTH.exec(month) ?? [];
  if (year === undefined || number === undefined) throw new CarDataError("bad_request");
  const days = new Date(Date.UTC(Number(year), Number(number), 0)).getUTCDate();
  return { from: `${month}-01`, to: `${month}-${days}` };
}
