import { parseTopic } from "../../stream/value-topic.js";
import {
  replaceAddresses,
  replacePairs,
  replacePlaces,
  replaceTokens,
  replaceVins,
} from "../../support/sensitive-text.js";
import { isObject, parseJson } from "../../support/json.js";
import { LIMITS } from "./coordinate-shift.js";
import { roleOf, type CoordinateAxis, type KeyRole } from "./key-role.js";
import { treatDegrees, treatNumber, treatRoleText, type Treatment } from "./treatment.js";

/** BMW's payloads nest six deep. */
const DEEPEST = 100;

/**
 * Returns a copy of a recorded line with every sensitive part treated; for a single-value topic the topic names the
 * value.
 */
export function treatLine(line: unknown, treatment: Treatment): unknown {
  if (!isObject(line) || line["kind"] !== "stream") return treatValue(line, treatment);
  const { topic, payload, ...rest } = line;
  const { descriptor } = parseTopic(typeof topic === "string" ? topic : "");
  return {
    ...(treatValue(rest, treatment) as object),
    ...("topic" in line && { topic: treatValue(topic, treatment) }),
    ...("payload" in line && {
      payload: treatValue(payload, treatment, descriptor === null ? null : roleOf(descriptor)),
    }),
  };
}

/**
 * Returns a copy of a recorded value with every sensitive part treated: in keys and values, at any depth, and in JSON
 * inside a text.
 * @param role role given by the surrounding keys
 */
export function treatValue(value: unknown, treatment: Treatment, role: KeyRole | null = null, depth = 0): unknown {
  if (typeof value === "string") return treatString(value, treatment, role, depth);
  if (typeof value === "number") return treatNumber(role, value, treatment);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return "[too deep]";
  if (Array.isArray(value)) return treatArray(value, treatment, role, depth);
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [
    treatText(key, treatment),
    treatValue(member, treatment, roleOf(key, role), depth + 1),
  ]);
  return Object.fromEntries(members);
}

function treatString(text: string, treatment: Treatment, role: KeyRole | null, depth: number): string {
  const inner = /^\s*[[{]/.test(text) ? parseJson(text, DEEPEST - depth) : undefined;
  if (inner !== undefined) return JSON.stringify(treatValue(inner, treatment, role, depth + 1));
  return treatText(role === null ? text : treatRoleText(role, text, treatment), treatment);
}

function treatArray(array: readonly unknown[], treatment: Treatment, role: KeyRole | null, depth: number): unknown[] {
  const [first, second, ...more] = array;
  const isPair = role === null && isPrecise(first) && isPrecise(second);
  const pair = isPair ? treatPlacePair(Number(first), Number(second), treatment) : null;
  if (pair === null) return array.map((member) => treatValue(member, treatment, role, depth + 1));
  const place = typeof first === "string" ? pair.map(String) : pair;
  return [...place, ...more.map((member) => treatValue(member, treatment, role, depth + 1))];
}

/** Returns whether a number is written like a coordinate: `[48.137154, 11.576124]`, as numbers or as texts. */
function isPrecise(value: unknown): boolean {
  const isNumber = typeof value === "number" || (typeof value === "string" && /^\s*-?\d/.test(value));
  return isNumber && /\.\d{4}/.test(String(value)) && Number.isFinite(Number(value));
}

/** Matches a UUID: with dashes anywhere, without them only as a word of its own. */
const ID_WORD = /[\dA-F]{8}-(?:[\dA-F]{4}-){3}[\dA-F]{12}|(?<![A-Z\d])[\dA-F]{32}(?![A-Z\d])/gi;
/**
 * Matches the topic of a stream message. A customer id that is no UUID contains a digit, unlike the first part of any
 * other path.
 */
const TOPIC = /^(?=[^/]*\d)([\w-]{6,})(\/[A-HJ-NPR-Z\d]{17})$/i;

/** Treats everything sensitive in a text that is not JSON. */
function treatText(text: string, treatment: Treatment): string {
  const withoutTokens = replaceTokens(text, (token) => treatment.secret(token));
  const withoutAddresses = replaceAddresses(withoutTokens, (address) => treatment.personal(address));
  const withoutPairs = replacePairs(withoutAddresses, (name, value) => {
    const role = roleOf(name);
    return role === null ? value : treatRoleText(role, value, treatment);
  });
  const withoutWords = treatWords(withoutPairs, treatment);
  return treatment.rest(replacePlaces(withoutWords, (pair) => treatPlacePair(...pair, treatment)));
}

function treatWords(text: string, treatment: Treatment): string {
  // The VIN first, because it may end where the customer id begins.
  return replaceVins(text, (vin) => treatment.vin(vin))
    .replace(ID_WORD, (id) => treatment.customer(id))
    .replace(TOPIC, (_match, id: string, vin: string) => treatment.customer(id) + vin);
}

/** Treats latitude and longitude in the order that fits; `null` if the numbers cannot be coordinates. */
function treatPlacePair(first: number, second: number, treatment: Treatment): [number, number] | null {
  const isTurned = Math.abs(first) > LIMITS.latitude;
  const [one, other]: [CoordinateAxis, CoordinateAxis] = isTurned
    ? ["longitude", "latitude"]
    : ["latitude", "longitude"];
  if (Math.abs(first) > LIMITS[one] || Math.abs(second) > LIMITS[other]) return null;
  return [treatDegrees(one, first, treatment), treatDegrees(other, second, treatment)];
}
