import type { CockpitJournal, CockpitMonthName, CockpitSum } from "../../src/cockpit/contract.js";
import { monthBefore } from "../../src/cockpit/months.js";

const MONTHS = 12;
const SECOND_MS = 1000;
/** Room around what the chart of the capacity shows, as share of it. */
const MARGIN = 0.1;
/** Charges beyond are far off, and not worth a chart in which nothing else shows. */
const SHOWN_SHARES = [0.05, 0.95] as const;
/** Less than that would make much of nothing [kWh]. */
const LEAST_SPAN_KWH = 4;

type Capacity = CockpitJournal["capacity"];
type Health = CockpitJournal["health"];

/** Columns of equal length for the chart; `null` is a gap. */
export interface CapacityColumns {
  /** Times, ascending [s]. */
  readonly at: readonly number[];
  /** The estimate with its 90 % band [kWh]. */
  readonly value: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  /** What single charges tell, but those that are far off [kWh]. */
  readonly charge: readonly (number | null)[];
  /** What the car says, the last time, from end to end [kWh]. */
  readonly told: readonly (number | null)[];
}

/** A month of the last twelve with its sums; `null`: nothing began in it. */
export interface MonthOfYear {
  readonly month: CockpitMonthName;
  readonly sum: CockpitSum | null;
}

/** Returns the month that is shown: the chosen one, else the newest one with entries. */
export function shownMonth({ months, now }: CockpitJournal, chosen: CockpitMonthName | null): CockpitMonthName {
  return chosen ?? months.at(-1) ?? now;
}

/** Returns the months that can be chosen, in the order of time: those with entries, that of now and the shown one. */
export function choosableMonths({ months, now }: CockpitJournal, shown: CockpitMonthName): CockpitMonthName[] {
  return [...new Set([...months, now, shown])].sort();
}

/** Returns the last twelve months, each of them, in the order of time. */
export function lastYear({ year, now }: CockpitJournal): MonthOfYear[] {
  const sums = new Map(year.map((sum) => [sum.period, sum]));
  return Array.from({ length: MONTHS }, (_, index) => {
    const month = monthBefore(now, MONTHS - 1 - index);
    return { month, sum: sums.get(month) ?? null };
  });
}

/** Joins the estimate and the charges to columns of the same times. */
export function capacityColumns(capacity: Capacity, health: Health): CapacityColumns {
  const { charges, estimates } = capacity;
  const [least, most] = capacityRange(capacity, health);
  const told = new Map(charges.flatMap(({ at, kwh }) => (kwh >= least && kwh <= most ? [[at, kwh]] : [])));
  const estimated = new Map(estimates.map((one) => [one.at, one]));
  const times = [...new Set([...told.keys(), ...estimated.keys()])].sort((one, other) => one - other);
  return {
    at: times.map((at) => at / SECOND_MS),
    value: times.map((at) => estimated.get(at)?.value ?? null),
    low: times.map((at) => estimated.get(at)?.band90[0] ?? null),
    high: times.map((at) => estimated.get(at)?.band90[1] ?? null),
    charge: times.map((at) => told.get(at) ?? null),
    told: times.map(() => health.maxEnergyKwh),
  };
}

/** Returns from where to where the chart goes [kWh]. */
export function capacityRange({ charges, estimates }: Capacity, { maxEnergyKwh }: Health): [number, number] {
  const inOrder = charges.map(({ kwh }) => kwh).sort((one, other) => one - other);
  const usual = SHOWN_SHARES.flatMap((share) => inOrder[Math.round((inOrder.length - 1) * share)] ?? []);
  const bands = estimates.flatMap(({ band90 }) => [...band90]);
  const shown = [...usual, ...bands, ...(maxEnergyKwh === null ? [] : [maxEnergyKwh])];
  if (shown.length === 0) return [0, LEAST_SPAN_KWH];
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const room = Math.max((most - least) * MARGIN, (LEAST_SPAN_KWH - (most - least)) / 2);
  return [Math.max(0, least - room), most + room];
}
