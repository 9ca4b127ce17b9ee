import { partsOfRows, QUARTER_MS, type EnergyPart } from "./energy-course.js";
import { spanOf, type ChargeEntry } from "./entry.js";
import type { JournalSettings } from "./journal-settings.js";
import { tariffAt, windowAt, type Tariff, type TariffWindow } from "./tariffs.js";

/** Returns the price by message at a time [ms]; `null` if none is known. */
export type PriceByMessage = (time: number) => number | null;

/** Holds where messages tell the price, and the user states no tariff at all. */
export const BY_MESSAGE: Tariff = { place: null, price: "message", windows: [], solarPrice: 0 };
/** Part of the energy from the grid of which the price has to be known; the rest is taken to cost as much. */
const LEAST_PRICED = 0.9;
const CENTS = 100;
/** Less than a rounding of binary fractions, more than their error. */
const HALF_CENT_SLACK = 1e-7;

/** Returns a charge with what it has cost; BMW's own reckoning stays where no price is known. */
export function withCost(charge: ChargeEntry, settings: JournalSettings, byMessage: PriceByMessage): ChargeEntry {
  const { tariffs, currency } = settings;
  const tariff = tariffs.length === 0 ? BY_MESSAGE : tariffAt(charge.place, tariffs);
  const parts = pricedParts(charge, tariff, settings.zone, byMessage);
  const amount = tariff === null || parts.length === 0 ? null : amountOf(parts, tariff);
  if (amount === null) return charge.cost?.source === "chargingHistory" ? charge : { ...charge, cost: null };
  return { ...charge, cost: { amount, currency, source: tariff?.price === "message" ? "price" : "tariff" } };
}

/** Says of the energy of a quarter of an hour what it costs. */
interface PricedPart {
  /** From the grid [kWh]. */
  readonly grid: number;
  readonly solarKwh: number;
  /** Window of the tariff that holds; `null`: none of them. */
  readonly window: TariffWindow | null;
  /** Per kWh from the grid; `null`: unknown. */
  readonly price: number | null;
}

/** Returns the energy of a charge with its prices. @param tariff `null`: none holds there */
export function pricedParts(
  charge: ChargeEntry,
  tariff: Tariff | null,
  zone: string,
  byMessage: PriceByMessage,
): PricedPart[] {
  return partsOfRows(charge.detail.parts, spanOf(charge).from).map((part) => {
    const window = tariff && windowAt(tariff, part.quarter * QUARTER_MS, zone);
    const told = tariff?.price === "message" ? priceTold(part, byMessage) : (tariff?.price ?? null);
    return { grid: part.kwh - part.solarKwh, solarKwh: part.solarKwh, window, price: window?.price ?? told };
  });
}

/** Returns the amount, to the cent; `null` if the price of too much of the energy is not known. */
function amountOf(parts: readonly PricedPart[], { solarPrice }: Tariff): number | null {
  const total = (of: (part: PricedPart) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  const gridKwh = total(({ grid }) => grid);
  const pricedKwh = total(({ grid, price }) => (price === null ? 0 : grid));
  if (pricedKwh < LEAST_PRICED * gridKwh) return null;
  const paid = total(({ grid, price }) => grid * (price ?? 0));
  const ofGrid = pricedKwh > 0 ? (paid * gridKwh) / pricedKwh : 0;
  return toCents(ofGrid + total(({ solarKwh }) => solarKwh) * solarPrice);
}

/** Returns the mean price of a part by messages: as it was when the energy flowed, else by the time of the part. */
function priceTold({ pricedKwh, paid, quarter }: EnergyPart, byMessage: PriceByMessage): number | null {
  return pricedKwh > 0 ? paid / pricedKwh : byMessage(quarter * QUARTER_MS);
}

/** Rounds an amount to the cent. */
export function toCents(amount: number): number {
  // No "-0", which would look different from 0.
  return Math.round(amount * CENTS + Math.sign(amount) * HALF_CENT_SLACK) / CENTS + 0;
}
