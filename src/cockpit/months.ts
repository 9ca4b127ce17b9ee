import type { CockpitMonthName } from "./contract.js";

/** Returns the month so many before another one. */
export function monthBefore(month: CockpitMonthName, count: number): CockpitMonthName {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const date = new Date(Date.UTC(year, number - 1 - count, 1));
  return date.toISOString().slice(0, month.length);
}
