import { finiteNumber, isObject } from "../support/json.js";
import { needed, object, storedList } from "../support/stored-schema.js";
import { rounded } from "./entry.js";

/**
 * Energy that was drawn in one quarter of an hour of the clock. Tariffs change at a quarter in every zone, so that a cost
 * can be reckoned from the parts at any later time.
 */
export interface EnergyPart {
  /** Number of the quarter since 1970. */
  readonly quarter: number;
  /** Drawn from grid and sun [kWh]. */
  readonly kwh: number;
  readonly solarKwh: number;
  /** Part of the energy from the grid for which a price by message was known [kWh]. */
  readonly pricedKwh: number;
  /** Price of that part. */
  readonly paid: number;
}

/** Holds what messages said of the energy of a moment. */
export interface EnergyOrigin {
  /** Per kWh from the grid; `null`: unknown. */
  readonly price: number | null;
  /** Share from the sun, 0 to 1. */
  readonly solarShare: number;
}

export const QUARTER_MS = 15 * 60_000;
/** Limits the quarters of one charge: nobody charges longer than ten days. */
const MOST_PARTS = 960;
/** Limits how late a part of a charge can be: with pauses it goes on for longer, but not for a hundred days. */
const MOST_QUARTERS = 9600;

const readPart = object({
  quarter: needed(finiteNumber),
  kwh: needed(finiteNumber),
  solarKwh: needed(finiteNumber),
  pricedKwh: needed(finiteNumber),
  paid: needed(finiteNumber),
});
const readParts = storedList(readPart, MOST_PARTS);

/** Collects the energy of one charge by quarters of an hour. */
export class EnergyCourse {
  readonly #parts: EnergyPart[] = [];
  /** Beginning and end of what was added [ms]. */
  #span: { readonly from: number; readonly to: number } | null = null;

  get kwh(): number {
    return sumOf(this.#parts);
  }

  /** Adds energy that was drawn evenly between two times [ms]. */
  add(from: number, to: number, kwh: number, origin: EnergyOrigin): void {
    if (!(kwh > 0) || !Number.isFinite(kwh)) return;
    const begin = Math.min(from, to);
    const first = Math.floor(begin / QUARTER_MS);
    const last = Math.max(first, Math.ceil(to / QUARTER_MS) - 1);
    for (let quarter = first; quarter <= last && quarter - first < MOST_PARTS; quarter++)
      this.#addTo(quarter, kwh * shareIn(quarter, begin, to), origin);
    this.#span = { from: Math.min(begin, this.#span?.from ?? begin), to: Math.max(to, this.#span?.to ?? to) };
  }

  /** Returns the parts until `end` [ms], which may become known only after more was added. */
  partsUntil(end: number): EnergyPart[] {
    const span = this.#span;
    if (span === null) return [];
    return this.#parts.flatMap((part) => {
      const [begin, close] = [part.quarter * QUARTER_MS, (part.quarter + 1) * QUARTER_MS];
      const [from, to] = [Math.max(begin, span.from), Math.min(close, span.to)];
      if (to <= end) return [part];
      return end <= from ? [] : [scaledPart(part, (end - from) / (to - from))];
    });
  }

  clear(): void {
    this.#parts.length = 0;
    this.#span = null;
  }

  save(): object {
    return { parts: this.#parts, ...this.#span };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#parts.splice(0, Infinity, ...readParts(saved["parts"]));
    const [from, to] = [finiteNumber(saved["from"]), finiteNumber(saved["to"])];
    this.#span = from === null || to === null ? null : { from, to };
  }

  #addTo(quarter: number, kwh: number, { price, solarShare }: EnergyOrigin): void {
    const index = this.#parts.findIndex((part) => part.quarter === quarter);
    const former = this.#parts[index] ?? { quarter, kwh: 0, solarKwh: 0, pricedKwh: 0, paid: 0 };
    const solarKwh = kwh * Math.min(1, Math.max(0, solarShare));
    const gridKwh = kwh - solarKwh;
    const part = {
      quarter,
      kwh: former.kwh + kwh,
      solarKwh: former.solarKwh + solarKwh,
      pricedKwh: former.pricedKwh + (price === null ? 0 : gridKwh),
      paid: former.paid + (price === null ? 0 : gridKwh * price),
    };
    if (index >= 0) this.#parts[index] = part;
    else if (this.#parts.length < MOST_PARTS) this.#parts.push(part);
  }
}

