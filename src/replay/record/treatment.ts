import { REDACTED } from "../../support/delicate-text.js";
import { parseVin } from "../../support/vin.js";
import type { Axis, Role } from "./roles.js";

/** Stands where a name or an address stood. */
export const REMOVED = "[removed]";
/** Stands where a number stood that is no place on earth, so that it is still none. */
export const NOWHERE = 999;

/**
 * What is done with each delicate part of a recording; the walk finds the parts. Every function returns what stands
 * there afterwards: the anonymiser something else, those who only look the same.
 */
export interface Treatment {
  vin(vin: string): string;
  /** A GCID or another UUID. */
  customer(id: string): string;
  /** A token, code or password. */
  secret(text: string): string;
  /** Degrees; never 0 or 999, which cars and this program use for "no position". */
  place(axis: Axis, degrees: number): number;
  /** A name, an address or a part of one. */
  personal(text: string): string;
  /** Any other number. */
  number(value: number): number;
  /** A text after its parts were treated: the place for what only the whole recording tells. */
  rest(text: string): string;
}

/** JSON's numbers, also as text. */
const NUMBER = /^\s*-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\s*$/;
const HAS_ID = /[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}/i;

export function treatNumber(role: Role | null, value: number, treatment: Treatment): number | string {
  switch (role) {
    case "latitude":
    case "longitude":
      return treatDegrees(role, value, treatment);
    case null:
      return treatment.number(value);
    default:
      return treatRoleText(role, String(value), treatment);
  }
}

/** A text under a key with a role. */
export function treatRoleText(role: Role, text: string, treatment: Treatment): string {
  if (text.trim() === "" || text === REMOVED || text === REDACTED) return text;
  switch (role) {
    case "secret":
      return treatment.secret(text);
    case "vin":
      return parseVin(text.trim()) === null ? treatment.personal(text) : treatment.vin(text.trim());
    case "customer":
      return HAS_ID.test(text) ? text : treatment.customer(text);
    case "personal":
      return treatment.personal(text);
    default:
      return treatDegreesText(role, text, treatment);
  }
}

export function treatDegrees(axis: Axis, value: number, treatment: Treatment): number {
  return value === 0 || value === NOWHERE ? value : treatment.place(axis, value);
}

/** Degrees in any other writing (`N48 08.229`) are taken away, because nobody knows what they are. */
function treatDegreesText(axis: Axis, text: string, treatment: Treatment): string {
  if (NUMBER.test(text)) return String(treatDegrees(axis, Number(text), treatment));
  return /\d/.test(text) ? treatment.personal(text) : text;
}
