import type { CockpitCar, CockpitHistory } from "../../../src/cockpit/contract.js";
import { levelChart } from "../drawings/level-chart.js";
import { columnsOf, isOpen, PERIODS, rangeOf, type ChartColumns, type Period } from "../history.js";
import type { Actions, State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { card, choices, whenThere } from "./parts.js";

/** The level over time: estimate with its band, what the car told, power. */
export function chartCard(state: State, car: CockpitCar, actions: Actions): VNode {
  const { texts, period, details } = state;
  const history = details?.key === car.key ? details.history : null;
  return card(
    "chart",
    texts.text("chart.title"),
    choices(
      texts.text("chart.period"),
      PERIODS,
      period,
      (one) => texts.text(`chart.${one}`),
      (one) => {
        actions.set({ period: one, pointed: null });
      },
    ),
    whenThere(history, texts, (value) => chart(state, car, value, actions)),
  );
}

function chart(state: State, car: CockpitCar, history: CockpitHistory, actions: Actions): Child {
  const { texts, period, pointed, now } = state;
  const range = rangeOf(history, period, car, now / 1000);
  if (range === null) return h("p.soft.middle", { key: "none" }, texts.text(`chart.none.${period}`));
  const columns = columnsFor(history, car, period === "charge");
  if (columns.at.length === 0) return h("p.soft.middle", { key: "empty" }, texts.text("chart.empty"));
  const index = pointed ?? lastWithin(columns, range, now / 1000);
  return [
    h(
      "p.readout",
      { key: "readout", "aria-live": pointed === null ? "off" : "polite" },
      readout(columns, index, texts, now),
    ),
    h("div.plot", {
      key: "plot",
      tabindex: "0",
      role: "group",
      "aria-label": texts.text("chart.label", { period: texts.text(`chart.${period}`) }),
      "aria-roledescription": texts.text("chart.kind"),
      drawing: levelChart({
        range,
        columns,
        formats: texts.formats,
        isDark: state.isDark,
        choice: `${car.key} ${period}`,
        isGoingOn: isGoingOn(history, period),
        onPoint: (at) => {
          actions.set({ pointed: at });
        },
      }),
    }),
    legend(columns, texts),
  ];
}

/** Whether the chosen time still goes on. */
function isGoingOn({ charges, trips }: CockpitHistory, period: Period): boolean {
  if (period === "charge") return isOpen(charges.at(-1));
  return period !== "trip" || isOpen(trips.at(-1));
}

interface Made {
  readonly car: CockpitCar;
  readonly hasAhead: boolean;
  readonly columns: ChartColumns;
}

const made = new WeakMap<CockpitHistory, Made>();

/** The same columns for the same history: a chart is drawn anew only if something has changed. */
function columnsFor(history: CockpitHistory, car: CockpitCar, hasAhead: boolean): ChartColumns {
  const known = made.get(history);
  if (known?.car === car && known.hasAhead === hasAhead) return known.columns;
  const columns = columnsOf(history, car, hasAhead);
  made.set(history, { car, hasAhead, columns });
  return columns;
}

function lastWithin({ at, level }: ChartColumns, [from, to]: readonly [number, number], now: number): number | null {
  const end = Math.min(to, now + 60);
  for (let index = at.length - 1; index >= 0; index -= 1) {
    const time = at[index] ?? 0;
    if (time < from) return null;
    if (time <= end && level[index] !== null) return index;
  }
  return null;
}

/** The figures at a place of the chart, or the newest ones. */
function readout(columns: ChartColumns, index: number | null, texts: Texts, now: number): Child {
  const at = index === null ? undefined : columns.at[index];
  if (index === null || at === undefined) return texts.text("chart.empty");
  const { formats } = texts;
  const figure = (column: readonly (number | null)[]) => column[index] ?? null;
  const [level, low, high] = [figure(columns.level), figure(columns.low), figure(columns.high)];
  const [told, power, ahead] = [figure(columns.told), figure(columns.power), figure(columns.ahead)];
  const expected = level === null ? ahead : null;
  return [
    h("strong", { key: "at" }, formats.time(at * 1000, now)),
    level !== null && h("span.of-level", { key: "level" }, formats.percent(level, 1)),
    low !== null &&
      high !== null &&
      h("span.of-band", { key: "band" }, `${formats.fixed(low, 1)} – ${formats.percent(high, 1)}`),
    told !== null && h("span.of-told", { key: "told" }, texts.text("chart.told", { value: formats.percent(told) })),
    power !== null && h("span.of-power", { key: "power" }, `${formats.fixed(power, 1)} kW`),
    expected !== null &&
      h("span.of-ahead", { key: "ahead" }, texts.text("chart.expected", { value: formats.percent(expected) })),
  ];
}

function legend({ low, told, power, ahead }: ChartColumns, texts: Texts): VNode {
  const has = (column: readonly (number | null)[]) => column.some((value) => value !== null);
  const entry = (name: string) => h(`li.of-${name}`, { key: name }, texts.text(`chart.legend.${name}`));
  return h(
    "ul.legend",
    { key: "legend" },
    entry("level"),
    has(low) && entry("band"),
    has(told) && entry("told"),
    has(power) && entry("power"),
    has(ahead) && entry("ahead"),
  );
}
