import type { CockpitJournalCharge, CockpitMonth, CockpitTrip } from "../../../src/cockpit/contract.js";
import type { DistanceFigure, DistanceUnit } from "../../../src/support/distances.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";

/** A cell: what is said, and below it what else there is to say; `null`: unknown. */
interface Cell {
  readonly text: string | null;
  readonly note?: string | null;
}

interface Column<Entry> {
  readonly name: string;
  /** Numbers stand below each other. */
  readonly isNumber?: boolean;
  readonly cell: (entry: Entry, texts: Texts, distanceUnit: DistanceUnit) => Cell;
}

type Figure = CockpitTrip["distanceKm"];
type Place = CockpitTrip["from"];

const TRIP_COLUMNS: readonly Column<CockpitTrip>[] = [
  {
    name: "start",
    cell: ({ start, inferred }, texts) => ({
      text: startText(start, texts),
      note: inferred ? texts.text("journal.inferred") : null,
    }),
  },
  { name: "end", cell: ({ start, end }, texts) => ({ text: endText(start, end, texts) }) },
  { name: "from", cell: ({ from }) => ({ text: placeText(from) }) },
  { name: "to", cell: ({ to }) => ({ text: placeText(to) }) },
  {
    name: "distance",
    isNumber: true,
    cell: ({ distanceKm }, texts, distanceUnit) => carCell(distanceKm, "distance", texts, distanceUnit),
  },
  {
    name: "duration",
    isNumber: true,
    cell: ({ durationMin }, { formats }) => ({ text: durationMin === null ? null : formats.duration(durationMin) }),
  },
  {
    name: "consumption",
    isNumber: true,
    cell: ({ consumption }, texts, distanceUnit) => carCell(consumption, "consumption", texts, distanceUnit),
  },
  {
    name: "purpose",
    cell: ({ purpose, note }, texts) => ({
      text: purpose === null ? null : texts.text(`journal.purpose.${purpose.value}`),
      note,
    }),
  },
];

const CHARGE_COLUMNS: readonly Column<CockpitJournalCharge>[] = [
  { name: "start", cell: ({ start }, texts) => ({ text: startText(start, texts) }) },
  { name: "end", cell: ({ start, end }, texts) => ({ text: endText(start, end, texts) }) },
  {
    name: "place",
    cell: ({ place, provider, note }) => ({ text: place?.name ?? provider ?? placeText(place), note }),
  },
  { name: "level", isNumber: true, cell: ({ levelFrom, levelTo }, texts) => levelCell(levelFrom, levelTo, texts) },
  {
    name: "battery",
    isNumber: true,
    cell: ({ batteryKwh }, texts) => ({
      ...figureCell(batteryKwh, "kWh", 1, texts),
      note: sourceText(batteryKwh?.source, texts),
    }),
  },
  {
    name: "drawn",
    isNumber: true,
    cell: ({ drawnKwh, solarKwh }, texts) => ({
      ...figureCell(drawnKwh, "kWh", 1, texts),
      note: joined(sourceText(drawnKwh?.source, texts), solarText(solarKwh, texts)),
    }),
  },
  {
    name: "power",
    isNumber: true,
    cell: ({ meanKw, peakKw, method }, texts) => {
      const peak = figureCell(peakKw, "kW", 1, texts).text;
      return {
        text: figureCell(meanKw, "kW", 1, texts).text,
        note: joined(peak === null ? null : texts.text("journal.peak", { value: peak }), method),
      };
    },
  },
  { name: "cost", isNumber: true, cell: ({ cost }, texts) => costCell(cost, texts) },
];

interface Listed<Entry> {
  readonly entries: readonly Entry[];
  readonly isCut: boolean;
  readonly distanceUnit: DistanceUnit;
}

/** The trips of a month. */
export function tripsTable({ trips, isCut }: CockpitMonth, texts: Texts, distanceUnit: DistanceUnit): Child {
  return table("trips", TRIP_COLUMNS, { entries: trips, isCut, distanceUnit }, texts);
}

/** The charges of a month. */
export function chargesTable({ charges, isCut }: CockpitMonth, texts: Texts, distanceUnit: DistanceUnit): Child {
  return table("charges", CHARGE_COLUMNS, { entries: charges, isCut, distanceUnit }, texts);
}

