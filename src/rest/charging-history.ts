import { CarDataError } from "../support/errors.js";
import { finiteNumber, type JsonObject } from "../support/json.js";
import type { Budget, RestApi } from "./rest-call.js";
import { carCall, parseChargingHistory } from "./requests.js";
import type { AnswerOfOperation, OperationRequest } from "./operations.js";
import { readPages, type Page, type Pages } from "./paging.js";

interface ChargingHistoryRequest {
  readonly vin: string;
  /** Milliseconds. */
  readonly from: number;
  /** Milliseconds. */
  readonly to: number;
  /** Number of pages, 1 to 10, with ten charges each. */
  readonly maxPages: number;
  readonly budget: Budget;
}

interface ChargingHistory {
  /** Sessions as BMW sent them, newest first, each once. */
  readonly sessions: JsonObject[];
  /** Whether BMW has, or may have, more charges in the range. */
  readonly truncated: boolean;
  /** Number of pages that were read. */
  readonly pages: number;
}

/** Limits the range of one request [ms]: BMW was seen to accept 45 days and to refuse 60. */
const LONGEST_RANGE_MS = 45 * 24 * 3600 * 1000;
/** The part of a range that is asked for when BMW refuses it all the same. */
const SAFE_RANGE_MS = 30 * 24 * 3600 * 1000;

/**
 * Fetches the charges of a car in a range of time. One call per page, not repeated. Cuts a range that is too long for
 * BMW (CU-401) once to its last 30 days.
 * @throws CarDataError the failure of the first page; later failures only truncate
 */
export async function fetchChargingHistory(rest: RestApi, request: ChargingHistoryRequest): Promise<ChargingHistory> {
  try {
    return historyOf(await fetchRange(rest, request));
  } catch (error) {
    const tooLong = error instanceof CarDataError && error.code === "cu_401";
    const from = request.to - SAFE_RANGE_MS;
    if (!tooLong || request.from >= from) throw error;
    return { ...historyOf(await fetchRange(rest, { ...request, from })), truncated: true };
  }
}

function fetchRange(rest: RestApi, { vin, from, to, maxPages, budget }: ChargingHistoryRequest): Promise<Pages> {
  const range = { from: toSecond(from), to: toSecond(to) };
  return readPages(async (token): Promise<Page> => {
    const query = token === null ? range : { ...range, nextToken: token };
    const answer = await rest.json({ ...carCall("chargingHistory", vin, budget, query), retry: false });
    const { sessions, nextToken } = parseChargingHistory(answer);
    return { items: sessions, nextToken };
  }, maxPages);
}

/** `YYYY-MM-DDTHH:MM:SS.000Z` */
function toSecond(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString();
}

/** Sorts and deduplicates the sessions: BMW's order is not guaranteed. Sessions without a start come last. */
function historyOf({ items, truncated, pages }: Pages): ChargingHistory {
  const starts = new Set<number>();
  const sessions = items.filter((session) => {
    const start = finiteNumber(session["startTime"]);
    if (start === null) return true;
    const isNew = !starts.has(start);
    starts.add(start);
    return isNew;
  });
  return { sessions: sessions.sort((one, other) => startOf(other) - startOf(one)), truncated, pages };
}

function startOf(session: JsonObject): number {
  return finiteNumber(session["startTime"]) ?? -Number.MAX_VALUE;
}

const DAY_MS = 24 * 3600 * 1000;
const USUAL_RANGE_MS = 30 * DAY_MS;

/**
 * The charging history of a car in the range of the request, by default the last 30 days.
 * @throws CarDataError `date_range_invalid`; `date_range_too_long` unless the request insists
 */
export async function readHistory(
  rest: RestApi,
  vin: string,
  budget: Budget,
  { from, to, maxPages, insist }: OperationRequest,
  now: number,
): Promise<AnswerOfOperation<"chargingHistory">> {
  const end = Math.min(to ?? now, now);
  const begin = from ?? end - USUAL_RANGE_MS;
  if (begin >= end) throw new CarDataError("date_range_invalid");
  const length = end - begin;
  if (length > LONGEST_RANGE_MS && !insist)
    throw new CarDataError("date_range_too_long", { days: Math.ceil(length / DAY_MS) });
  const { sessions, truncated } = await fetchChargingHistory(rest, { vin, from: begin, to: end, maxPages, budget });
  return { operation: "chargingHistory", vin, payload: sessions, truncated };
}
