import { partsOfTopic } from "../../stream/value-topic.js";
import { isObject, parseJson } from "../../support/json.js";
import { roleOf, type Role } from "./roles.js";
import { treatPlacePair, treatText } from "./text.js";
import { treatNumber, treatRoleText, type Treatment } from "./treatment.js";

/** BMW's payloads nest six deep. */
const DEEPEST = 100;

/** A copy of a recorded line with every delicate part treated: of a topic of one value, the topic tells what that is. */
export function treatLine(line: unknown, treatment: Treatment): unknown {
  if (!isObject(line) || line["kind"] !== "stream") return treatValue(line, treatment);
  const { topic, payload, ...rest } = line;
  const { descriptor } = partsOfTopic(typeof topic === "string" ? topic : "");
  return {
    ...(treatValue(rest, treatment) as object),
    ...("topic" in line && { topic: treatValue(topic, treatment) }),
    ...("payload" in line && {
      payload: treatValue(payload, treatment, descriptor === null ? null : roleOf(descriptor)),
    }),
  };
}

/**
 * A copy of a recorded value with every delicate part treated: in keys and values, at any depth, and in JSON that stands
 * inside a text.
 * @param role what the keys around say of it
 */
export function treatValue(value: unknown, treatment: Treatment, role: Role | null = null, depth = 0): unknown {
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

function treatString(text: string, treatment: Treatment, role: Role | null, depth: number): string {
  const inner = /^\s*[[{]/.test(text) ? parseJson(text, DEEPEST - depth) : undefined;
  if (inner !== undefined) return JSON.stringify(treatValue(inner, treatment, role, depth + 1));
  return treatText(role === null ? text : treatRoleText(role, text, treatment), treatment);
}

function treatArray(array: readonly unknown[], treatment: Treatment, role: Role | null, depth: number): unknown[] {
  const [first, second, ...more] = array;
  const isPair = role === null && isPrecise(first) && isPrecise(second);
  const pair = isPair ? treatPlacePair(Number(first), Number(second), treatment) : null;
  if (pair === null) return array.map((member) => treatValue(member, treatment, role, depth + 1));
  const place = typeof first === "string" ? pair.map(String) : pair;
  return [...place, ...more.map((member) => treatValue(member, treatment, role, depth + 1))];
}

/** Whether a number is written as coordinates are: `[48.137154, 11.576124]`, as numbers or as texts. */
function isPrecise(value: unknown): boolean {
  const isNumber = typeof value === "number" || (typeof value === "string" && /^\s*-?\d/.test(value));
  return isNumber && /\.\d{4}/.test(String(value)) && Number.isFinite(Number(value));
}
