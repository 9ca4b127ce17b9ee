import { CarDataError } from "../support/errors.js";
import { isObject, nonEmptyText, type JsonObject } from "../support/json.js";

const LONGEST_TOKEN = 2000;

/**
 * Returns the objects of a list that comes bare or in the first of `wrappers` that holds one; skips other members.
 * @throws CarDataError `rest_invalid_response` if there is no list
 */
export function listedObjects(answer: unknown, wrappers: readonly string[]): JsonObject[] {
  const list = Array.isArray(answer) ? answer : wrappers.map((name) => member(answer, name)).find(Array.isArray);
  if (!Array.isArray(list)) throw new CarDataError("rest_invalid_response");
  return list.filter(isObject);
}

/**
 * Returns an answer that has to be an object.
 * @throws CarDataError `rest_invalid_response` for anything else
 */
export function requireObject(answer: unknown): JsonObject {
  if (!isObject(answer)) throw new CarDataError("rest_invalid_response");
  return answer;
}

/** Gives the token of the next page of a list, `null` on the last one. BMW spells the name differently from list to list. */
export function nextTokenOf(answer: unknown): string | null {
  const token = nonEmptyText(member(answer, "next_token")) ?? nonEmptyText(member(answer, "nextToken"));
  // Half a surrogate pair cannot be written into an address.
  return token !== null && token.length <= LONGEST_TOKEN && !/\p{Surrogate}/u.test(token) ? token : null;
}

function member(answer: unknown, name: string): unknown {
  return isObject(answer) ? answer[name] : undefined;
}
