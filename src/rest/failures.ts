import { toCarDataError, type CarDataError, type ErrorCode } from "../support/errors.js";
import { HttpFailure } from "../support/http.js";
import { isObject, text } from "../support/json.js";
import { refusalDetails } from "./refusal.js";

/** The next car may be asked all the same. */
const OF_ONE_CAR: ReadonlySet<ErrorCode> = new Set([
  "car_secondary",
  "cu_104",
  "cu_120",
  "cu_126",
  "cu_127",
  "cu_400",
  "cu_401",
  "cu_500",
  "image_unusable",
  "rest_invalid_response",
  "rest_too_large",
  "rest_unexpected",
]);
/** Nothing was sent, or BMW did not look at it: it says nothing about the car. */
const HELD: ReadonlySet<ErrorCode> = new Set([
  "cu_429",
  "cu_429_other_client",
  "quota_share_used",
  "not_logged_in",
  "refresh_refused",
  "refresh_rejected",
  "refresh_token_too_old",
  "refresh_unreachable",
  "rest_aborted",
  "node_closed",
]);

/** Whether a failure is about one car only; all others stop a round through the cars. */
export function concernsOneCar(code: ErrorCode): boolean {
  return OF_ONE_CAR.has(code);
}

export function isHeld(error: CarDataError): boolean {
  return HELD.has(error.code) || error.known !== undefined || isUnsent(error);
}

/** Whether BMW will answer the same the next time: it refuses, or has nothing of the kind. */
export function isRefusal(error: CarDataError): boolean {
  const { httpStatus } = refusalDetails(error);
  return error.code === "cu_104" || httpStatus === 403 || httpStatus === 404;
}

/** When the quota lets the next call out, in milliseconds, if that is what holds it back. */
export function retryTime(error: unknown): number | null {
  const { cause } = toCarDataError(error);
  const time = isObject(cause) ? Date.parse(text(cause["retryAt"]) ?? "") : NaN;
  return Number.isNaN(time) ? null : time;
}

/** System error codes of connections that were never made. */
const NO_CONNECTION = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"]);

/** Whether a call failed before it can have reached BMW, so that it has cost nothing. */
export function isUnsent(error: unknown): boolean {
  const { cause } = toCarDataError(error);
  return cause instanceof HttpFailure && cause.kind === "network" && NO_CONNECTION.has(cause.message);
}
