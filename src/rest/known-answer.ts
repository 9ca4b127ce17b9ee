import { cleanText } from "../support/clean-text.js";
import { CarDataError, type ErrorCode, type ErrorParams } from "../support/errors.js";
import { utcMinute } from "../support/utc-time.js";
import { heldUntil } from "./quota-refusal.js";

/**
 * BMW's refusal of an earlier time in place of a call that would bring it again.
 * @param since when BMW gave it, in milliseconds
 * @param until from when on it is asked again, in milliseconds; `null`: not by itself
 */
export function knownAnswer(code: ErrorCode, params: ErrorParams, since: number, until: number | null): CarDataError {
  const exveErrorId = /^cu_\d+$/.test(code) ? code.toUpperCase().replace("_", "-") : "";
  const cause = { exveErrorId, ...(until !== null && heldUntil(until)) };
  const known = { since: inWords(since), ...(until !== null && { until: inWords(until) }) };
  return new CarDataError(code, params, cause, known);
}

function inWords(time: number) {
  return cleanText(utcMinute(time));
}

/** A clock that is set back a little must not make an answer a new one; times further ahead come from a wrong clock. */
const CLOCK_TOLERANCE_MS = 3600 * 1000;

/** Whether an answer of `since` still stands at `now` if it does for `period`; all in milliseconds. */
export function stands(since: number, period: number, now: number): boolean {
  return now - since < period && since <= now + CLOCK_TOLERANCE_MS;
}
