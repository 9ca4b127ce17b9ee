import type { PURPOSES } from "../journal/entry.js";
import {
  DAYS,
  isCurrency,
  minuteOf,
  MOST_PLACES,
  MOST_PRICE,
  MOST_RADIUS_M,
  MOST_TARIFFS,
  USUAL_RADIUS_M,
  type Day,
} from "../journal/limits.js";
import { namedList, withRule } from "./named-list.js";
import { choice, decimal, group, listOf, pattern, text, type Setting } from "./setting.js";

const NAME = { hint: "cardata-account.invalid.placeName", isRequired: true };
const POSITION = { hint: "cardata-account.invalid.position", isRequired: true };
const PRICE = { hint: "cardata-account.invalid.price", isRequired: true };
const TIMES = "cardata-account.invalid.windowTimes";
const TOO_MANY = "cardata-account.invalid.tooMany";
const PRICES = { least: -MOST_PRICE, most: MOST_PRICE };

/** Its words alone: the readers of entries beside them do not belong into the editor. */
export const PURPOSE_CHOICES: readonly ["", ...typeof PURPOSES] = ["", "private", "business", "commute"];

/** Describes a place of the journal. */
export const PLACE_SETTINGS = {
  name: text("", NAME),
  latitude: decimal(0, { least: -90, most: 90 }, POSITION),
  longitude: decimal(0, { least: -180, most: 180 }, POSITION),
  /** Metres. */
  radius: decimal(USUAL_RADIUS_M, { least: 1, most: MOST_RADIUS_M }, { hint: "cardata-account.invalid.radius" }),
  /** Of the trips that lead there or come from there; "": it says nothing. */
  purpose: choice(PURPOSE_CHOICES),
};

/** Describes a time of the day with a price of its own. */
export const WINDOW_SETTINGS = {
  from: pattern(quarterHour, "", { hint: TIMES, isRequired: true }),
  to: pattern(quarterHour, "", { hint: TIMES, isRequired: true }),
  days: weekdays({ hint: "cardata-account.invalid.windowDays" }),
  price: decimal(0, PRICES, PRICE),
};

const WINDOW = withRule(group(WINDOW_SETTINGS), ({ from, to }) => minuteOf(from) !== minuteOf(to), TIMES);

/** Describes what a kWh costs at a place. */
export const TARIFF_SETTINGS = {
  /** Name of the place; "": everywhere else. */
  place: text(),
  price: price(),
  windows: listOf(WINDOW, { hint: TIMES }),
  /** Of a kWh from the user's own sun. */
  solarPrice: decimal(0, PRICES, { hint: "cardata-account.invalid.solarPrice" }),
};

export const PLACES = namedList(group(PLACE_SETTINGS), {
  key: "name",
  most: MOST_PLACES,
  tooMany: TOO_MANY,
  twice: "cardata-account.invalid.placeTwice",
  hint: NAME.hint,
});

export const TARIFFS = namedList(group(TARIFF_SETTINGS), {
  key: "place",
  most: MOST_TARIFFS,
  tooMany: TOO_MANY,
  twice: "cardata-account.invalid.tariffTwice",
  hint: PRICE.hint,
});

/** Code of the currency of all prices. */
export const CURRENCY: Setting<string> = {
  ...text("EUR", { hint: "cardata-account.invalid.currency" }),
  read: (stored) => {
    const code = typeof stored === "string" ? stored.trim().toUpperCase() : "";
    return isCurrency(code) ? code : undefined;
  },
};

/** Completes a time of the day as people write it: `22`, `6.30`. */
function quarterHour(typed: string): string | null {
  const written = /^\d{1,2}$/.test(typed) ? `${typed}:00` : typed.replace(".", ":");
  return minuteOf(written) === null ? null : written;
}

/** Declares the price outside of the windows: a number, or `message` where messages tell it. */
function price(): Setting<number | "message"> {
  const fixed = decimal(0, PRICES, PRICE);
  return { ...fixed, read: (stored) => (stored === "message" ? stored : fixed.read(stored)) };
}

/** Declares some days of the week, of which there is at least one; nothing stored stands for all. */
function weekdays(rules: { readonly hint: string }): Setting<readonly Day[]> {
  const isDay = (day: unknown): day is Day => DAYS.some((one) => one === day);
  return {
    ...rules,
    form: { kind: "list" },
    initial: [...DAYS],
    defaultValue: DAYS,
    read: (stored) => (Array.isArray(stored) && stored.length > 0 && stored.every(isDay) ? stored : undefined),
  };
}
