import { isInventedId, isInventedVin } from "./pseudonyms.js";
import { LIMITS, type RecordedCoordinates } from "./coordinate-shift.js";
import type { CoordinateAxis } from "./key-role.js";
import type { Treatment } from "./treatment.js";

/** Names the kinds of sensitive data. */
export type SensitiveKind = "VIN" | "customer id" | "token" | "coordinate" | "name or address";

/** Matches numbers precise enough to be recognised as coordinates anywhere: 48 may be a battery level as well. */
const DISTINCTIVE_NUMBER = /\.\d{4}|e-/;
/** Matches texts distinctive enough to be recognised anywhere; ordinary words and short numbers are not. */
const DISTINCTIVE_TEXT = /^(?=.*\d)(?=.*[a-z])[^]{6,}$|^(?=.*[a-z])[^]{16,}$/i;
const UUID = /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i;
/** Matches a postal address: a word and a number. A descriptor or the name of a thing must not match. */
const DISTINCTIVE_ADDRESS = /^(?=.*\d)(?=.*[a-z])(?=\S.*\s.*\S)[^]{6,}$/i;
const LONG_NUMBER = /^\d{9,}$/;
const DECIMAL = /-?\d+(?:\.\d{4,}(?:e[+-]?\d+)?|(?:\.\d+)?e-?\d+)/gi;
const SYNTAX = /[\\^$.*+?()[\]{}|/-]/g;

/** Collects the sensitive data of a recording, to recognise it where nothing but its form shows it. */
export class SensitiveData implements Treatment {
  readonly coordinates: RecordedCoordinates & Readonly<Record<CoordinateAxis, Set<number>>> = {
    latitude: new Set(),
    longitude: new Set(),
  };
  /** Invented VINs and ids that are in use already. */
  readonly invented = new Set<string>();
  /** In lower case. */
  readonly #words = new Map<string, SensitiveKind>();
  readonly #axes = new Map<number, CoordinateAxis>();
  #pattern: RegExp | null = null;

  vin(vin: string): string {
    if (isInventedVin(vin)) this.invented.add(vin.toUpperCase());
    else this.#know(vin, "VIN");
    return vin;
  }

  customer(id: string): string {
    if (isInventedId(id)) this.invented.add(id);
    // UUIDs are found by their form.
    else if (!UUID.test(id) && (DISTINCTIVE_TEXT.test(id) || LONG_NUMBER.test(id))) this.#know(id, "customer id");
    return id;
  }

  secret(text: string): string {
    if (DISTINCTIVE_TEXT.test(text)) this.#know(text, "token");
    return text;
  }

  place(axis: CoordinateAxis, degrees: number): number {
    if (Math.abs(degrees) > LIMITS[axis]) return degrees;
    this.coordinates[axis].add(degrees);
    if (DISTINCTIVE_NUMBER.test(String(degrees))) this.#axes.set(degrees, axis);
    return degrees;
  }

  personal(text: string): string {
    if (DISTINCTIVE_ADDRESS.test(text)) this.#know(text, "name or address");
    return text;
  }

  number(value: number): number {
    return value;
  }

  rest(text: string): string {
    return text;
  }

  /** Returns the axis of a number that equals one of the coordinates, whatever its name; `null` if none does. */
  axisOf(value: number): CoordinateAxis | null {
    return this.#axes.get(value) ?? null;
  }

  /** Replaces everything collected in a text. */
  replaceIn(
    text: string,
    word: (word: string, kind: SensitiveKind) => string,
    place: (axis: CoordinateAxis, degrees: number) => number,
  ) {
    const replaced = text.replace(this.#wordPattern(), (found) => {
      const kind = this.#words.get(found.toLowerCase());
      return kind === undefined ? found : word(found, kind);
    });
    return this.#axes.size === 0 ? replaced : replaced.replace(DECIMAL, (found) => this.#placeIn(found, place));
  }

  #placeIn(found: string, place: (axis: CoordinateAxis, degrees: number) => number): string {
    const value = Number(found);
    const known = this.#axes.has(value) ? value : Math.abs(value);
    const axis = this.axisOf(known);
    return axis === null ? found : String(place(axis, known));
  }

  #know(word: string, kind: SensitiveKind): void {
    this.#words.set(word.toLowerCase(), kind);
    this.#pattern = null;
  }

  /** Returns the pattern of all words, longer ones first, because one may contain another. */
  #wordPattern(): RegExp {
    if (this.#pattern !== null) return this.#pattern;
    const words = [...this.#words.keys()].sort((one, other) => other.length - one.length);
    const alternatives = words.map((word) => word.replace(SYNTAX, "\\$&"));
    this.#pattern = new RegExp(alternatives.length === 0 ? "(?!)" : alternatives.join("|"), "gi");
    return this.#pattern;
  }
}
