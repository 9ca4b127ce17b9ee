import { REDACTED } from "../../support/sensitive-text.js";
import { parseVin } from "../../support/vin.js";
import type { CoordinateAxis, KeyRole } from "./key-role.js";

/** Replacement for a name or an address. */
export const REMOVED = "[removed]";
/** Replacement for a number that is no coordinate on earth, so that it still is none. */
export const NOWHERE = 999;

/**
 * Treats each kind of sensitive data in a recording, which the walk finds. Every function returns the replacement: the
 * anonymiser another value, a mere inspection the same one.
 */
export interface Treatment {
  vin(vin: string): string;
  /** A GCID or another UUID. */
  customer(id: string): string;
  /** A token, code or password. */
  secret(text: string): string;
  /** Treats degrees; never 0 or 999, which cars and this program use for "no position". */
  place(axis: CoordinateAxis, degrees: number): number;
  /** Treats a name, an address or a part of one. */
  personal(text: string): string;
  /** Any other number. */
  number(value: number): number;
  /** Treats a text after its parts: for what only the whole recording reveals. */
  rest(text: string): string;
}

/** Matches JSON's numbers, also as text. */
const NUMBER = /^\s*-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\s*$/;
const HAS_ID = /[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}/i;

export function treatNumber(role: KeyRole | null, value: number, treatment: Treatment): number | string {
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

/** Treats a text under a key with a role. */
export function treatRoleText(role: KeyRole, text: string, treatment: Treatment): string {
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

export function treatDegrees(axis: CoordinateAxis, value: number, treatment: Treatment): number {
  return value === 0 || value === NOWHERE ? value : treatment.place(axis, value);
}

/** Treats degrees as text; removes any other notation (`N48 08.229`), because its meaning is unknown. */
function treatDegreesText(axis: CoordinateAxis, text: string, treatment: Treatment): string {
  if (NUMBER.test(text)) return String(treatDegrees(axis, Number(text), treatment));
  return /\d/.test(text) ? treatment.personal(text) : text;
}
