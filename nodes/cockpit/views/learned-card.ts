import { SPEED_BRACKETS, type CockpitCar, type CockpitLearned } from "../../../src/cockpit/contract.js";
import type { State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { card, row, rows, whenThere } from "./parts.js";

type Learned = NonNullable<CockpitLearned["learned"]>;

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly trips: number;
}

/** What was learned of the car: consumption and efficiency of charging. */
export function learnedCard({ texts, details }: State, car: CockpitCar): VNode {
  const fetched = details?.key === car.key ? details.learned : null;
  const show = ({ learned }: CockpitLearned) =>
    learned === null ? h("p.soft", {}, texts.text("learned.noBattery")) : content(learned, texts);
  return card("learned", texts.text("learned.title"), whenThere(fetched, texts, show));
}

function content({ consumption, efficiency }: Learned, texts: Texts): Child {
  const { overall, brackets, months } = consumption;
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
        h("strong", {}, per100(overall.kwhPerKm, texts)),
        " ",
        texts.text("learned.overall", { trips: overall.trips }),
      ),
    bars(texts.text("learned.bySpeed"), bySpeed, texts),
    bars(texts.text("learned.byMonth"), byMonth, texts),
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

function bar(name: string, { kwhPerKm, trips }: { readonly kwhPerKm: number; readonly trips: number }): Bar {
  return { name, value: kwhPerKm, trips };
}

function bars(title: string, all: readonly Bar[], texts: Texts): Child {
  if (all.length === 0) return null;
  const most = Math.max(...all.map(({ value }) => value));
  return h(
    "div",
    { key: title },
    h("h3", {}, title),
    h(
      "ul.bars",
      {},
      all.map(({ name, value, trips }) =>
        h(
          "li",
          { key: name },
          h("span", {}, name),
          h(
            "span.bar-track",
            { "aria-hidden": "true" },
            h("span.bar-level.good", { style: { width: `${(100 * value) / most}%` } }),
          ),
          h("strong", { title: texts.text("learned.trips", { count: trips }) }, per100(value, texts)),
        ),
      ),
    ),
  );
}

function per100(kwhPerKm: number, { formats }: Texts): string {
  return `${formats.fixed(kwhPerKm * 100, 1)} kWh/100 km`;
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
