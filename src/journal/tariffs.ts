import { CarDataError } from "../support/errors.js";
import { isObject, nonEmptyText } from "../support/json.js";
import { parsePrice } from "./energy-origins.js";
import type { EntryPlace } from "./entry.js";
import { DAYS, minuteOf, MOST_TARIFFS } from "./limits.js";
import { localMinute } from "./zoned-time.js";

/** A time of the day at which a kWh has a price of its own. */
export interface TariffWindow {
  /** Minutes of the day; one that ends before it begins ends on the next day. */
  readonly from: number;
  readonly to: number;
  /** Days of the week on which it begins (0: Sunday). */
  readonly days: ReadonlySet<number>;
  readonly price: number;
}

/** Holds what a kWh costs at a place. */
export interface Tariff {
  /** `null`: wherever no other tariff holds. */
  readonly place: string | null;
  /** Per kWh outside the windows; "message": messages tell it. */
  readonly price: number | "message";
  readonly windows: readonly TariffWindow[];
  /** Of a kWh from the sun. */
  readonly solarPrice: number;
}

const EVERY_DAY: ReadonlySet<number> = new Set(DAYS.keys());

/**
 * Parses the user's tariffs: a list of `{place, price, windows: [{from, to, days, price}], solarPrice}`.
 * @throws CarDataError `tariff_invalid`, `price_invalid`
 */
export function parseTariffs(value: unknown): Tariff[] {
  if (!Array.isArray(value) || value.length > MOST_TARIFFS) throw invalid(null);
  const tariffs = value.map(parseTariff);
  const twice = tariffs.find(({ place }, index) => tariffs.findIndex((one) => one.place === place) < index);
  if (twice !== undefined) throw invalid(twice.place);
  return tariffs;
}

function parseTariff(value: unknown): Tariff {
  if (!isObject(value)) throw invalid(null);
  const place = nonEmptyText(value["place"])?.trim() ?? null;
  const { price, windows = [], solarPrice = 0 } = value;
  if (!Array.isArray(windows) || (windows.length > 0 && price === "message")) throw invalid(place);
  return {
    place,
    price: price === "message" ? price : parsePrice(price),
    windows: windows.map((window: unknown) => parseWindow(window, place)),
    solarPrice: parsePrice(solarPrice),
  };
}

function parseWindow(value: unknown, place: string | null): TariffWindow {
  if (!isObject(value)) throw invalid(place);
  const [from, to] = [minuteOf(value["from"]), minuteOf(value["to"])];
  const days = daysOf(value["days"]);
  if (from === null || to === null || from === to || days === null) throw invalid(place);
  return { from, to, days, price: parsePrice(value["price"]) };
}

/** Reads days of the week; every day where none are named. */
function daysOf(value: unknown): ReadonlySet<number> | null {
  if (value === undefined) return EVERY_DAY;
  if (!Array.isArray(value) || value.length === 0) return null;
  const days = value.map((name: unknown) => DAYS.findIndex((day) => day === name));
  return days.includes(-1) ? null : new Set(days);
}

function invalid(place: string | null): CarDataError {
  return new CarDataError("tariff_invalid", { place: place ?? "?" });
}

/** Returns the tariff of a place; `null` if there is none. */
export function tariffAt(place: EntryPlace | null, tariffs: readonly Tariff[]): Tariff | null {
  const name = place?.name ?? null;
  const own = name === null ? undefined : tariffs.find((tariff) => tariff.place === name);
  return own ?? tariffs.find((tariff) => tariff.place === null) ?? null;
}

/** Returns the window of a tariff that holds at a time [ms] by the clock of a zone; `null`: none. */
export function windowAt({ windows }: Tariff, time: number, zone: string): TariffWindow | null {
  const { minute, day } = localMinute(time, zone);
  return windows.find((one) => isWithin(one, minute, day)) ?? null;
}

function isWithin({ from, to, days }: TariffWindow, minute: number, day: number): boolean {
  if (from < to) return days.has(day) && minute >= from && minute < to;
  const dayBefore = (day + DAYS.length - 1) % DAYS.length;
  return (days.has(day) && minute >= from) || (days.has(dayBefore) && minute < to);
}
