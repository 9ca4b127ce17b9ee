import { cleanText } from "../support/clean-text.js";
import { CarDataError, type ErrorCode, type ErrorParams } from "../support/errors.js";
import { utcMinute } from "../support/utc-time.js";
import { retryAt } from "./quota-refusal.js";

/**
 * Builds the error of an earlier refusal, in place of a call that would be refused again.
 * @param since time of BMW's refusal [ms]
 * @param until time from which BMW is asked again [ms]; `null`: not automatically
 */
export function rememberedRefusal(
  code: ErrorCode,
  params: ErrorParams,
  since: number,
  until: number | null,
): CarDataError {
  const exveErrorId = /^cu_\d+$/.test(code) ? code.toUpperCase().replace("_", "-") : "";
  const cause = { exveErrorId, ...(until !== null && retryAt(until)) };
  const known = { since: timeText(since), ...(until !== null && { until: timeText(until) }) };
  return new CarDataError(code, params, cause, known);
}

function timeText(time: number) {
  return cleanText(utcMinute(time));
}

/** Tolerates a clock that was set back a little [ms]; times further ahead come from a wrong clock. */
const CLOCK_TOLERANCE_MS = 3600 * 1000;

/** Returns whether an answer of `since` is still valid at `now`, if it is for `period` [all ms]. */
export function isStillValid(since: number, period: number, now: number): boolean {
  return now - since < period && since <= now + CLOCK_TOLERANCE_MS;
}
