import type { CockpitCar } from "../../../src/cockpit/contract.js";
import type { Texts } from "../texts.js";
import { h, type VNode } from "../view.js";
import { shownLevel } from "./car-words.js";

const CENTRE = 100;
const RADIUS = 84;
const BAND_RADIUS = 70;
/** Where the dial begins, and how far one percent goes [degrees]. */
const START = 135;
const PER_PERCENT = 2.7;

/** The level as a dial with its band and the target of a charge. */
export function dial(car: CockpitCar, texts: Texts): VNode {
  const level = shownLevel(car, texts);
  const { percent, low, high, target, figure, unit, tone, isTank } = level;
  const name = texts.text(isTank ? "car.tank" : "car.battery");
  const spoken = figure === null ? texts.text("unknown") : `${figure} ${unit}`;
  return h(
    "svg.dial",
    { viewBox: "0 0 200 172", role: "img", "aria-label": `${name}: ${spoken}` },
    h(`path.track${percent === null ? ".none" : ""}`, { d: arc(0, 100, RADIUS) }),
    percent !== null && percent > 0 && h(`path.level.${tone}`, { d: arc(0, percent, RADIUS) }),
    low !== null && high !== null && h("path.band", { d: arc(low, high, BAND_RADIUS) }),
    target !== null && h("path.target", { d: `M${at(target, 75)}L${at(target, 95)}` }),
    figure === null
      ? h("text.figure.unknown", { x: CENTRE, y: 104 }, texts.text("unknown"))
      : h("text.figure", { x: CENTRE, y: 106 }, figure, h("tspan.unit", { dx: 3 }, unit)),
    h("text.name", { x: CENTRE, y: 130 }, name),
  );
}

function arc(from: number, to: number, radius: number): string {
  const [begin, end] = [limited(from), limited(to)];
  const isLong = PER_PERCENT * (end - begin) > 180;
  return `M${at(begin, radius)}A${radius} ${radius} 0 ${isLong ? 1 : 0} 1 ${at(end, radius)}`;
}

function at(percent: number, radius: number): string {
  const angle = ((START + PER_PERCENT * limited(percent)) * Math.PI) / 180;
  return `${(CENTRE + radius * Math.cos(angle)).toFixed(2)} ${(CENTRE + radius * Math.sin(angle)).toFixed(2)}`;
}

function limited(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}
