import type { CockpitJournal } from "../../../src/cockpit/contract.js";
import { capacityChart } from "../drawings/capacity-chart.js";
import type { State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { card, row, rows } from "./parts.js";

type Health = CockpitJournal["health"];

/** How the battery ages: its capacity over time with the band, beside what the car itself says. */
export function healthCard({ capacity }: CockpitJournal, health: Health, state: State): VNode {
  const { texts, isDark } = state;
  const { formats } = texts;
  const isKnown = health.capacityKwh !== null;
  return card(
    "health",
    texts.text("journal.health.title"),
    !isKnown && h("p.soft", { key: "none" }, texts.text("journal.health.none")),
    isKnown && [
      h("div.capacity", {
        key: "capacity",
        role: "img",
        "aria-label": chartLabel(health, texts),
        drawing: capacityChart({ capacity, health, formats, isDark }),
      }),
      legend(health, texts),
    ],
    figures(health, texts),
  );
}

function chartLabel({ capacityKwh, firstKwh, firstAt, lastAt }: Health, texts: Texts): string {
  const kwh = (value: number | null | undefined) => kwhText(value ?? null, texts) ?? texts.text("unknown");
  const day = (iso: string | null) => (iso === null ? "–" : texts.formats.month(iso.slice(0, "2026-03-02".length)));
  return texts.text("journal.health.label", {
    ...{ first: kwh(firstKwh), from: day(firstAt), last: kwh(capacityKwh?.value), to: day(lastAt) },
  });
}

function legend({ maxEnergyKwh }: Health, texts: Texts): VNode {
  const entry = (name: string, of: string) =>
    h(`li.of-${of}`, { key: name }, texts.text(`journal.health.legend.${name}`));
  return h(
    "ul.legend",
    { key: "legend" },
    entry("estimate", "level"),
    entry("band", "band"),
    entry("charge", "told"),
    maxEnergyKwh !== null && entry("car", "power"),
  );
}

/** A figure of which nothing is known is left out, but the estimate. */
function figures(health: Health, texts: Texts): Child {
  const { formats } = texts;
  const { capacityKwh, firstKwh, firstAt, lossPercent, charges, maxEnergyKwh, batterySizeMaxKwh } = health;
  const name = (key: string) => texts.text(`journal.health.${key}`);
  const since = firstAt === null ? "" : formats.month(firstAt.slice(0, "2026-03-02".length));
  const band = ([low, high]: readonly [number, number], unit: string) =>
    texts.text("journal.health.band", { low: formats.fixed(low, 1), high: formats.fixed(high, 1), unit });
  return rows(
    capacityKwh !== null && [
      row(texts, name("capacity"), kwhText(capacityKwh.value, texts), band(capacityKwh.band90, "kWh")),
      row(texts, name("first"), kwhText(firstKwh, texts), since),
      lossPercent !== null &&
        row(texts, name("loss"), formats.percent(lossPercent.value, 1), band(lossPercent.band90, "%")),
    ],
    charges > 0 && row(texts, name("charges"), formats.number(charges)),
    maxEnergyKwh !== null && row(texts, name("max"), kwhText(maxEnergyKwh, texts)),
    batterySizeMaxKwh !== null && row(texts, name("size"), kwhText(batterySizeMaxKwh, texts)),
  );
}

function kwhText(kwh: number | null, { formats }: Texts): string | null {
  return kwh === null ? null : `${formats.fixed(kwh, 1)} kWh`;
}
