/*
 * The words and limits of what the user states for the journal. The editor takes them as well, so nothing here may need
 * Node.js.
 */

/** Greatest amount of a price per kWh, in any currency. */
export const MOST_PRICE = 100_000;
/** Radius of a place without one [m]: a fix in a car park is that inexact. */
export const USUAL_RADIUS_M = 150;
export const MOST_RADIUS_M = 50_000;
export const MOST_PLACES = 200;
export const MOST_TARIFFS = 200;

/** Names the days of the week as a tariff does, in the order of JavaScript's numbers. */
export const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type Day = (typeof DAYS)[number];

const TIME = /^([01]?\d|2[0-4]):(00|15|30|45)$/;
const DAY_MINUTES = 24 * 60;
const CURRENCY = /^[A-Z]{3}$/;

/** Reads a time of the day at a quarter of an hour, from 0:00 to 24:00, in minutes. */
export function minuteOf(value: unknown): number | null {
  const [, hours, minutes] = TIME.exec(typeof value === "string" ? value : "") ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= DAY_MINUTES ? minute : null;
}

/** Returns whether a text has the form of the code of a currency, such as `EUR`. */
export function isCurrency(code: string): boolean {
  return CURRENCY.test(code);
}