/** Returns the share of a span of time that lies in a quarter; a moment lies in it as a whole. */
function shareIn(quarter: number, from: number, to: number): number {
  if (to <= from) return 1;
  const begin = Math.max(from, quarter * QUARTER_MS);
  const end = Math.min(to, (quarter + 1) * QUARTER_MS);
  return Math.max(0, end - begin) / (to - from);
}

/** Returns the drawn energy [kWh]. */
export function sumOf(parts: readonly EnergyPart[]): number {
  return parts.reduce((sum, { kwh }) => sum + kwh, 0);
}

/** Returns a part without sun; the price of what came from the grid holds for all of it. */
export function withoutSun(part: EnergyPart): EnergyPart {
  const gridKwh = part.kwh - part.solarKwh;
  const factor = gridKwh > 0 ? part.kwh / gridKwh : 1;
  return { ...part, solarKwh: 0, pricedKwh: part.pricedKwh * factor, paid: part.paid * factor };
}

function scaledPart(part: EnergyPart, factor: number): EnergyPart {
  const { quarter, kwh, solarKwh, pricedKwh, paid } = part;
  return {
    quarter,
    kwh: kwh * factor,
    solarKwh: solarKwh * factor,
    pricedKwh: pricedKwh * factor,
    paid: paid * factor,
  };
}

/** Returns the parts in which the first of the energy has flowed [kWh]. */
export function firstParts(parts: readonly EnergyPart[], kwh: number): EnergyPart[] {
  let left = kwh;
  return parts.flatMap((part) => {
    const share = Math.min(1, left / part.kwh);
    left -= part.kwh;
    return share > 0 ? [scaledPart(part, share)] : [];
  });
}

/** Returns the parts with another sum [kWh], of the same course. */
export function scaledTo(parts: readonly EnergyPart[], kwh: number): EnergyPart[] {
  const sum = sumOf(parts);
  return sum > 0 ? parts.map((part) => scaledPart(part, kwh / sum)) : [];
}

/** Returns parts of energy that was drawn evenly, where nothing else is known. */
export function evenParts(from: number, to: number, kwh: number): EnergyPart[] {
  const course = new EnergyCourse();
  course.add(from, to, kwh, { price: null, solarShare: 0 });
  return course.partsUntil(Infinity);
}

const PART_DIGITS = 5;

/** Returns the rows of an entry; quarters count from that of its start [ms]. Members that are 0 at the end are left out. */
export function rowsOfParts(parts: readonly EnergyPart[], start: number): number[][] {
  const first = Math.floor(start / QUARTER_MS);
  return parts.map(({ quarter, kwh, solarKwh, pricedKwh, paid }) => {
    const row = [quarter - first, ...[kwh, solarKwh, pricedKwh, paid].map((value) => rounded(value, PART_DIGITS))];
    while (row.length > 2 && row.at(-1) === 0) row.pop();
    return row;
  });
}

/** Reads the rows of an entry; leaves out what is none. */
export function partsOfRows(rows: readonly (readonly (number | null)[])[], start: number): EnergyPart[] {
  const first = Math.floor(start / QUARTER_MS);
  return rows.flatMap(([quarter, kwh, solarKwh, pricedKwh, paid]) => {
    if (typeof quarter !== "number" || typeof kwh !== "number" || !isPart(quarter, kwh)) return [];
    return [{ quarter: first + quarter, kwh, solarKwh: solarKwh ?? 0, pricedKwh: pricedKwh ?? 0, paid: paid ?? 0 }];
  });
}

/** Returns whether a row can be a part of a charge: a file from elsewhere may hold any number. */
function isPart(quarter: number, kwh: number): boolean {
  return Number.isInteger(quarter) && quarter >= 0 && quarter <= MOST_QUARTERS && kwh >= 0;
}
