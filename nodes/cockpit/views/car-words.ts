import type { CockpitCar, CockpitQuantity } from "../../../src/cockpit/contract.js";
import type { CockpitData } from "../data.js";
import type { Texts } from "../texts.js";
import type { IconName } from "./icons.js";

/** From this share of the wanted pressure on a tyre is low. */
const LOW_PRESSURE = 0.9;
const DAY_MS = 86_400_000;

/** Model and end of the VIN, where the name does not tell them; of a car that two accounts have, first of which it is. */
export function aboutCar({ key, account, name, model, vinEnd }: CockpitCar, data: CockpitData | null): string {
  const isTwice = data?.cars.some((one) => one.vinEnd === vinEnd && one.key !== key) ?? false;
  const owner = isTwice ? data?.accounts.find(({ id }) => id === account)?.name : undefined;
  return [owner ?? "", model, vinEnd].filter((one) => one !== "" && !name.includes(one)).join(" · ");
}

/** What a car shows as its level: the battery, or the tank of a car without one. */
export interface ShownLevel {
  readonly isTank: boolean;
  /** In percent for the bar; `null` where the unit is another one, or nothing is known. */
  readonly percent: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly target: number | null;
  /** The figure without its unit; `null`: unknown. */
  readonly figure: string | null;
  readonly unit: string;
  readonly tone: "charging" | "good" | "low" | "empty" | "unknown";
}

export function shownLevel(car: CockpitCar, { formats }: Texts): ShownLevel {
  const { level, fuel } = car;
  const isTank = level === null && fuel !== null && car.driveType !== "phev";
  if (isTank) {
    const percent = fuel.unit === "%" ? fuel.value : null;
    return {
      ...NOTHING,
      isTank,
      percent,
      figure: formats.number(fuel.value),
      unit: fuel.unit ?? "",
      tone: toneOf(percent),
    };
  }
  if (level === null) return NOTHING;
  const tone = car.isCharging === true ? "charging" : toneOf(level.value);
  const digits = level.source === "estimate" ? 1 : 0;
  const { value, low, high } = level;
  const target = car.isCharging === true ? car.target : null;
  return { isTank, percent: value, low, high, target, figure: formats.fixed(value, digits), unit: "%", tone };
}

const NOTHING: ShownLevel = {
  isTank: false,
  percent: null,
  low: null,
  high: null,
  target: null,
  figure: null,
  unit: "%",
  tone: "unknown",
};

function toneOf(percent: number | null): ShownLevel["tone"] {
  if (percent === null || percent >= 30) return "good";
  return percent >= 15 ? "low" : "empty";
}

/** What the car does at the moment. */
export interface Doing {
  readonly icon: IconName;
  readonly text: string;
  readonly more: readonly string[];
  readonly tone: "active" | "calm";
}

export function doingOf(car: CockpitCar, texts: Texts, now: number): Doing {
  if (car.isDriving) return { icon: "road", text: texts.text("car.driving"), more: [], tone: "active" };
  if (car.isCharging === true) return charging(car, texts, now);
  if (car.isPlugged === true)
    return {
      icon: "plug",
      text: texts.text(car.isCharging === false ? "car.pluggedIdle" : "car.plugged"),
      more: [],
      tone: "calm",
    };
  if (car.isPlugged === false) return { icon: "unplugged", text: texts.text("car.unplugged"), more: [], tone: "calm" };
  if (car.lastHeard === null) return { icon: "question", text: texts.text("car.neverHeard"), more: [], tone: "calm" };
  return { icon: "car", text: texts.text("car.parked"), more: [], tone: "calm" };
}

function charging(car: CockpitCar, texts: Texts, now: number): Doing {
  const { powerKw = null, method = null } = car.charge ?? {};
  const power = powerKw === null ? null : `${texts.formats.fixed(powerKw, 1)} kW`;
  const parts = [texts.text("car.charging"), method, power].filter((part) => part !== null);
  return {
    icon: "bolt",
    text: parts.join(" · "),
    more: [targetText(car, texts, now), ...energyTexts(car, texts, now)],
    tone: "active",
  };
}

function targetText({ charge, target, level }: CockpitCar, texts: Texts, now: number): string {
  const { minutesToTarget = null } = charge ?? {};
  if (minutesToTarget === null || target === null || level === null) return texts.text("car.targetUnknown");
  const { formats } = texts;
  const at = Date.parse(level.at) + minutesToTarget * 60_000;
  const time = nearTime(at, now, texts);
  const params = { target: formats.percent(target), duration: formats.duration(minutesToTarget), time };
  return texts.text(minutesToTarget <= 0 ? "car.reached" : "car.toTarget", params);
}