function table<Entry extends { readonly id: string }>(
  kind: "trips" | "charges",
  columns: readonly Column<Entry>[],
  { entries, isCut, distanceUnit }: Listed<Entry>,
  texts: Texts,
): Child {
  if (entries.length === 0) return h("p.soft.middle", { key: "none" }, texts.text(`journal.none.${kind}`));
  const label = ({ name }: Column<Entry>) => texts.text(`journal.column.${name}`);
  const tag = ({ isNumber = false }: Column<Entry>) => (isNumber ? ".number" : "");
  return [
    isCut && h("p.soft", { key: "cut" }, texts.text("journal.cut", { count: texts.formats.number(entries.length) })),
    h(
      "table.log",
      { key: "table" },
      h("caption.unseen", {}, texts.text(`journal.${kind}`)),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((column) => h(`th${tag(column)}`, { key: column.name, scope: "col" }, label(column))),
        ),
      ),
      h(
        "tbody",
        {},
        entries.map((entry) =>
          h(
            "tr",
            { key: entry.id },
            columns.map((column, index) =>
              cellNode(
                index === 0 ? "th" : "td",
                tag(column),
                label(column),
                column.cell(entry, texts, distanceUnit),
                texts,
              ),
            ),
          ),
        ),
      ),
    ),
  ];
}

/** @param label stands beside the cell where rows become cards */
function cellNode(name: "th" | "td", tag: string, label: string, { text, note = null }: Cell, texts: Texts): VNode {
  const attributes = { key: label, "data-label": label, ...(name === "th" && { scope: "row" }) };
  const said =
    text === null
      ? [h("span", { "aria-hidden": "true" }, "–"), h("span.unseen", {}, texts.text("unknown"))]
      : h("span", {}, text);
  const isNothing = text === null && note === null;
  return h(
    `${name}${tag}${isNothing ? ".none" : ""}`,
    attributes,
    h("div", {}, said, note !== null && h("small", {}, note)),
  );
}

function startText(start: string, { formats }: Texts): string {
  return `${formats.placeDay(start)}, ${formats.placeClock(start)}`;
}

/** With its day where that is another one. */
function endText(start: string, end: string, texts: Texts): string {
  const isSameDay = start.slice(0, "2026-03-02".length) === end.slice(0, "2026-03-02".length);
  return isSameDay ? texts.formats.placeClock(end) : startText(end, texts);
}

function placeText(place: Place): string | null {
  if (place === null) return null;
  return place.name ?? `${place.latitude.toFixed(4)}, ${place.longitude.toFixed(4)}`;
}

function figureCell(figure: Figure, unit: string, digits: number, { formats }: Texts): Cell {
  return { text: figure === null ? null : `${formats.fixed(figure.value, digits)} ${unit}` };
}

function carCell(figure: Figure, of: DistanceFigure, { formats }: Texts, distanceUnit: DistanceUnit): Cell {
  return { text: figure === null ? null : formats.ofCar(figure.value, of, distanceUnit) };
}

function levelCell(from: Figure, to: Figure, { formats }: Texts): Cell {
  if (from === null && to === null) return { text: null };
  const level = (figure: Figure) => (figure === null ? "–" : formats.percent(figure.value));
  return { text: `${level(from)} → ${level(to)}` };
}

function costCell(cost: CockpitJournalCharge["cost"], texts: Texts): Cell {
  const amount = cost?.amount ?? null;
  if (cost === null || amount === null) return { text: null };
  return { text: texts.formats.money(amount, cost.currency), note: sourceText(cost.source, texts) };
}

function sourceText(source: string | null | undefined, texts: Texts): string | null {
  return source === null || source === undefined ? null : texts.known(`journal.source.${source}`);
}

function solarText(kwh: number | null, texts: Texts): string | null {
  if (kwh === null || kwh <= 0) return null;
  return texts.text("journal.solarPart", { value: texts.formats.withUnit(kwh, "kWh", 1) });
}

function joined(...parts: readonly (string | null)[]): string | null {
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? null : said.join(" · ");
}
