import { ERROR_TABLE, isErrorCode } from "../support/error-table.js";
import { CarDataError, type ErrorCode } from "../support/errors.js";
import type { HttpResponse } from "../support/http.js";
import { isObject, parseJson, nonEmptyText } from "../support/json.js";
import { maskVin } from "../support/vin.js";

/** The details of a refusal of BMW's API; its support asks for `exveErrorRef`. */
export interface RefusalDetails {
  readonly httpStatus: number;
  readonly exveErrorId: string;
  readonly exveErrorRef: string;
  /** Pause that BMW asks for [ms], if any. */
  readonly askedPauseMs: number | null;
}

/** BMW's ids of refusals, such as `CU-104`; our codes are the same in small letters. */
const BMW_ID = /^CU-\d{3}$/;

/** Parses an answer other than 2xx: BMW's own code decides, then the status. */
export function parseRefusal(response: HttpResponse, now: number): { code: ErrorCode; details: RefusalDetails } {
  const content = response.body.toString("utf8");
  const body = parseJson(content);
  const member = (name: string) => (isObject(body) ? (nonEmptyText(body[name]) ?? "") : "");
  const exveErrorId = member("exveErrorId") || (isObject(body) ? "" : (/CU-\d{3}/.exec(content)?.[0] ?? ""));
  const details: RefusalDetails = {
    httpStatus: response.status,
    exveErrorId,
    exveErrorRef: member("exveErrorRef"),
    askedPauseMs: parseRetryAfter(response.headers["retry-after"], now),
  };
  const tokenExpired = member("exveErrorMsg").includes("invalid_token");
  return { code: tokenExpired ? "cu_102" : (codeOfId(exveErrorId) ?? codeOfStatus(response.status)), details };
}

/**
 * Builds the error of a refusal.
 * @param vin car that the call was about
 */
export function refusalError(code: ErrorCode, details: RefusalDetails, vin?: string): CarDataError {
  if (vin === undefined && ERROR_TABLE[code].text.includes("__vin__"))
    return refusalError(codeOfStatus(details.httpStatus), details);
  const params = {
    status: details.httpStatus,
    ...(vin !== undefined && { vin: maskVin(vin) }),
    // The caller that can list the containers adds them.
    ...(code === "cu_124" && { list: "" }),
  };
  return new CarDataError(code, params, details);
}

/** Returns the details of BMW's refusal, if the error comes from its API. */
export function refusalDetails({ cause }: CarDataError): Partial<RefusalDetails> {
  return isObject(cause) ? cause : {};
}

function codeOfId(id: string): ErrorCode | null {
  const code = id.toLowerCase().replace("-", "_");
  return BMW_ID.test(id) && isErrorCode(code) ? code : null;
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return "rest_unauthorised";
  if (status === 403) return "rest_forbidden";
  if (status === 429) return "cu_429";
  if (status === 503) return "cu_503";
  if (status >= 500) return "cu_500";
  return status >= 300 && status < 400 ? "rest_redirect" : "rest_unexpected";
}

const LONGEST_HEADER = 64;
const LONGEST_MS = 24 * 3600 * 1000;

/**
 * Parses a `Retry-After` header to milliseconds, at most a day: whole seconds or an HTTP date (RFC 9110, 10.2.3).
 * `null` for none, a past date, zero and everything else that is no wait.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const wait = header === undefined || header.length > LONGEST_HEADER ? NaN : waitOf(header.trim(), now);
  return wait > 0 ? Math.min(wait, LONGEST_MS) : null;
}

function waitOf(text: string, now: number): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Only the format of HTTP: `Date.parse` accepts "1.5" and "-3" as dates as well.
  return /^[A-Z][a-z]{2}, .* GMT$/.test(text) ? Date.parse(text) - now : NaN;
}
