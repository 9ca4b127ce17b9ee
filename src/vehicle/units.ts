import { KM_PER_MILE } from "../support/distances.js";

/** Maps BMW's spellings, in lower case, to the canonical one; other units stay unchanged. */
const CANONICAL: ReadonlyMap<string, string> = new Map(
  Object.entries({
    percent: "%",
    kilometer: "km",
    kilometers: "km",
    kilometre: "km",
    kilometres: "km",
    km: "km",
    mile: "mi",
    miles: "mi",
    mi: "mi",
    "km/h": "km/h",
    kmh: "km/h",
    mph: "mph",
    celsius: "°C",
    "°c": "°C",
    degc: "°C",
    fahrenheit: "°F",
    "°f": "°F",
    degf: "°F",
    degree: "°",
    degrees: "°",
    kpa: "kPa",
    bar: "bar",
    psi: "psi",
    kwh: "kWh",
    wh: "Wh",
    kw: "kW",
    w: "W",
    v: "V",
    volt: "V",
    a: "A",
    ampere: "A",
    l: "L",
    liter: "L",
    liters: "L",
    litre: "L",
    litres: "L",
    gal: "gal",
    gallon: "gal",
    gallons: "gal",
    min: "min",
    minute: "min",
    minutes: "min",
    h: "h",
    hour: "h",
    hours: "h",
    s: "s",
    second: "s",
    seconds: "s",
    day: "days",
    days: "days",
    week: "weeks",
    weeks: "weeks",
    month: "months",
    months: "months",
  }),
);

const cache = new Map<string, string | null>();
const LARGEST_CACHE = 200;

/** Returns the canonical spelling of BMW's unit; `null` if there is none. */
export function canonicalUnit(unit: unknown): string | null {
  if (typeof unit !== "string") return null;
  const known = cache.get(unit);
  if (known !== undefined) return known;
  const trimmed = unit.trim();
  const canonical = trimmed === "" || trimmed === "null" ? null : (CANONICAL.get(trimmed.toLowerCase()) ?? trimmed);
  if (cache.size < LARGEST_CACHE) cache.set(unit, canonical);
  return canonical;
}

const KPA_PER_PSI = 6.894757293168;

const CONVERSIONS: ReadonlyMap<string, (value: number) => number> = new Map(
  Object.entries({
    "mi>km": (value) => value * KM_PER_MILE,
    "km>mi": (value) => value / KM_PER_MILE,
    "kW>W": (value) => value * 1000,
    "W>kW": (value) => value / 1000,
    "°F>°C": (value) => ((value - 32) * 5) / 9,
    "°C>°F": (value) => (value * 9) / 5 + 32,
    "gal>L": (value) => value * 3.785411784,
    "L>gal": (value) => value / 3.785411784,
    "psi>kPa": (value) => value * KPA_PER_PSI,
    "kPa>psi": (value) => value / KPA_PER_PSI,
    "mph>km/h": (value) => value * KM_PER_MILE,
    "km/h>mph": (value) => value / KM_PER_MILE,
  }),
);

/** Maps each unit to its counterpart in the other system. */
const TWINS: ReadonlyMap<string, string> = new Map(
  [...CONVERSIONS.keys()].map((pair) => pair.split(">") as [string, string]),
);

export function twinOf(unit: string): string | null {
  return TWINS.get(unit) ?? null;
}

/** Returns the resolution of a number: 1 of 98, 0.1 of 98.4. */
export function lastDigitOf(value: number): number {
  if (Number.isInteger(value)) return 1;
  const decimals = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;
  return 10 ** -decimals;
}

/** Returns the resolution of `value` in the unit `to`. */
export function stepIn(value: number, from: string, to: string): number {
  const conversion = CONVERSIONS.get(`${from}>${to}`);
  const digit = lastDigitOf(value);
  return conversion === undefined ? digit : Math.abs(conversion(digit) - conversion(0));
}

/** Rounds a converted number to the digits that the original supports: 98 mi of 158 km. */
export function roundedToStep(converted: number, step: number): number {
  const decimals = Math.max(0, Math.round(-Math.log10(step)));
  return Number(converted.toFixed(Math.min(6, decimals)));
}

/** Converts `value` to its counterpart unit `to`; `null` if the units are no counterparts. Rounds to a millionth. */
export function convert(value: number, from: string, to: string): number | null {
  const conversion = CONVERSIONS.get(`${from}>${to}`);
  const converted = conversion === undefined ? NaN : Math.round(conversion(value) * 1e6) / 1e6;
  return Number.isFinite(converted) ? converted : null;
}
