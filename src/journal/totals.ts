import { finiteNumber, isObject } from "../support/json.js";
import { rounded, type ChargeEntry, type JournalEntry, type TripEntry } from "./entry.js";

/** Holds what charges have cost in one currency; in whole cents, because a sum of binary fractions drifts. */
interface CostTotal {
  readonly cents: number;
  readonly charges: number;
}

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
type Amounts = Readonly<typeof NOTHING>;

/** Adds up trips and charges: counts, km, minutes and kWh. Unknown figures add nothing. */
export interface Totals extends Amounts {
  /** By currency. */
  readonly costs: ReadonlyMap<string, CostTotal>;
}

/** Adds up what began on one day. */
export interface DayTotals extends Totals {
  /** `2026-03-02`, in the zone of the entries. */
  readonly day: string;
}

const NAMES = Object.keys(NOTHING) as (keyof Amounts)[];
const DAY_LENGTH = "2026-03-02".length;
const CENTS = 100;
/** Figures have three decimals; more of a sum is the error of binary fractions. */
const DIGITS = 6;

/** Returns the totals of entries by the day on which they began, in the order of time. */
export function totalsByDay(entries: Iterable<JournalEntry>): DayTotals[] {
  const days = new Map<string, Totals[]>();
  for (const entry of entries) {
    const day = entry.start.slice(0, DAY_LENGTH);
    const own = entry.kind === "trip" ? ofTrip(entry) : ofCharge(entry);
    const others = days.get(day);
    if (others === undefined) days.set(day, [own]);
    else others.push(own);
  }
  return [...days.keys()].sort().map((day) => ({ day, ...sumOfTotals(days.get(day) ?? []) }));
}

/** Returns the sum of totals. */
export function sumOfTotals(all: readonly Totals[]): Totals {
  const sum = { ...NOTHING };
  const costs = new Map<string, CostTotal>();
  for (const one of all) {
    for (const name of NAMES) sum[name] += one[name];
    for (const [currency, { cents, charges }] of one.costs) {
      const former = costs.get(currency) ?? { cents: 0, charges: 0 };
      costs.set(currency, { cents: former.cents + cents, charges: former.charges + charges });
    }
  }
  for (const name of NAMES) sum[name] = rounded(sum[name], DIGITS);
  return { ...sum, costs };
}

function ofTrip({ distanceKm, durationMin, energyKwh, purpose }: TripEntry): Totals {
  const km = distanceKm?.value ?? 0;
  const isConsuming = energyKwh !== null && km > 0;
  return {
    ...NOTHING,
    trips: 1,
    distanceKm: km,
    privateKm: purpose?.value === "private" ? km : 0,
    businessKm: purpose?.value === "business" ? km : 0,
    commuteKm: purpose?.value === "commute" ? km : 0,
    drivingMin: durationMin ?? 0,
    usedKwh: energyKwh?.value ?? 0,
    consumingKm: isConsuming ? km : 0,
    consumedKwh: isConsuming ? energyKwh.value : 0,
    costs: NO_COSTS,
  };
}

const NO_COSTS: Totals["costs"] = new Map();

function ofCharge({ batteryKwh, drawnKwh, gridKwh, solarKwh, method, cost }: ChargeEntry): Totals {
  const drawn = drawnKwh?.value ?? 0;
  const amount = cost?.amount ?? null;
  return {
    ...NOTHING,
    charges: 1,
    batteryKwh: batteryKwh?.value ?? 0,
    drawnKwh: drawn,
    gridKwh: gridKwh ?? 0,
    solarKwh: solarKwh ?? 0,
    directKwh: method === "DC" ? drawn : 0,
    costs:
      cost === null || amount === null
        ? NO_COSTS
        : new Map([[cost.currency, { cents: Math.round(amount * CENTS), charges: 1 }]]),
  };
}

/** Makes a row of the totals of a day, for a file. */
export function rowOfTotals(totals: DayTotals): unknown[] {
  return [totals.day, ...NAMES.map((name) => totals[name]), Object.fromEntries(totals.costs)];
}

/** Reads such a row; `null` if it is none. */
export function totalsOfRow(row: unknown): DayTotals | null {
  const [day, ...rest] = Array.isArray(row) ? (row as unknown[]) : [];
  const costs = costsOf(rest.at(-1));
  if (typeof day !== "string" || costs === null || rest.length !== NAMES.length + 1) return null;
  const totals = { day, ...NOTHING, costs };
  for (const [index, name] of NAMES.entries()) {
    const value = finiteNumber(rest[index]);
    if (value === null) return null;
    totals[name] = value;
  }
  return totals;
}

function costsOf(stored: unknown): Totals["costs"] | null {
  if (!isObject(stored)) return null;
  const costs = new Map<string, CostTotal>();
  for (const [currency, cost] of Object.entries(stored)) {
    const [cents, charges] = isObject(cost) ? [finiteNumber(cost["cents"]), finiteNumber(cost["charges"])] : [];
    if (typeof cents !== "number" || typeof charges !== "number") return null;
    costs.set(currency, { cents, charges });
  }
  return costs;
}
