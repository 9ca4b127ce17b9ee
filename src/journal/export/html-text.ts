import { fillText } from "../../support/fill-text.js";
import { groupedBy } from "../../support/grouped.js";
import type { ChargeEntry, JournalEntry, TripEntry } from "../entry.js";
import { sumsBy } from "../sums.js";
import type { ExportedCar, ExportOptions } from "./export-options.js";
import { EXPORT_TEXTS } from "./languages/index.js";
import { chargesTable, tripsTable, type PageStyle, type SectionStyle } from "./logbook-tables.js";
import { markup, type Markup } from "./markup.js";
import { overviewTable } from "./overview-table.js";
import { PageFormats } from "./page-formats.js";

/*
 * The logbook as a page of its own, ready to print: no script, nothing that it fetches, and a policy that forbids both, so
 * that nothing becomes of a name that is markup.
 */

const STYLE = markup`
@page { size: A4 landscape; margin: 12mm 10mm 14mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
:root { color-scheme: light; }
body { font: 9pt/1.35 system-ui, sans-serif; color: #111; background: #fff; margin: 0 auto; max-width: 80rem; padding: 1rem; }
h1 { font-size: 18pt; margin: 0 0 .3rem; }
h2 { font-size: 14pt; margin: 0; }
h3 { font-size: 11pt; margin: 1.4rem 0 .2rem; }
h3::first-letter { text-transform: uppercase; }
h4 { font-size: 9pt; margin: .8rem 0 .2rem; }
h2, h3, h4 { break-after: avoid; }
p { margin: .2rem 0; }
table { border-collapse: collapse; width: 100%; margin: .2rem 0 .8rem; font-variant-numeric: tabular-nums; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 1px solid #bbb; padding: .15rem .35rem; text-align: left; vertical-align: top; }
th { background: #eee; font-weight: 600; vertical-align: bottom; }
.number { text-align: right; }
.number, .short, .word { width: 1%; }
td.number, td.short { white-space: nowrap; }
.free { min-width: 4em; }
td.free { overflow-wrap: anywhere; }
tr.sum { break-before: avoid; }
tr.sum td { font-weight: 600; background: #f6f6f6; }
@media print {
  body { font-size: 8pt; max-width: none; padding: 0; }
  section + section { break-before: page; }
  th, tr.sum td { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;

/** Yields the parts of the page. */
export function* htmlText(cars: readonly ExportedCar[], options: ExportOptions): Generator<string> {
  const texts = EXPORT_TEXTS[options.language];
  const style = { texts, formats: new PageFormats(texts.locale) };
  yield headOf(cars, style).text;
  for (const car of cars) yield* sectionOf(car, options, style);
  if (cars.length === 0) yield markup`<p>${texts.nothing}</p>\n`.text;
  yield "</body>\n</html>\n";
}

function headOf(cars: readonly ExportedCar[], { texts }: PageStyle): Markup {
  const title = [texts.logbook, ...cars.map(({ name }) => name)].join(" – ");
  return markup`<!doctype html>
<html lang="${texts.locale}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${texts.logbook}</h1>
`;
}

function* sectionOf(car: ExportedCar, options: ExportOptions, page: PageStyle): Generator<string> {
  const { vin, name, entries, distanceUnit } = car;
  const style = { ...page, distanceUnit };
  const told = [...(name === vin ? [] : [vin]), ...spanTexts(entries, style)];
  yield markup`<section>\n<h2>${name}</h2>\n<p>${told.join(" · ")}</p>\n`.text;
  if (entries.length === 0) yield markup`<p>${style.texts.nothing}</p>\n`.text;
  else yield* contentsOf(entries, options, style);
  yield "</section>\n";
}

function* contentsOf(
  entries: readonly JournalEntry[],
  { currency, kinds }: ExportOptions,
  style: SectionStyle,
): Generator<string> {
  const { texts, formats } = style;
  const months = sumsBy("month", entries, currency);
  const years = sumsBy("year", entries, currency);
  const withoutCost = years.reduce((count, year) => count + year.chargesWithoutCost, 0);
  yield markup`<h3>${texts.overview}</h3>\n${overviewTable(months, years, kinds, currency, style)}`.text;
  if (withoutCost > 0) yield markup`<p>${fillText(texts.withoutCost, { count: withoutCost })}</p>\n`.text;
  const byMonth = groupedBy(entries, ({ start }) => start.slice(0, "2026-03".length));
  for (const sum of months) {
    const own = byMonth.get(sum.period) ?? [];
    const trips = own.filter((entry): entry is TripEntry => entry.kind === "trip");
    const charges = own.filter((entry): entry is ChargeEntry => entry.kind === "charge");
    yield markup`<h3>${formats.period(sum.period)}</h3>\n`.text;
    if (trips.length > 0) yield markup`<h4>${texts.trips}</h4>\n${tripsTable(trips, sum, style)}`.text;
    if (charges.length > 0)
      yield markup`<h4>${texts.charges}</h4>\n${chargesTable(charges, sum, currency, style)}`.text;
  }
}

/** Returns the first and the last day of entries, if there are any. */
function spanTexts(entries: readonly JournalEntry[], { formats }: PageStyle): string[] {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return [];
  const day = ({ start }: JournalEntry) => formats.day(start.slice(0, "2026-03-02".length));
  return [`${day(first)} – ${day(last)}`];
}
