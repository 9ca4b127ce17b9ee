import { BEARER, FORM_PAIR, JWT } from "../../support/redact.js";
import { LIMITS } from "./places.js";
import { roleOf, type Axis, type Role } from "./roles.js";
import { REDACTED, treatDegrees, treatRoleText, type Treatment } from "./treatment.js";

/** Of any length, where the pattern for short texts gives up. */
const LONG_JWT = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
/** Not `\b`: BMW joins VIN and customer id by an underscore. */
const VIN_WORD = /(?<![A-Z\d])[A-HJ-NPR-Z\d]{17}(?![A-Z\d])/gi;
/** With dashes wherever it stands, without them only as a word of its own. */
const ID_WORD = /[\dA-F]{8}-(?:[\dA-F]{4}-){3}[\dA-F]{12}|(?<![A-Z\d])[\dA-F]{32}(?![A-Z\d])/gi;
/** Ordinary words of 17 letters stay. */
const FEWEST_DIGITS = 3;
/**
 * A name and its value in a text: `latitude=48.1`, `city: "Oslo"`, also in JSON that was cut off, and in such JSON
 * inside a text. Groups: name, what stands between, quote and content, bare value, opening of an object.
 */
const PAIR =
  /(?<![\w.-])([A-Z_][\w.-]{0,199})((?:\\*["'])?\s*[=:]\s*)(?:(\\*["'])((?:(?!\3)[^]){0,4000})|([^\s"'\\&,;{}()[\]]{1,2000})|([{[]))/gi;
/** Two numbers with at least four decimals beside each other. */
const PLACE_PAIR = /(?<![\d.])(-?\d{1,3}\.\d{4,})([,;\s]{1,5})(-?\d{1,3}\.\d{4,})(?![\d.])/g;

/** A text that is not JSON, with everything delicate in it treated. */
export function treatText(text: string, treatment: Treatment): string {
  return treatment.rest(
    treatPlacePairs(treatWords(treatPairs(treatTokens(text, treatment), treatment), treatment), treatment),
  );
}

function treatTokens(text: string, treatment: Treatment): string {
  return text
    .replace(LONG_JWT, (token) => treatment.secret(token))
    .replace(JWT, (token) => treatment.secret(token))
    .replace(BEARER, (match, scheme: string) => {
      const word = match.slice(scheme.length).trim();
      return isCredential(scheme, word) ? `${scheme} ${treatment.secret(word)}` : match;
    });
}

/** "Basic inspection" is a service, not a login. */
function isCredential(scheme: string, word: string): boolean {
  return word !== REDACTED && (scheme.toLowerCase() === "bearer" || /^(?=.*[\d=])[\w+/=-]{8,}$/.test(word));
}

function treatPairs(text: string, treatment: Treatment): string {
  /** Of the object that was opened last: `"latitude": {"value": 48.1`. */
  let around: Role | null = null;
  const pairs = text.replace(
    PAIR,
    (match: string, name: string, between: string, ...groups: (string | undefined)[]) => {
      const [quote, content, bare] = groups;
      const role = roleOf(name, name === "value" ? around : null);
      const value = content ?? bare;
      if (value === undefined) around = role;
      if (value === undefined || role === null) return match;
      return `${name}${between}${quote ?? ""}${treatRoleText(role, value, treatment)}`;
    },
  );
  return pairs.replace(FORM_PAIR, (match, name: string, between: string) => {
    const word = match.slice(name.length + between.length);
    const isDone = word === REDACTED || roleOf(name) === "customer";
    return isDone ? match : `${name}${between}${treatment.secret(word)}`;
  });
}

function treatWords(text: string, treatment: Treatment): string {
  return text
    .replace(ID_WORD, (id) => treatment.customer(id))
    .replace(VIN_WORD, (word) => (word.replace(/\D/g, "").length < FEWEST_DIGITS ? word : treatment.vin(word)));
}

function treatPlacePairs(text: string, treatment: Treatment): string {
  return text.replace(PLACE_PAIR, (match, first: string, between: string, second: string) => {
    const pair = treatPlacePair(Number(first), Number(second), treatment);
    return pair === null ? match : pair.join(between);
  });
}

/** Latitude and longitude in the order that fits; `null` if the numbers can be no place. */
export function treatPlacePair(first: number, second: number, treatment: Treatment): [number, number] | null {
  const isTurned = Math.abs(first) > LIMITS.latitude;
  const [one, other]: [Axis, Axis] = isTurned ? ["longitude", "latitude"] : ["latitude", "longitude"];
  if (Math.abs(first) > LIMITS[one] || Math.abs(second) > LIMITS[other]) return null;
  return [treatDegrees(one, first, treatment), treatDegrees(other, second, treatment)];
}
