import type { Estimate } from "../types.js";
import type { Bracket } from "./brackets.js";
import type { Rate, TripVerdict } from "./consumption.js";

export type DrivingMode = "driving" | "continuity" | "idle";

/** What is shown of a car that drives or stands; kWh/km, km, km/h. */
export interface DrivingEstimate extends Estimate {
  readonly mode: DrivingMode;
  /** Learned, of the bracket that is driven in, else of the month. */
  readonly consumptionKwhPerKm: number;
  /** `null` without a trip. */
  readonly tripKm: number | null;
  readonly speedBracket: Bracket | null;
  readonly speedKmh: number | null;
  readonly buckets: Readonly<Partial<Record<Bracket, Rate>>>;
}

/** The learned consumption as users see it; months of local time by number, 1 to 12. */
export interface DrivingReport {
  readonly overall: Rate | null;
  readonly months: Readonly<Record<string, Rate>>;
  readonly brackets: Readonly<Partial<Record<Bracket, Rate>>>;
  readonly defaultKwhPerKm: number;
  readonly lastTrip: TripVerdict | null;
}

/** BMW's value as it is, with the part of a percent that nobody knows. */
export function passedOn(soc: number): Estimate {
  return { soc, sigma: 0.4, band90: [Math.max(0, soc - 0.5), Math.min(100, soc + 1)] };
}
