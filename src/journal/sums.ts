import { rounded, type ChargeEntry, type JournalEntry, type Purpose, type TripEntry } from "./entry.js";
import { groupedBy } from "./grouped.js";

/** Sums up the trips and charges that began in one day, month or year. Unknown figures are left out of a sum. */
export interface JournalSum {
  /** `2026-03-02`, `2026-03` or `2026`, in the zone of the entries. */
  readonly period: string;
  readonly trips: number;
  readonly distanceKm: number;
  /** Of it with a purpose [km]. */
  readonly distanceByPurpose: Readonly<Partial<Record<Purpose, number>>>;
  readonly drivingMin: number;
  /** Out of the battery while driving [kWh]. */
  readonly usedKwh: number;
  /** kWh/100 km of the trips of which energy and distance are known; `null` without any. */
  readonly consumption: number | null;
  readonly charges: number;
  readonly batteryKwh: number;
  readonly drawnKwh: number;
  readonly gridKwh: number;
  readonly solarKwh: number;
  /** Drawn with direct current [kWh]. */
  readonly directKwh: number;
  /** In the currency of the journal; `null` where no charge has a cost in it. */
  readonly cost: number | null;
  /** Charges without a cost in that currency. */
  readonly chargesWithoutCost: number;
}

const LENGTHS = { day: "2026-03-02".length, month: "2026-03".length, year: "2026".length } as const;
export type Period = keyof typeof LENGTHS;

const CENTS = 100;

/** Returns the sums of entries by period, in the order of time. */
export function sumsBy(period: Period, entries: readonly JournalEntry[], currency: string): JournalSum[] {
  const groups = groupedBy(entries, ({ start }) => start.slice(0, LENGTHS[period]));
  return [...groups.keys()].sort().map((name) => sumOf(name, groups.get(name) ?? [], currency));
}

function sumOf(period: string, entries: readonly JournalEntry[], currency: string): JournalSum {
  const trips = entries.filter((entry): entry is TripEntry => entry.kind === "trip");
  const charges = entries.filter((entry): entry is ChargeEntry => entry.kind === "charge");
  return { period, ...ofTrips(trips), ...ofCharges(charges, currency) };
}

function ofTrips(trips: readonly TripEntry[]) {
  const measured = trips.filter(({ energyKwh, distanceKm }) => energyKwh !== null && (distanceKm?.value ?? 0) > 0);
  const measuredKm = total(measured, ({ distanceKm }) => distanceKm?.value);
  const measuredKwh = total(measured, ({ energyKwh }) => energyKwh?.value);
  return {
    trips: trips.length,
    distanceKm: rounded(
      total(trips, ({ distanceKm }) => distanceKm?.value),
      1,
    ),
    distanceByPurpose: byPurpose(trips),
    drivingMin: rounded(total(trips, ({ durationMin }) => durationMin)),
    usedKwh: rounded(total(trips, ({ energyKwh }) => energyKwh?.value)),
    consumption: measuredKm > 0 ? rounded((measuredKwh / measuredKm) * 100, 2) : null,
  };
}

function byPurpose(trips: readonly TripEntry[]): JournalSum["distanceByPurpose"] {
  const purposes = new Set(trips.flatMap(({ purpose }) => purpose?.value ?? []));
  const distances = [...purposes].map((value) => {
    const own = trips.filter(({ purpose }) => purpose?.value === value);
    return [
      value,
      rounded(
        total(own, ({ distanceKm }) => distanceKm?.value),
        1,
      ),
    ] as const;
  });
  return Object.fromEntries(distances);
}

function ofCharges(charges: readonly ChargeEntry[], currency: string) {
  const amounts = charges.flatMap(({ cost }) => (cost?.currency === currency ? (cost.amount ?? []) : []));
  const drawnBy = (some: readonly ChargeEntry[]) => rounded(total(some, ({ drawnKwh }) => drawnKwh?.value));
  return {
    charges: charges.length,
    batteryKwh: rounded(total(charges, ({ batteryKwh }) => batteryKwh?.value)),
    drawnKwh: drawnBy(charges),
    gridKwh: rounded(total(charges, ({ gridKwh }) => gridKwh)),
    solarKwh: rounded(total(charges, ({ solarKwh }) => solarKwh)),
    directKwh: drawnBy(charges.filter(({ method }) => method === "DC")),
    // In whole cents: a sum of binary fractions drifts.
    cost: amounts.length === 0 ? null : total(amounts, (amount) => Math.round(amount * CENTS)) / CENTS,
    chargesWithoutCost: charges.length - amounts.length,
  };
}

function total<T>(list: readonly T[], of: (one: T) => number | null | undefined): number {
  return list.reduce((sum, one) => sum + (of(one) ?? 0), 0);
}
