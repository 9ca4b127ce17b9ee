import { finiteNumber, isObject, parseJson, type JsonObject } from "../support/json.js";

/**
 * Returns what a token of Traccar says of itself, unchecked; `null` if the text is none. Its bytes, in base64url: the
 * length of the signature, the signature, and JSON with the number of the user (`u`) and the expiry (`e`).
 */
function contentOf(token: string): JsonObject | null {
  const bytes = Buffer.from(token.trim(), "base64");
  const content = parseJson(bytes.subarray(1 + (bytes[0] ?? 0)).toString("utf8"));
  return isObject(content) ? content : null;
}

/** Returns whether a text has the form of a token of Traccar. */
export function isTraccarToken(token: string): boolean {
  return contentOf(token) !== null;
}

/** Returns when a token expires [ms]; `null` if it does not tell. */
export function expiryOf(token: string): number | null {
  const told = contentOf(token)?.["e"];
  const time = typeof told === "string" ? Date.parse(told) : finiteNumber(told);
  return time === null || Number.isNaN(new Date(time).getTime()) ? null : time;
}
