import type { CockpitCar } from "../../../src/cockpit/contract.js";
import { carOf, foundCars, hasSearch, shownCars, type Actions, type State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { aboutCar, doingOf, heardText, quantityText, shownLevel, troubles, type ShownLevel } from "./car-words.js";
import { icon } from "./icons.js";
import { button, searchField } from "./parts.js";

const MORE_CARS = 48;

/** All cars as small cards to choose from; nothing where there is no choice. */
export function carStrip(state: State, cars: readonly CockpitCar[], actions: Actions): Child {
  const { texts, carSearch, carLimit } = state;
  if (cars.length < 2) return null;
  const [found, shown] = [foundCars(state), shownCars(state)];
  const chosen = carOf(state)?.key;
  return h(
    "section.strip",
    { key: "strip", "aria-label": texts.text("cars.label") },
    hasSearch(state) &&
      h(
        "div.find",
        { key: "find" },
        searchField(texts.text("cars.search"), carSearch, (text) => {
          actions.set({ carSearch: text });
        }),
        h("span.soft", { role: "status" }, texts.text("cars.count", { shown: shown.length, all: cars.length })),
      ),
    h(
      "ul.cars",
      { key: "cars" },
      shown.map((car) => h("li", { key: car.key }, carCard(car, car.key === chosen, state, actions))),
    ),
    found.length === 0 && h("p.soft", { key: "none" }, texts.text("cars.none")),
    found.length > shown.length &&
      button(texts.text("cars.more", { count: found.length - shown.length }), () => {
        actions.set({ carLimit: carLimit + MORE_CARS });
      }),
  );
}

function carCard(car: CockpitCar, isChosen: boolean, { texts, now, pictures, data }: State, actions: Actions): VNode {
  const level = shownLevel(car, texts);
  const doing = doingOf(car, texts, now);
  const wrong = troubles(car, texts);
  const picture = pictures.of(car);
  return h(
    "button.car-card",
    {
      type: "button",
      "aria-pressed": String(isChosen),
      on: {
        click: () => {
          actions.choose(car.key);
        },
      },
    },
    h(
      "span.car-head",
      {},
      picture === "" ? icon("car", "large") : h("img", { src: picture, alt: "" }),
      h("span.car-name", {}, h("strong", {}, car.name), h("span.soft", {}, aboutCar(car, data))),
      figure(level, texts),
    ),
    levelBar(level),
    h(
      "span.car-doing",
      {},
      icon(doing.icon),
      doing.text,
      doing.more[0] !== undefined && h("span.soft", {}, doing.more[0]),
    ),
    h(
      "span.car-foot.soft",
      {},
      h("span", {}, heardText(car, texts, now) ?? ""),
      h("span", {}, quantityText(car.range, texts) ?? ""),
    ),
    wrong.length > 0 && h("span.car-wrong", {}, icon("alert"), h("span", {}, wrongText(wrong, texts))),
  );
}

/** The first thing to look at, and how many more there are; all stand below, in the card of the car. */
function wrongText([first = "", ...more]: readonly string[], texts: Texts): string {
  return more.length === 0 ? first : texts.text("cars.wrong", { first, count: more.length });
}

function figure({ figure, unit }: ShownLevel, texts: Texts): VNode {
  if (figure === null) return h("span.figure.unknown", {}, texts.text("unknown"));
  return h("span.figure", {}, figure, h("small", {}, ` ${unit}`));
}

/** A bar with its band; the figure beside it says the same. */
function levelBar({ percent, low, high, target, tone }: ShownLevel): VNode {
  const width = (from: number, to: number) => `${Math.max(0, to - from)}%`;
  return h(
    "span.bar-track",
    { "aria-hidden": "true" },
    percent !== null && h(`span.bar-level.${tone}`, { style: { width: width(0, Math.min(100, percent)) } }),
    low !== null && high !== null && h("span.bar-band", { style: { left: `${low}%`, width: width(low, high) } }),
    target !== null && h("span.bar-target", { style: { left: `${target}%` } }),
  );
}
