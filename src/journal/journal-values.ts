import type { JsonObject } from "../support/json.js";
import type { BatteryHealth } from "./battery-health.js";
import { spanOf, type ChargeEntry, type EntryPlace, type JournalEntry, type TripEntry } from "./entry.js";
import type { JournalSummary } from "./journal.js";

/** Names what a journal tells of a car as plain values, under which they leave in place of a descriptor. */
export const JOURNAL_VALUE_NAMES = [
  "journal.totalEnergyCharged",
  "journal.totalChargingCost",
  "journal.lastTrip",
  "journal.lastCharge",
  "journal.lastChargeCost",
  "journal.capacity",
] as const;
export type JournalValueName = (typeof JOURNAL_VALUE_NAMES)[number];

/** Holds one of them. */
export interface JournalValue {
  readonly name: JournalValueName;
  /** `null`: it is not known any more, because its entries were deleted. */
  readonly value: number | null;
  /** `kWh`, `km`, or the currency. */
  readonly unit: string;
  /** End of what it tells of [ms]. */
  readonly timestamp: number;
  /** What belongs to it: of a trip its places, of a charge its levels, of the capacity its band. */
  readonly details: JsonObject | null;
}

/** Holds what the values of a car are made of. */
export interface JournalFacts {
  readonly summary: Pick<JournalSummary, "currency" | "years" | "health">;
  readonly lastTrip: TripEntry | null;
  readonly lastCharge: ChargeEntry | null;
}

/** Returns the last trip and the last charge of entries. */
export function lastEntries(entries: readonly JournalEntry[]): Pick<JournalFacts, "lastTrip" | "lastCharge"> {
  let [lastTrip, lastCharge]: [TripEntry | null, ChargeEntry | null] = [null, null];
  for (const entry of entries) {
    if (entry.kind === "trip") lastTrip = later(lastTrip, entry);
    else lastCharge = later(lastCharge, entry);
  }
  return { lastTrip, lastCharge };
}

function later<Entry extends JournalEntry>(known: Entry | null, entry: Entry): Entry {
  return known !== null && spanOf(known).from > spanOf(entry).from ? known : entry;
}

/** Returns the energy of all charges, from the grid and the sun, before losses [kWh]. */
export function energyOf({ summary }: JournalFacts): number {
  return summary.years.reduce((sum, { drawnKwh }) => sum + drawnKwh, 0);
}

/**
 * Returns all values of a car; `null` in place of a value that is not known.
 * @param meterKwh reading of the meter of all charged energy, see `advancedMeter`
 * @param now time of what is of no entry [ms]
 */
export function journalValues(facts: JournalFacts, meterKwh: number, now: number): JournalValue[] {
  const { currency, health } = facts.summary;
  const timestamp = endOf(facts.lastCharge) ?? now;
  const plain = { timestamp, details: null };
  return [
    { name: "journal.totalEnergyCharged", value: meterKwh, unit: "kWh", ...plain },
    { name: "journal.totalChargingCost", value: totalCost(facts), unit: currency, ...plain },
    lastTripValue(facts.lastTrip, now),
    ...lastChargeValues(facts.lastCharge, currency, timestamp),
    {
      ...{ name: "journal.capacity", unit: "kWh", timestamp },
      ...{ value: valueOf(health.capacityKwh), details: capacityDetails(health) },
    },
  ];
}

function lastTripValue(trip: TripEntry | null, now: number): JournalValue {
  const known = { name: "journal.lastTrip", unit: "km", timestamp: endOf(trip) ?? now } as const;
  if (trip === null) return { ...known, value: null, details: null };
  return { ...known, value: valueOf(trip.distanceKm), details: tripDetails(trip) };
}

function lastChargeValues(charge: ChargeEntry | null, currency: string, timestamp: number): JournalValue[] {
  const energy = { name: "journal.lastCharge", unit: "kWh", timestamp } as const;
  const paid = { name: "journal.lastChargeCost", timestamp, details: null } as const;
  if (charge === null)
    return [
      { ...energy, value: null, details: null },
      { ...paid, value: null, unit: currency },
    ];
  const { drawnKwh, batteryKwh, cost } = charge;
  return [
    { ...energy, value: valueOf(drawnKwh) ?? valueOf(batteryKwh), details: chargeDetails(charge) },
    { ...paid, value: cost?.amount ?? null, unit: cost?.currency ?? currency },
  ];
}

/** Returns the end of an entry [ms]. */
function endOf(entry: JournalEntry | null): number | null {
  return entry === null ? null : spanOf(entry).to;
}

function valueOf(figure: { readonly value: number } | null): number | null {
  return figure?.value ?? null;
}

const CENTS = 100;

function totalCost({ summary }: JournalFacts): number | null {
  const costs = summary.years.flatMap(({ cost }) => cost ?? []);
  // In whole cents: a sum of binary fractions drifts.
  return costs.length === 0 ? null : costs.reduce((sum, cost) => sum + Math.round(cost * CENTS), 0) / CENTS;
}

function tripDetails(trip: TripEntry): JsonObject {
  const { start, end, durationMin, inferred } = trip;
  return {
    ...{ start, end, from: nameOf(trip.from), to: nameOf(trip.to), durationMin, inferred },
    ...{ levelFrom: valueOf(trip.levelFrom), levelTo: valueOf(trip.levelTo) },
    ...{ energyKwh: valueOf(trip.energyKwh), consumption: valueOf(trip.consumption) },
    purpose: trip.purpose?.value ?? null,
  };
}

function chargeDetails(charge: ChargeEntry): JsonObject {
  const { start, end, method, reason, gridKwh, solarKwh, cost } = charge;
  return {
    ...{ start, end, place: nameOf(charge.place), method, reason, gridKwh, solarKwh },
    ...{ levelFrom: valueOf(charge.levelFrom), levelTo: valueOf(charge.levelTo) },
    ...{ batteryKwh: valueOf(charge.batteryKwh), source: charge.drawnKwh?.source ?? null },
    ...{ cost: cost?.amount ?? null, currency: cost?.currency ?? null },
  };
}

function capacityDetails({ capacityKwh, firstKwh, firstAt, lossPercent, charges }: BatteryHealth): JsonObject | null {
  if (capacityKwh === null) return null;
  const [low, high] = capacityKwh.band90;
  return { low, high, firstKwh, firstAt, lossPercent: lossPercent?.value ?? null, charges };
}

/** Returns the name that the user has given to a place: where something else is, nobody but the position tells. */
function nameOf(place: EntryPlace | null): string | null {
  return place?.name ?? null;
}
