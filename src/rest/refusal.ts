import { ERROR_TABLE, isErrorCode } from "../support/error-table.js";
import { CarDataError, type ErrorCode } from "../support/errors.js";
import type { HttpResponse } from "../support/http.js";
import { isObject, parseJson, text } from "../support/json.js";
import { maskVin } from "../support/vin.js";
import { parseRetryAfter } from "./retry-after.js";

/** What BMW's API says in a refusal; `exveErrorRef` is what its support asks for. */
export interface RefusalDetails {
  readonly httpStatus: number;
  readonly exveErrorId: string;
  readonly exveErrorRef: string;
  /** How long BMW wants to be left alone, in milliseconds, if it says so. */
  readonly askedPauseMs: number | null;
}

/** BMW's ids of refusals, such as `CU-104`; our codes are the same in small letters. */
const BMW_ID = /^CU-\d{3}$/;

/** An answer other than 2xx: BMW's own code decides, then the status. */
export function parseRefusal(response: HttpResponse, now: number): { code: ErrorCode; details: RefusalDetails } {
  const content = response.body.toString("utf8");
  const body = parseJson(content);
  const member = (name: string) => (isObject(body) ? (text(body[name]) ?? "") : "");
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

/** A refusal as an error; texts take the parameters that they name. @param vin the car that the call was about */
export function refusalError(code: ErrorCode, details: RefusalDetails, vin?: string): CarDataError {
  if (vin === undefined && ERROR_TABLE[code].text.includes("__vin__"))
    return refusalError(codeOfStatus(details.httpStatus), details);
  const params = {
    status: details.httpStatus,
    ...(vin !== undefined && { vin: maskVin(vin) }),
    // Who can list the containers tells them.
    ...(code === "cu_124" && { list: "" }),
  };
  return new CarDataError(code, params, details);
}

/** What BMW said, if the error comes from its API. */
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
