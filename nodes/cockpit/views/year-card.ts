import type { CockpitJournal, CockpitSum } from "../../../src/cockpit/contract.js";
import { lastYear, type MonthOfYear } from "../journal.js";
import type { Actions } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { card } from "./parts.js";

const YEAR_LENGTH = "2026".length;

interface Bars {
  readonly name: "energy" | "cost";
  /** `null`: unknown. */
  readonly valueOf: (sum: CockpitSum) => number | null;
  /** Of the value. */
  readonly solarOf: (sum: CockpitSum) => number;
  readonly text: (value: number) => string;
}

/**
 * Energy and cost of the last twelve months as bars, each of which is a button that shows its month: so the figures are said to
 * everybody who gets there, by whatever means.
 */
export function yearCard(journal: CockpitJournal, shown: string, texts: Texts, actions: Actions): VNode {
  const { formats } = texts;
  const months = lastYear(journal);
  const energy: Bars = {
    name: "energy",
    valueOf: ({ drawnKwh, batteryKwh }) => known(drawnKwh) ?? known(batteryKwh),
    solarOf: ({ solarKwh }) => solarKwh,
    text: (value) => formats.withUnit(value, "kWh"),
  };
  const cost: Bars = {
    name: "cost",
    valueOf: (sum) => sum.cost,
    solarOf: () => 0,
    text: (value) => formats.money(value, journal.currency),
  };
  return card(
    "year",
    texts.text("journal.year.title"),
    h(
      "div.year-parts",
      { key: "parts" },
      [energy, cost].map((bars) => barsPart(bars, months, shown, texts, actions)),
    ),
  );
}

function known(value: number): number | null {
  return value > 0 ? value : null;
}

function barsPart(bars: Bars, months: readonly MonthOfYear[], shown: string, texts: Texts, actions: Actions): VNode {
  const title = texts.text(`journal.year.${bars.name}`);
  const values = months.flatMap(({ sum }) => (sum === null ? [] : (bars.valueOf(sum) ?? [])));
  const most = Math.max(0, ...values);
  const none = h("p.soft", { key: "none" }, texts.text(`journal.year.none.${bars.name}`));
  return h(
    "div",
    { key: bars.name },
    h("h3", {}, title),
    values.length === 0 && none,
    values.length > 0 && [
      h("p.soft.most", { key: "most" }, texts.text("journal.year.most", { value: bars.text(most) })),
      h(
        "ul.months",
        { key: "months", "aria-label": title },
        months.map((one) => h("li", { key: one.month }, bar(bars, one, most, shown, texts, actions))),
      ),
      bars.name === "energy" && solarLegend(months, texts),
    ],
  );
}

function bar(
  { valueOf, solarOf, text }: Bars,
  { month, sum }: MonthOfYear,
  most: number,
  shown: string,
  texts: Texts,
  actions: Actions,
): VNode {
  const value = sum === null ? null : valueOf(sum);
  const share = (part: number) => `${most > 0 ? (100 * Math.max(0, part)) / most : 0}%`;
  const solar = sum === null || value === null ? 0 : Math.min(value, solarOf(sum));
  const figure = value === null ? texts.text(sum === null ? "journal.year.nothing" : "unknown") : text(value);
  // Begins with what is seen, for those who speak to the page.
  const name = texts.formats.shortMonth(month);
  const label = `${name} ${month.slice(0, YEAR_LENGTH)}: ${figure}`;
  return h(
    "button",
    {
      type: "button",
      title: label,
      "aria-label": label,
      "aria-current": month === shown ? "true" : undefined,
      on: {
        click: () => {
          actions.chooseMonth(month);
        },
      },
    },
    h(
      "span.month-bar",
      { "aria-hidden": "true" },
      h("span.grid-part", { style: { height: share((value ?? 0) - solar) } }),
      solar > 0 && h("span.solar-part", { style: { height: share(solar) } }),
    ),
    h("span.month-name", { "aria-hidden": "true" }, name),
  );
}

function solarLegend(months: readonly MonthOfYear[], texts: Texts): Child {
  if (!months.some(({ sum }) => (sum?.solarKwh ?? 0) > 0)) return null;
  return h(
    "ul.legend",
    { key: "legend" },
    h("li.of-grid", { key: "grid" }, texts.text("journal.year.grid")),
    h("li.of-solar", { key: "solar" }, texts.text("journal.year.solar")),
  );
}
