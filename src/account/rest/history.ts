import type { Budget, Rest } from "../../rest/call.js";
import { fetchChargingHistory, LONGEST_RANGE_MS } from "../../rest/charging-history.js";
import { CarDataError } from "../../support/errors.js";
import type { OperationRequest, PlainAnswer } from "../operations.js";

const DAY_MS = 24 * 3600 * 1000;
const USUAL_RANGE_MS = 30 * DAY_MS;

/**
 * The charging history of a car in the range of the request, by default the last 30 days.
 * @throws CarDataError `date_range_invalid`; `date_range_too_long` unless the request insists
 */
export async function readHistory(
  rest: Rest,
  vin: string,
  budget: Budget,
  { from, to, maxPages, insist }: OperationRequest,
  now: number,
): Promise<PlainAnswer> {
  const end = Math.min(to ?? now, now);
  const begin = from ?? end - USUAL_RANGE_MS;
  if (begin >= end) throw new CarDataError("date_range_invalid");
  const length = end - begin;
  if (length > LONGEST_RANGE_MS && !insist)
    throw new CarDataError("date_range_too_long", { days: Math.ceil(length / DAY_MS) });
  const { sessions, truncated } = await fetchChargingHistory(rest, { vin, from: begin, to: end, maxPages, budget });
  return { operation: "chargingHistory", vin, payload: sessions, truncated };
}
