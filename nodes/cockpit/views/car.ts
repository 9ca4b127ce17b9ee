import type { CockpitCar, CockpitTyre } from "../../../src/cockpit/contract.js";
import type { Actions, State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { carDrawing } from "./car-drawing.js";
import { chartCard } from "./chart-card.js";
import { dial } from "./dial.js";
import {
  aboutCar,
  doingOf,
  heardText,
  isLow,
  openingsText,
  quantityText,
  shownLevel,
  watchedOpenings,
} from "./car-words.js";
import { timeline } from "./events.js";
import { icon } from "./icons.js";
import { learnedCard } from "./learned-card.js";
import { mapCard } from "./map-card.js";
import { card, row, rows } from "./parts.js";

const EVENTS_OF_CAR = 7;
/** As car owners write pressures. */
const KPA_PER_BAR = 100;

/** Everything at a glance of one car. */
export function carView(state: State, car: CockpitCar, actions: Actions): VNode {
  const { texts, data, now } = state;
  const events = (data?.events ?? []).filter((event) => event.car === car.key).slice(0, EVENTS_OF_CAR);
  const hasBattery = car.driveType !== "combustion" || car.level !== null;
  return h(
    "div.grid",
    { key: `car ${car.key}` },
    batteryCard(state, car),
    hasBattery && chartCard(state, car, actions),
    conditionCard(car, texts, now),
    mapCard(state, car, actions),
    card("happened", texts.text("events.title"), timeline(events, state, { hasCar: false })),
    hasBattery && learnedCard(state, car),
  );
}

function batteryCard({ texts, now, pictures, data }: State, car: CockpitCar): VNode {
  const picture = pictures.of(car);
  const doing = doingOf(car, texts, now);
  return card(
    "battery",
    car.name,
    h("p.soft.model", {}, aboutCar(car, data)),
    picture !== "" && h("img.picture", { src: picture, alt: texts.text("car.picture", { name: car.name }) }),
    dial(car, texts),
    levelNotes(car, texts, now).map((note) => h("p.soft.centred", { key: note }, note)),
    h(
      `p.doing.${doing.tone}`,
      {},
      icon(doing.icon),
      h(
        "span",
        {},
        h("strong", {}, doing.text),
        doing.more.map((line) => h("span.line", { key: line }, line)),
      ),
    ),
    rows(
      row(texts, texts.text("car.range"), quantityText(car.range, texts)),
      car.fuel !== null &&
        !shownLevel(car, texts).isTank &&
        row(texts, texts.text("car.fuel"), quantityText(car.fuel, texts)),
      row(texts, texts.text("car.odometer"), quantityText(car.odometer, texts)),
      row(texts, texts.text("car.lastHeard"), heardText(car, texts, now)),
    ),
  );
}

function levelNotes({ level, reported }: CockpitCar, texts: Texts, now: number): string[] {
  const { formats } = texts;
  if (level === null) return [];
  const told =
    reported === null
      ? []
      : [
          texts.text("car.told", {
            value: formats.percent(reported.value),
            age: formats.age(Date.parse(reported.at), now),
          }),
        ];
  if (level.low === null || level.high === null) return level.source === "car" ? told : [];
  return [texts.text("car.band", { low: formats.fixed(level.low, 1), high: formats.fixed(level.high, 1) }), ...told];
}

/** Doors and windows on a drawn car, tyres beside its wheels, then what is due. */
function conditionCard(car: CockpitCar, texts: Texts, now: number): VNode {
  const sum = openingsText(car, texts);
  const open = watchedOpenings(car).filter(({ isOpen }) => isOpen !== false);
  const signs = { good: "check", bad: "alert", unknown: "question" } as const;
  return card(
    "condition",
    texts.text("condition.title"),
    h(`p.sum.${sum.tone}`, {}, icon(signs[sum.tone]), sum.text),
    h(
      "div.car-around",
      {},
      h("div.tyres.left", { key: "left" }, tyreLabel(car, "frontLeft", texts), tyreLabel(car, "rearLeft", texts)),
      carDrawing(car, texts),
      h("div.tyres.right", { key: "right" }, tyreLabel(car, "frontRight", texts), tyreLabel(car, "rearRight", texts)),
    ),
    open.length > 0 &&
      h(
        "ul.open-list",
        {},
        open.map(({ place, isOpen }) =>
          h(
            `li.${isOpen === true ? "open" : "unknown"}`,
            { key: place },
            h("span", {}, texts.text(`place.${place}`)),
            h("strong", {}, texts.text(isOpen === true ? "openings.open" : "unknown")),
          ),
        ),
      ),
    rows(serviceRows(car, texts)),
    reported(car, texts, now),
  );
}

function reported({ openings, tyres }: CockpitCar, texts: Texts, now: number): Child {
  const newest = Math.max(...[...openings, ...tyres].map(({ at }) => Date.parse(at)));
  if (!Number.isFinite(newest)) return null;
  return h("p.soft.reported", {}, texts.text("condition.reported", { age: texts.formats.age(newest, now) }));
}

function tyreLabel({ tyres }: CockpitCar, place: CockpitTyre["place"], texts: Texts): Child {
  const tyre = tyres.find((one) => one.place === place);
  if (tyre === undefined) return h("span", { key: place });
  const { formats } = texts;
  const bar = (kpa: number) => formats.fixed(kpa / KPA_PER_BAR, 1);
  const { pressureKpa, targetKpa, temperature } = tyre;
  const pressure = pressureKpa === null ? texts.text("unknown") : `${bar(pressureKpa)} bar`;
  const notes = [
    isLow(tyre) && texts.text("tyres.low"),
    targetKpa !== null && texts.text("tyres.target", { bar: bar(targetKpa) }),
    temperature !== null && `${formats.number(temperature)} °C`,
  ].filter((note) => note !== false);
  return h(
    `span.tyre.${isLow(tyre) ? "low" : "fine"}`,
    { key: place },
    h("span.unseen", {}, `${texts.text(`place.${place}`)}: `),
    h(`strong${pressureKpa === null ? ".unknown" : ""}`, {}, pressure),
    notes.map((note) => h("small.soft", { key: note }, note)),
  );
}

function serviceRows({ temperatures, service }: CockpitCar, texts: Texts): Child {
  const { formats } = texts;
  const { distance, inspection } = service;
  const isOver = distance !== null && distance.value < 0;
  return [
    temperatures.map((one) => row(texts, texts.text(`place.${one.place}`), quantityText(one, texts, 1))),
    (distance !== null || inspection === null) &&
      row(
        texts,
        texts.text(isOver ? "service.overdue" : "service.distance"),
        distance === null ? null : formats.withUnit(Math.abs(distance.value), distance.unit),
      ),
    inspection !== null && row(texts, texts.text("service.inspection"), formats.month(inspection)),
  ];
}
