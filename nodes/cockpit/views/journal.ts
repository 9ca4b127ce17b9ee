import {
  EXPORTS,
  type CockpitCar,
  type CockpitJournal,
  type CockpitMonth,
  type CockpitSum,
} from "../../../src/cockpit/contract.js";
import type { DistanceFigure } from "../../../src/support/distances.js";
import { choosableMonths, shownMonth } from "../journal.js";
import type { Actions, State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { healthCard } from "./health-card.js";
import { icon } from "./icons.js";
import { chargesTable, tripsTable } from "./journal-tables.js";
import { button, card, choices, row, rows, whenThere } from "./parts.js";
import { yearCard } from "./year-card.js";

/** The trips and charges of a car by month, what they cost, how the battery ages, and exports of it. */
export function journalView(state: State, car: CockpitCar, actions: Actions): VNode {
  const { texts, details } = state;
  const fetched = details?.key === car.key ? details.journal : null;
  const parts =
    fetched?.kind === "there"
      ? journalParts(state, car, fetched.value, actions)
      : card(
          "month",
          texts.text("nav.journal"),
          whenThere(fetched, texts, () => null),
        );
  return h("div.grid", { key: `journal ${car.key}` }, parts);
}

function journalParts(state: State, car: CockpitCar, journal: CockpitJournal, actions: Actions): Child {
  const { texts } = state;
  const isCharged = hasCharges(car);
  const { months, problem, health, currency } = journal;
  const notice =
    problem !== null &&
    h("p.notice.warn.whole", { key: "problem", role: "alert" }, icon("alert"), texts.problem(problem));
  if (months.length === 0)
    return [
      notice,
      h("div.card.empty.whole", { key: "empty" }, icon("road", "large"), h("p", {}, texts.text("journal.empty"))),
    ];
  const shown = shownMonth(journal, state.month);
  const month = state.details?.month ?? null;
  const isShown = month?.kind !== "there" || month.value.month === shown;
  const inMonth = (show: (value: CockpitMonth) => Child) => whenThere(isShown ? month : null, texts, show);
  return [
    notice,
    card(
      "month",
      texts.formats.month(`${shown}-01`),
      monthFilter(journal, shown, texts, actions),
      inMonth(({ sum }) => sums(sum, currency, car, texts)),
    ),
    isCharged && yearCard(journal, shown, texts, actions),
    card(
      "trips",
      texts.text("journal.trips"),
      inMonth((value) => tripsTable(value, texts, car.distanceUnit)),
    ),
    isCharged &&
      card(
        "charges",
        texts.text("journal.charges"),
        inMonth((value) => chargesTable(value, texts, car.distanceUnit)),
      ),
    isCharged && healthCard(journal, health, state),
    exportCard(state, isCharged, actions),
  ];
}

function monthFilter(journal: CockpitJournal, shown: string, texts: Texts, actions: Actions): VNode {
  const months = choosableMonths(journal, shown);
  const index = months.indexOf(shown);
  const step = (to: number, name: "previous" | "next", sign: "back" | "forth") => {
    const month = months[to];
    return button(
      icon(sign),
      () => {
        if (month !== undefined) actions.chooseMonth(month);
      },
      { key: name, "aria-label": texts.text(`journal.${name}`), disabled: month === undefined },
    );
  };
  const chosen = (event: Event) => {
    if (event.currentTarget instanceof HTMLSelectElement) actions.chooseMonth(event.currentTarget.value);
  };
  return h(
    "div.month-filter",
    { key: "filter" },
    step(index - 1, "previous", "back"),
    h(
      "select",
      { value: shown, "aria-label": texts.text("journal.month"), on: { change: chosen } },
      [...months]
        .reverse()
        .map((month) => h("option", { key: month, value: month }, texts.formats.month(`${month}-01`))),
    ),
    step(index + 1, "next", "forth"),
  );
}

/** What is unknown of all trips or charges is called so; without any, nothing is said of them. */
function sums(sum: CockpitSum | null, currency: string, car: CockpitCar, texts: Texts): Child {
  if (sum === null) return h("p.soft.middle", { key: "nothing" }, texts.text("journal.nothing"));
  return rows(tripRows(sum, car, texts), (hasCharges(car) || sum.charges > 0) && chargeRows(sum, currency, texts));
}

function tripRows({ trips, distanceKm, drivingMin, consumption }: CockpitSum, car: CockpitCar, texts: Texts): Child {
  const { formats } = texts;
  const shown = (value: number, figure: DistanceFigure) => formats.ofCar(value, figure, car.distanceUnit);
  const name = (key: string) => texts.text(`journal.sum.${key}`);
  return [
    row(texts, texts.text("journal.trips"), formats.number(trips)),
    trips > 0 && [
      row(texts, name("distance"), distanceKm > 0 ? shown(distanceKm, "distance") : null),
      row(texts, name("driving"), drivingMin > 0 ? formats.duration(drivingMin) : null),
      hasCharges(car) &&
        row(texts, name("consumption"), consumption === null ? null : shown(consumption, "consumption")),
    ],
  ];
}

function chargeRows(sum: CockpitSum, currency: string, texts: Texts): Child {
  const { formats } = texts;
  const { charges, cost, chargesWithoutCost } = sum;
  const name = (key: string) => texts.text(`journal.sum.${key}`);
  const kwh = (value: number) => (value > 0 ? formats.withUnit(value, "kWh", 1) : null);
  const hasMore = cost !== null && chargesWithoutCost > 0;
  const note = hasMore ? texts.text("journal.withoutCost", { count: chargesWithoutCost }) : "";
  return [
    row(texts, texts.text("journal.charges"), formats.number(charges)),
    charges > 0 && [
      row(texts, name("battery"), kwh(sum.batteryKwh)),
      row(texts, name("drawn"), kwh(sum.drawnKwh)),
      sum.solarKwh > 0 && row(texts, name("solar"), kwh(sum.solarKwh)),
      row(texts, name("cost"), cost === null ? null : formats.money(cost, currency), note),
    ],
  ];
}

function hasCharges({ driveType }: CockpitCar): boolean {
  return driveType !== "combustion";
}

function exportCard({ texts, exportOf }: State, isCharged: boolean, actions: Actions): VNode {
  return card(
    "export",
    texts.text("journal.export.title"),
    choices(
      texts.text("journal.export.of"),
      ["month", "all"] as const,
      exportOf,
      (one) => texts.text(`journal.export.${one}`),
      (one) => {
        actions.set({ exportOf: one });
      },
    ),
    h(
      "div.exports",
      { key: "exports" },
      EXPORTS.filter((what) => isCharged || what !== "charges").map((what) =>
        button(
          [icon("download"), texts.text(`journal.export.${what}`)],
          () => {
            actions.saveExport(what);
          },
          { key: what },
        ),
      ),
    ),
  );
}
