import { SPEED_BRACKETS, type CockpitCar, type CockpitLearned } from "../../../src/cockpit/contract.js";
import { toDistanceUnit, type DistanceUnit } from "../../../src/support/distances.js";
import type { State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { card, row, rows, whenThere } from "./parts.js";

type Learned = NonNullable<CockpitLearned["learned"]>;

interface Bar {
  readonly name: string;
  /** In the unit of the car. */
  readonly value: number;
  readonly text: string | null;
  readonly title: string;
}

type Rate = NonNullable<Learned["consumption"]["overall"]>;

/** What was learned of the car: consumption and efficiency of charging. */
export function learnedCard({ texts, details }: State, car: CockpitCar): VNode {
  const fetched = details?.key === car.key ? details.learned : null;
  const show = ({ learned }: CockpitLearned) =>
    learned === null ? h("p.soft", {}, texts.text("learned.noBattery")) : content(learned, car.distanceUnit, texts);
  return card("learned", texts.text("learned.title"), whenThere(fetched, texts, show));
}

function content({ consumption, efficiency }: Learned, distanceUnit: DistanceUnit, texts: Texts): Child {
  const { overall, brackets, months } = consumption;
  const text = ({ kwhPerKm }: Rate) => texts.formats.ofCar(kwhPerKm * 100, "consumption", distanceUnit);
  const bar = (name: string, rate: Rate): Bar => ({
    name,
    value: toDistanceUnit(rate.kwhPerKm * 100, "consumption", distanceUnit) ?? 0,
    text: text(rate),
    title: texts.text("learned.trips", { count: rate.trips }),
  });
  const bySpeed = SPEED_BRACKETS.flatMap((name) => {
    const rate = brackets[name];
    return rate === undefined ? [] : [bar(texts.text(`learned.speed.${name}`), rate)];
  });
  const byMonth = Object.entries(months).map(([month, rate]) => bar(monthName(Number(month), texts), rate));
  if (overall === null && efficiency.length === 0)
    return h("p.soft.middle", { key: "none" }, texts.text("learned.none"));
  return h(
    "div.learned-parts",
    { key: "parts" },
    overall !== null &&
      h(
        "p.total",
        { key: "total" },
        h("strong", {}, text(overall)),
        " ",
        texts.text("learned.overall", { trips: overall.trips }),
      ),
    bars(texts.text("learned.bySpeed"), bySpeed),
    bars(texts.text("learned.byMonth"), byMonth),
    efficiency.length > 0 &&
      h(
        "div",
        { key: "efficiency" },
        h("h3", {}, texts.text("learned.efficiency")),
        h("p.soft.note", {}, texts.text("learned.efficiencyNote")),
        rows(
          efficiency.map((one) => {
            const share = texts.formats.percent(one.efficiency * 100, 1);
            return row(texts, conditionName(one, texts), share, texts.text("learned.charges", { count: one.samples }));
          }),
        ),
      ),
  );
}

function bars(title: string, all: readonly Bar[]): Child {
  if (all.length === 0) return null;
  const most = Math.max(...all.map(({ value }) => value));
  return h(
    "div",
    { key: title },
    h("h3", {}, title),
    h(
      "ul.bars",
      {},
      all.map((one) =>
        h(
          "li",
          { key: one.name },
          h("span", {}, one.name),
          h(
            "span.bar-track",
            { "aria-hidden": "true" },
            h("span.bar-level.good", { style: { width: `${(100 * one.value) / most}%` } }),
          ),
          h("strong", { title: one.title }, one.text),
        ),
      ),
    ),
  );
}

function monthName(month: number, { language }: Texts): string {
  return new Date(Date.UTC(2024, month - 1, 15)).toLocaleDateString(language, { month: "long", timeZone: "UTC" });
}

/** The class of all sockets of houses: 230 V are learned under it, so that its own figure would be a wrong one. */
const HOUSE_VOLTS = 250;

/** `AC · 3 × 16 A`. */
function conditionName({ method, phases, volts, amps }: Learned["efficiency"][number], { formats }: Texts): string {
  const ofVolts = volts === null || volts === HOUSE_VOLTS ? null : `${formats.number(volts)} V`;
  const ofAmps = amps === null ? null : `${formats.number(amps)} A`;
  const current = [ofVolts, ofAmps].filter((part) => part !== null).join(" · ");
  return current === "" ? method : `${method} · ${phases === null ? "" : `${phases} × `}${current}`;
}
