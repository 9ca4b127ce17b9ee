import { CarDataError } from "../support/errors.js";
import { momentOf, validTime } from "../support/iso-time.js";
import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import { needed, object, storedList } from "../support/stored-schema.js";
import type { EnergyOrigin } from "./energy-course.js";
import { MOST_PRICE } from "./limits.js";
import { Steps } from "./steps.js";

/** What the sun gives to a car: power, or its share of what the car draws. */
interface SolarPart {
  readonly kw: number | null;
  readonly share: number | null;
}

/** Says of a span of time where its energy comes from. */
export interface OriginSpan extends EnergyOrigin {
  readonly from: number;
  readonly to: number;
}

/** A price per kWh from a time on [ms]. */
export interface PriceStep {
  readonly from: number;
  readonly price: number;
}

/** Prices of ten years by the hour. */
const MOST_PRICES = 90_000;
const MOST_SOLAR = 500;
/** Prices that outlive a restart: those of about three weeks by the hour. */
const MOST_SAVED = 500;
/** Limits how long a message about the sun holds [ms]: a flow that has stopped says nothing of the clouds. */
const SOLAR_HOLDS_MS = 30 * 60_000;
const MOST_KW = 1000;

const readPrices = storedList(object({ from: needed(validTime), value: needed(finiteNumber) }), MOST_SAVED);
const readSolar = storedList(
  object({ from: needed(validTime), value: needed(object({ kw: finiteNumber, share: finiteNumber })) }),
  MOST_SOLAR,
);

/**
 * Reads a price per kWh, also one with a decimal comma; below 0 the grid pays.
 * @throws CarDataError `price_invalid`
 */
export function parsePrice(value: unknown): number {
  const price = finiteNumber(typeof value === "string" ? value.trim().replace(",", ".") : value);
  if (price === null || Math.abs(price) > MOST_PRICE) throw new CarDataError("price_invalid", { price: textOf(value) });
  return price;
}

/**
 * Reads a list of prices: `{from, price}` each, `from` an ISO time.
 * @throws CarDataError `price_invalid`
 */
export function parsePrices(value: unknown): PriceStep[] {
  if (!Array.isArray(value) || value.length > MOST_PRICES) throw new CarDataError("price_invalid", { price: "?" });
  return value.map((one: unknown) => {
    const [time, price] = isObject(one) ? [one["from"], one["price"]] : [];
    const from = momentOf(time);
    if (from === null) throw new CarDataError("price_invalid", { price: `from: ${textOf(time)}` });
    return { from, price: parsePrice(price) };
  });
}

/** Returns what was told for an error. */
function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : typeof value;
}

/** Holds what messages say of the energy: its price, and what the sun gives of it. */
export class EnergyOrigins {
  readonly #prices = new Steps<number>(MOST_PRICES);
  readonly #solar = new Steps<SolarPart>(MOST_SOLAR);

  /** Sets the price per kWh from a time on. */
  price({ from, price }: PriceStep): void {
    this.#prices.set(from, price);
  }

  /**
   * Sets what the sun gives from now on: `{kw}` or `{share}`, from 0 to 1.
   * @throws CarDataError `solar_invalid`
   */
  solar({ kw: power, share: part }: JsonObject, now: number): void {
    const [kw, share] = [finiteNumber(power), finiteNumber(part)];
    const isPower = kw !== null && kw >= 0 && kw <= MOST_KW && share === null;
    const isShare = share !== null && share >= 0 && share <= 1 && kw === null;
    if (!isPower && !isShare) throw new CarDataError("solar_invalid");
    this.#solar.set(now, { kw, share });
  }

  /** Returns the price at a time; `null` if none is known. */
  priceAt(time: number): number | null {
    return this.#prices.at(time)?.value ?? null;
  }

  /** Cuts a span of time wherever what is known of its energy changes. @param kw power of the car, if known */
  spans(from: number, to: number, kw: number | null): OriginSpan[] {
    const inside = [...this.#prices.changesWithin(from, to), ...this.#solar.changesWithin(from, to)];
    const cuts = [from, ...new Set(inside.sort((one, other) => one - other)), to];
    return cuts.slice(1).map((end, index) => {
      const begin = cuts[index] ?? from;
      return { from: begin, to: end, price: this.priceAt(begin), solarShare: this.#solarShare(begin, kw) };
    });
  }

  save(): JsonObject {
    return { prices: this.#prices.all.slice(-MOST_SAVED), solar: this.#solar.all };
  }

  restore(saved: unknown): void {
    const { prices, solar } = isObject(saved) ? saved : {};
    for (const { from, value } of readPrices(prices)) this.#prices.set(from, value);
    for (const { from, value } of readSolar(solar)) this.#solar.set(from, value);
  }

  clear(): void {
    this.#prices.clear();
    this.#solar.clear();
  }

  #solarShare(time: number, kw: number | null): number {
    const step = this.#solar.at(time);
    if (step === null || time - step.from > SOLAR_HOLDS_MS) return 0;
    const { share, kw: sun } = step.value;
    if (share !== null) return share;
    return kw === null || kw <= 0 ? 0 : Math.min(1, (sun ?? 0) / kw);
  }
}
