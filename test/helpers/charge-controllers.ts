/*
 * What evcc and openWB make of what a broker hands them, in a few rules: those of evcc's MQTT source and vehicles of type
 * `custom` (August 2026) and of openWB's SoC module MQTT (2.3). `docs/other-programs.md` says them in words.
 */

/** What evcc knows of a value: what it means, or that it is none, and why. */
export type EvccValue =
  | { readonly kind: "value"; readonly value: number | string | boolean }
  | { readonly kind: "not available" }
  | { readonly kind: "error" };

type Meaning = (text: string) => number | string | boolean | null;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const number: Meaning = (text) => (NUMBER.test(text) ? Number(text) : null);
const whole: Meaning = (text) => (NUMBER.test(text) ? Math.trunc(Number(text)) : null);

/** Only the first letter counts, and D is charging as well as C. */
const letter: Meaning = (text) => {
  const word = text.trim().toUpperCase();
  if (/^[AB]/.test(word)) return word.charAt(0);
  return /^[CD]/.test(word) ? (/^[CD]1$/.test(word) ? "B" : "C") : null;
};

const MEANINGS = {
  soc: number,
  range: whole,
  odometer: number,
  limitSoc: whole,
  status: letter,
  finishTime: (text) => (RFC_3339.test(text) && !Number.isNaN(Date.parse(text)) ? text : null),
  climater: (text) => (/^(true|1|t)$/i.test(text) ? true : /^(false|0|f)$/i.test(text) ? false : null),
} satisfies Record<string, Meaning>;
export type EvccName = keyof typeof MEANINGS;
export const EVCC_NAMES = Object.keys(MEANINGS) as EvccName[];

/** One value of a vehicle of evcc, as its MQTT source keeps it. */
export class EvccSource {
  #text: string | null = null;

  constructor(private readonly name: EvccName) {}

  /** Takes a message; an empty one is left out, so that the value before stays. */
  receive(text: string): void {
    if (text !== "") this.#text = text;
  }

  read(): EvccValue {
    if (this.#text === "ErrNotAvailable") return { kind: "not available" };
    const value = this.#text === null ? null : MEANINGS[this.name](this.#text);
    return value === null ? { kind: "error" } : { kind: "value", value };
  }
}

const MOST_SECONDS = 1e10;
const TAKEN_BY_OPENWB: Readonly<Record<string, (value: number) => boolean>> = {
  soc: (value) => value >= 0 && value <= 100,
  range: (value) => value >= 0 && value <= 1000,
  odometer: (value) => value >= 0,
  // Milliseconds would be a time thousands of years ahead, before which no level is asked for again.
  soc_timestamp: (value) => Number.isInteger(value) && value > 0 && value < MOST_SECONDS,
};

/** Returns whether openWB takes a message: a number as JSON, within its bounds. */
export function isTakenByOpenWb(name: string, text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "number" && TAKEN_BY_OPENWB[name]?.(value) === true;
  } catch {
    return false;
  }
}
