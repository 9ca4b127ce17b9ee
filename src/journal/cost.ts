import { partsOfRows, QUARTER_MS, sumOf, type EnergyPart } from "./energy-course.js";
import { spanOf, type ChargeEntry } from "./entry.js";
import type { JournalSettings } from "./journal-settings.js";
import { priceByClock, tariffAt, type Tariff } from "./tariffs.js";

/** Returns the price by message at a time [ms]; `null` if none is known. */
export type PriceByMessage = (time: number) => number | null;

/** Holds where messages tell the price, and the user states no tariff at all. */
const BY_MESSAGE: Tariff = { place: null, price: "message", windows: [], solarPrice: 0 };
/** Part of the energy from the grid of which the price has to be known; the rest is taken to cost as much. */
const LEAST_PRICED = 0.9;
const CENTS = 100;
/** Less than a rounding of binary fractions, more than their error. */
const HALF_CENT_SLACK = 1e-7;

/** Returns a charge with what it has cost; BMW's own reckoning stays where no price is known. */
export function withCost(charge: ChargeEntry, settings: JournalSettings, byMessage: PriceByMessage): ChargeEntry {
  const { tariffs, currency } = settings;
  const tariff = tariffs.length === 0 ? BY_MESSAGE : tariffAt(charge.place, tariffs);
  const parts = partsOfRows(charge.detail.parts, spanOf(charge).from);
  const amount = tariff === null || parts.length === 0 ? null : amountOf(parts, tariff, settings.zone, byMessage);
  if (amount === null) return charge.cost?.source === "chargingHistory" ? charge : { ...charge, cost: null };
  return { ...charge, cost: { amount, currency, source: tariff?.price === "message" ? "price" : "tariff" } };
}

/** Returns the amount, to the cent; `null` if the price of too much of the energy is not known. */
function amountOf(
  parts: readonly EnergyPart[],
  tariff: Tariff,
  zone: string,
  byMessage: PriceByMessage,
): number | null {
  let [paid, pricedKwh, gridKwh] = [0, 0, 0];
  for (const part of parts) {
    const grid = part.kwh - part.solarKwh;
    const price = priceByClock(tariff, part.quarter * QUARTER_MS, zone) ?? priceTold(part, byMessage);
    gridKwh += grid;
    pricedKwh += price === null ? 0 : grid;
    paid += price === null ? 0 : grid * price;
  }
  if (pricedKwh < LEAST_PRICED * gridKwh) return null;
  const ofGrid = pricedKwh > 0 ? (paid * gridKwh) / pricedKwh : 0;
  return toCents(ofGrid + (sumOf(parts) - gridKwh) * tariff.solarPrice);
}

/** Returns the mean price of a part by messages: as it was when the energy flowed, else by the time of the part. */
function priceTold({ pricedKwh, paid, quarter }: EnergyPart, byMessage: PriceByMessage): number | null {
  return pricedKwh > 0 ? paid / pricedKwh : byMessage(quarter * QUARTER_MS);
}

function toCents(amount: number): number {
  // No "-0", which would look different from 0.
  return Math.round(amount * CENTS + Math.sign(amount) * HALF_CENT_SLACK) / CENTS + 0;
}
