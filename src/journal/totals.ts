import { finiteNumber, isObject } from "../support/json.js";
import { rounded, type ChargeEntry, type JournalEntry, type TripEntry } from "./entry.js";

/** Names what is added up of trips and charges: counts, km, minutes and kWh. Unknown figures add nothing. */
const NOTHING = {
  trips: 0,
  distanceKm: 0,
  privateKm: 0,
  businessKm: 0,
  commuteKm: 0,
  drivingMin: 0,
  usedKwh: 0,
  /** Of the trips of which both energy and distance are known. */
  consumingKm: 0,
  consumedKwh: 0,
  charges: 0,
  batteryKwh: 0,
  drawnKwh: 0,
  gridKwh: 0,
  solarKwh: 0,
  directKwh: 0,
};
export type Amounts = Readonly<typeof NOTHING>;
const AMOUNTS = Object.keys(NOTHING) as (keyof Amounts)[];

/** Holds what charges have cost in one currency; in whole cents, because a sum of binary fractions drifts. */
interface CostTotal {
  readonly cents: number;
  readonly charges: number;
}
type Costs = ReadonlyMap<string, CostTotal>;

/** Adds up what began in a span of time. */
export interface Totals {
  /** In the order of `AMOUNTS`: thousands of days are added up, and a list is added faster than members by name. */
  readonly amounts: readonly number[];
  /** By currency. */
  readonly costs: Costs;
}

/** Adds up what began on one day. */
export interface DayTotals extends Totals {
  /** `2026-03-02`, in the zone of the entries. */
  readonly day: string;
}

const DAY_LENGTH = "2026-03-02".length;
const CENTS = 100;
/** Figures have three decimals; more of a sum is the error of binary fractions. */
const DIGITS = 6;
const NO_COSTS: Costs = new Map();

/** Returns the totals of entries by the day on which they began, in the order of time. */
export function totalsByDay(entries: Iterable<JournalEntry>): DayTotals[] {
  const days = new Map<string, Totals[]>();
  for (const entry of entries) {
    const day = entry.start.slice(0, DAY_LENGTH);
    const own = totalsOf(entry);
    const others = days.get(day);
    if (others === undefined) days.set(day, [own]);
    else others.push(own);
  }
  return [...days.keys()].sort().map((day) => {
    const { amounts, costs } = sumOfTotals(days.get(day) ?? []);
    return { day, amounts, costs };
  });
}

/** Returns the sum of totals. */
export function sumOfTotals(all: readonly Totals[]): Totals {
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  const amounts = new Array<number>(AMOUNTS.length).fill(0);
  const costs = new Map<string, CostTotal>();
  for (const one of all) {
    for (let index = 0; index < amounts.length; index++)
      amounts[index] = (amounts[index] ?? 0) + (one.amounts[index] ?? 0);
    for (const [currency, { cents, charges }] of one.costs) {
      const former = costs.get(currency) ?? { cents: 0, charges: 0 };
      costs.set(currency, { cents: former.cents + cents, charges: former.charges + charges });
    }
  }
  return { amounts: amounts.map((amount) => rounded(amount, DIGITS)), costs };
}

/** Returns the amounts by their names. */
export function amountsOf({ amounts }: Totals): Amounts {
  const named = { ...NOTHING };
  for (const [index, name] of AMOUNTS.entries()) named[name] = amounts[index] ?? 0;
  return named;
}

function totalsOf(entry: JournalEntry): Totals {
  const own: Partial<Amounts> = entry.kind === "trip" ? ofTrip(entry) : ofCharge(entry);
  return {
    amounts: AMOUNTS.map((name) => own[name] ?? 0),
    costs: entry.kind === "charge" ? costsOf(entry) : NO_COSTS,
  };
}

function ofTrip({ distanceKm, durationMin, energyKwh, purpose }: TripEntry): Partial<Amounts> {
  const km = distanceKm?.value ?? 0;
  const isConsuming = energyKwh !== null && km > 0;
  return {
    trips: 1,
    distanceKm: km,
    ...(purpose !== null && { [`${purpose.value}Km`]: km }),
    drivingMin: durationMin ?? 0,
    usedKwh: energyKwh?.value ?? 0,
    ...(isConsuming && { consumingKm: km, consumedKwh: energyKwh.value }),
  };
}

function ofCharge({ batteryKwh, drawnKwh, gridKwh, solarKwh, method }: ChargeEntry): Partial<Amounts> {
  const drawn = drawnKwh?.value ?? 0;
  return {
    charges: 1,
    batteryKwh: batteryKwh?.value ?? 0,
    drawnKwh: drawn,
    gridKwh: gridKwh ?? 0,
    solarKwh: solarKwh ?? 0,
    directKwh: method === "DC" ? drawn : 0,
  };
}

function costsOf({ cost }: ChargeEntry): Costs {
  const amount = cost?.amount ?? null;
  if (cost === null || amount === null) return NO_COSTS;
  return new Map([[cost.currency, { cents: Math.round(amount * CENTS), charges: 1 }]]);
}

/** Makes a row of the totals of a day, for a file. */
export function rowOfTotals({ day, amounts, costs }: DayTotals): unknown[] {
  return [day, ...amounts, Object.fromEntries(costs)];
}

/** Reads such a row; `null` if it is none. */
export function totalsOfRow(row: unknown): DayTotals | null {
  const [day, ...rest] = Array.isArray(row) ? (row as unknown[]) : [];
  const costs = readCosts(rest.pop());
  const amounts = rest.filter((value): value is number => Number.isFinite(value));
  const isWhole = rest.length === AMOUNTS.length && amounts.length === AMOUNTS.length;
  return typeof day === "string" && costs !== null && isWhole ? { day, amounts, costs } : null;
}

function readCosts(stored: unknown): Costs | null {
  if (!isObject(stored)) return null;
  const costs = new Map<string, CostTotal>();
  for (const [currency, cost] of Object.entries(stored)) {
    const [cents, charges] = isObject(cost) ? [finiteNumber(cost["cents"]), finiteNumber(cost["charges"])] : [];
    if (typeof cents !== "number" || typeof charges !== "number") return null;
    costs.set(currency, { cents, charges });
  }
  return costs;
}