/** Within a day of now the time of the clock is enough, on whichever side of midnight. */
function nearTime(at: number, now: number, { formats }: Texts): string {
  return Math.abs(at - now) < DAY_MS ? formats.clock(at) : formats.time(at, now);
}

function energyTexts({ charge }: CockpitCar, texts: Texts, now: number): string[] {
  const { energyKwh = null, startedAt = null } = charge ?? {};
  if (energyKwh === null || startedAt === null) return [];
  const { formats } = texts;
  const params = { energy: formats.fixed(energyKwh, 1), time: nearTime(Date.parse(startedAt), now, texts) };
  return [texts.text("car.energySince", params)];
}

export function quantityText(quantity: CockpitQuantity | null, { formats }: Texts, digits = 0): string | null {
  return quantity === null ? null : formats.withUnit(quantity.value, quantity.unit, digits);
}

/** When the car was last heard; `null`: never. */
export function heardText({ lastHeard, isDriving }: CockpitCar, texts: Texts, now: number): string | null {
  if (lastHeard === null) return null;
  const age = texts.formats.age(Date.parse(lastHeard), now);
  return texts.text(isDriving ? "car.heard" : "car.heardParked", { age });
}

type Opening = CockpitCar["openings"][number];
type Tyre = CockpitCar["tyres"][number];

export function isLow({ pressureKpa, targetKpa }: Tyre): boolean {
  return pressureKpa !== null && targetKpa !== null && pressureKpa < LOW_PRESSURE * targetKpa;
}

/** Doors, windows and flaps that should be closed: that of the cable is open for every charge. */
export function watchedOpenings({ openings, isPlugged, isCharging }: CockpitCar): Opening[] {
  const hasCable = isPlugged === true || isCharging === true;
  return openings.filter(({ place }) => place !== "chargingFlap" || !hasCable);
}

/** What somebody should look at; empty: nothing. */
export function troubles(car: CockpitCar, texts: Texts): string[] {
  const open = watchedOpenings(car).filter(({ isOpen }) => isOpen === true);
  const low = car.tyres.filter(isLow);
  return [
    ...open.map(({ place }) => texts.text("openings.isOpen", { what: texts.text(`place.${place}`) })),
    ...low.map(({ place }) => texts.text("tyres.isLow", { what: texts.text(`place.${place}`) })),
    ...(car.isLocked === false && !car.isDriving ? [texts.text("openings.unlocked")] : []),
  ];
}

interface OpeningsSum {
  readonly text: string;
  readonly tone: "good" | "bad" | "unknown";
}

/** Sums up doors, windows and lock. */
export function openingsText(car: CockpitCar, texts: Texts): OpeningsSum {
  const { isLocked } = car;
  const openings = watchedOpenings(car);
  const lock = texts.text(
    isLocked === null ? "openings.lockUnknown" : isLocked ? "openings.locked" : "openings.unlocked",
  );
  const text = [...countTexts(openings, texts), lock].join(" · ");
  const isSurelyClosed = openings.length > 0 && openings.every(({ isOpen }) => isOpen === false);
  if (isLocked === false || openings.some(({ isOpen }) => isOpen === true)) return { text, tone: "bad" };
  return { text, tone: isLocked === true && isSurelyClosed ? "good" : "unknown" };
}

/** Doors and windows; of the flap only that it is open. */
function countTexts(all: readonly Opening[], texts: Texts): string[] {
  const openings = all.filter(({ place, isOpen }) => place !== "chargingFlap" || isOpen === true);
  if (openings.length === 0) return [texts.text("openings.none")];
  const count = (is: Opening["isOpen"]) => openings.filter(({ isOpen }) => isOpen === is).length;
  const [open, unknown] = [count(true), count(null)];
  if (open + unknown === 0)
    return [
      texts.text(openings.length === 1 ? "openings.oneClosed" : "openings.allClosed", { count: openings.length }),
    ];
  return [
    ...(open > 0 ? [texts.text("openings.countOpen", { count: open })] : []),
    ...(unknown > 0 ? [texts.text("openings.countUnknown", { count: unknown })] : []),
  ];
}
