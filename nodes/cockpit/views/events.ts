import type { CockpitCar, CockpitEvent } from "../../../src/cockpit/contract.js";
import type { DistanceUnit } from "../../../src/support/distances.js";
import { groupedBy } from "../../../src/support/grouped.js";
import type { CockpitData } from "../data.js";
import { isDayBefore, isSameDay } from "../formats.js";
import { carOf, type Actions, type State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { icon, type IconName } from "./icons.js";
import { card, choices } from "./parts.js";

const ICONS: Readonly<Record<CockpitEvent["name"], IconName>> = {
  tripStarted: "road",
  tripEnded: "road",
  chargingStarted: "bolt",
  chargingEnded: "bolt",
  chargingInterrupted: "alert",
  pluggedNotCharging: "alert",
  tyrePressureLow: "alert",
  serviceDue: "alert",
  pluggedIn: "plug",
  unplugged: "unplugged",
  locked: "lock",
  unlocked: "unlock",
  connected: "signal",
  disconnected: "alert",
  loginRequired: "alert",
  quotaLow: "alert",
  vehicleFound: "car",
};

/** What has happened, of all or of the chosen car. */
export function eventsView(state: State, data: CockpitData, actions: Actions): VNode {
  const { texts, eventsOf } = state;
  const car = carOf(state);
  const events =
    eventsOf === "car" && car !== null ? data.events.filter((event) => event.car === car.key) : data.events;
  const name = (of: State["eventsOf"]) => (of === "car" ? (car?.name ?? "") : texts.text("events.all"));
  return h(
    "div.one",
    { key: "events" },
    card(
      "events",
      texts.text("events.title"),
      car !== null &&
        data.cars.length > 0 &&
        choices(texts.text("events.of"), ["all", "car"] as const, eventsOf, name, (of) => {
          actions.set({ eventsOf: of });
        }),
      timeline(events, state, { hasCar: true }),
    ),
  );
}

/** @param hasCar whether each event names its car */
export function timeline(
  events: readonly CockpitEvent[],
  state: State,
  { hasCar }: { readonly hasCar: boolean },
): Child {
  const { texts } = state;
  if (events.length === 0) return h("p.soft.middle", { key: "none" }, texts.text("events.none"));
  return [...groupedBy(events, (event) => dayText(event, state))].map(([day, list]) => [
    h("h3", { key: `day ${day}` }, day),
    h(
      "ol.timeline",
      { key: `list ${day}` },
      list.map((event) => line(event, state, hasCar)),
    ),
  ]);
}

function dayText({ at }: CockpitEvent, { texts, now }: State): string {
  const time = Date.parse(at);
  if (isSameDay(time, now)) return texts.text("events.today");
  return isDayBefore(time, now) ? texts.text("events.yesterday") : texts.formats.dayOf(time, now);
}

function line(event: CockpitEvent, state: State, hasCar: boolean): VNode {
  const { texts, data, now } = state;
  const car = data?.cars.find(({ key }) => key === event.car);
  const about = nameOf(event, car, state, hasCar);
  const at = Date.parse(event.at);
  const isBad = ICONS[event.name] === "alert";
  return h(
    `li${isBad ? ".bad" : ""}`,
    { key: String(event.number) },
    h("time", { datetime: event.at, title: texts.formats.time(at, now) }, texts.formats.clock(at)),
    icon(ICONS[event.name]),
    h(
      "div",
      {},
      h("strong", {}, texts.text(`event.${event.name}`)),
      about !== undefined && h("span.soft", {}, ` · ${about}`),
      h("span.line.soft", {}, figuresOf(event, car?.distanceUnit ?? "km", texts)),
    ),
  );
}

/** Returns whom an event is about, where there are several of its kind. */
function nameOf(event: CockpitEvent, car: CockpitCar | undefined, { data }: State, hasCar: boolean) {
  if (data === null) return undefined;
  if (car !== undefined) return hasCar && data.cars.length > 1 ? car.name : undefined;
  if (event.car !== null || data.accounts.length < 2) return undefined;
  return data.accounts.find(({ id }) => id === event.account)?.name;
}

function figuresOf(
  { level, distanceKm, durationMin, energyKwh, levelUsed, problem }: CockpitEvent,
  distanceUnit: DistanceUnit,
  texts: Texts,
): string {
  const { formats } = texts;
  const parts = [
    distanceKm !== null && formats.ofCar(distanceKm, "distance", distanceUnit),
    durationMin !== null && formats.duration(durationMin),
    energyKwh !== null && formats.withUnit(energyKwh, "kWh", 1),
    levelUsed !== null && texts.text("event.levelUsed", { value: formats.number(levelUsed, 1) }),
    level !== null && texts.text("event.level", { value: formats.percent(level) }),
    problem !== null && texts.problem(problem),
  ];
  return parts.filter((part) => part !== false && part !== null).join(" · ");
}
