import type { JournalEntry } from "../entry.js";
import type { DistanceUnit } from "../../support/distances.js";
import { labelOf, shownValue, type Column, type Row } from "./columns.js";
import type { ExportLanguage } from "./export-options.js";
import { EXPORT_TEXTS } from "./languages/index.js";
import { printable } from "./printable.js";

/*
 * Tables for spreadsheets, which open them by a double click. Only so are umlauts and numbers what they were: with a byte
 * order mark, and outside of English with a decimal comma, so that columns are kept apart by semicolons.
 */

const BYTE_ORDER_MARK = "\ufeff";
const LINE_END = "\r\n";
/** What a spreadsheet takes for the beginning of a formula, behind blanks as well; East Asian ones take wide signs too. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;
/** More decimals than any figure has: floats end in rubbish otherwise, or become `1e-7`. */
const MOST_DECIMALS = 6;
const plainNumber = new Intl.NumberFormat("en-US", { useGrouping: false, maximumFractionDigits: MOST_DECIMALS });

/** Yields the parts of a table with its column names. @param distanceUnit of the whole table: a column has one unit */
export function* csvText<Entry extends JournalEntry>(
  columns: readonly Column<Entry>[],
  rows: Iterable<Row<Entry>>,
  language: ExportLanguage,
  distanceUnit: DistanceUnit,
): Generator<string> {
  const texts = EXPORT_TEXTS[language];
  const separator = language === "en" ? "," : ";";
  yield `${BYTE_ORDER_MARK}${columns.map(({ name }) => quoted(labelOf(name, texts, distanceUnit))).join(separator)}${LINE_END}`;
  for (const row of rows)
    yield `${columns.map(({ name, valueOf }) => cellOf(shownValue(name, valueOf(row), distanceUnit), language)).join(separator)}${LINE_END}`;
}

/** Writes a cell; only a text can be mistaken for a formula: a number below 0 must stay one. */
function cellOf(value: string | number | null, language: ExportLanguage): string {
  if (value === null) return "";
  return typeof value === "number" ? numberText(value, language) : quoted(withoutFormula(printable(value)));
}

function numberText(value: number, language: ExportLanguage): string {
  const text = plainNumber.format(value);
  const number = text === "-0" ? "0" : text;
  return language === "en" ? number : number.replace(".", ",");
}

function withoutFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
