import type { FileStamp } from "../store/atomic-files.js";
import { finiteNumber, isObject, nonEmptyText, parseJson } from "../support/json.js";
import { evidenceOf, type CapacityEvidence, type Measurement } from "./capacity-evidence.js";
import { SCHEMA, spanOf, type ChargeEntry, type JournalEntry } from "./entry.js";
import { rowOfTotals, totalsByDay, totalsOfRow, type DayTotals } from "./totals.js";

/**
 * Holds what the summary of a journal needs of one of its files. It is kept beside the file, because reading the entries
 * takes many times as long, and can be thrown away at any time.
 */
export interface YearDigest {
  readonly days: readonly DayTotals[];
  readonly evidence: CapacityEvidence;
}

/** Version of how a digest is made and written: one of another version is made anew. */
const VERSION = `${SCHEMA}.1`;

/** Makes the digest of the entries of a file. */
export function digestOf(entries: Iterable<JournalEntry>): YearDigest {
  const inOrder = [...entries].sort((one, other) => spanOf(one).from - spanOf(other).from);
  const charges = inOrder.filter((entry): entry is ChargeEntry => entry.kind === "charge");
  return { days: totalsByDay(inOrder), evidence: evidenceOf(charges) };
}

/** Returns a digest as the content of a file, with the stamp of the file that it was made of. */
export function digestText({ days, evidence }: YearDigest, { size, modified }: FileStamp): string {
  const { measurements, ...figures } = evidence;
  const rows = measurements.map(({ at, kwhPerPercent, kind, isDirect, maxEnergyKwh }) => [
    at,
    kwhPerPercent,
    kind,
    isDirect,
    maxEnergyKwh,
  ]);
  return JSON.stringify({ version: VERSION, size, modified, ...figures, days: days.map(rowOfTotals), charges: rows });
}

/** Reads a digest; `null` if it is none of the file with this stamp, whatever is wrong with it. */
export function readDigest(content: Buffer | null, { size, modified }: FileStamp): YearDigest | null {
  const stored = content === null ? null : parseJson(content.toString());
  if (!isObject(stored) || stored["version"] !== VERSION) return null;
  if (stored["size"] !== size || stored["modified"] !== modified) return null;
  const [days, measurements] = [rowsOf(stored["days"], totalsOfRow), rowsOf(stored["charges"], measurementOfRow)];
  if (days === null || measurements === null) return null;
  const [maxEnergyKwh, batterySizeMaxKwh] = [stored["maxEnergyKwh"], stored["batterySizeMaxKwh"]].map(finiteNumber);
  const figures = { maxEnergyKwh: maxEnergyKwh ?? null, batterySizeMaxKwh: batterySizeMaxKwh ?? null };
  return { days, evidence: { measurements, ...figures } };
}

function measurementOfRow(row: unknown): Measurement | null {
  const [at, kwhPerPercent, kind, isDirect, told] = Array.isArray(row) ? (row as unknown[]) : [];
  const [time, kwh, name] = [finiteNumber(at), finiteNumber(kwhPerPercent), nonEmptyText(kind)];
  if (time === null || kwh === null || name === null) return null;
  return { at: time, kwhPerPercent: kwh, kind: name, isDirect: isDirect === true, maxEnergyKwh: finiteNumber(told) };
}

/** Reads all rows of a list; `null` if one of them is none, because a sum without it would be wrong. */
function rowsOf<T>(stored: unknown, read: (row: unknown) => T | null): T[] | null {
  if (!Array.isArray(stored)) return null;
  const rows = stored.flatMap((row: unknown) => read(row) ?? []);
  return rows.length === stored.length ? rows : null;
}
