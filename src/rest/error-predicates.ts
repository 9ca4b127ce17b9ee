import { ERROR_TABLE } from "../support/error-table.js";
import { toCarDataError, type CarDataError, type ErrorCode } from "../support/errors.js";
import { HttpFailure } from "../support/http.js";
import { isObject, nonEmptyText } from "../support/json.js";
import { refusalDetails } from "./refusal.js";

/** Returns whether a failure is about one car only; all others stop a round through the cars. */
export function concernsOneCar(code: ErrorCode): boolean {
  return ERROR_TABLE[code].scope === "car";
}

/** Returns whether nothing was sent, or BMW did not look at it: such a failure means nothing for the car. */
export function isHeld(error: CarDataError): boolean {
  const { outcome } = ERROR_TABLE[error.code];
  return outcome === "held" || outcome === "abandoned" || error.known !== undefined || isUnsent(error);
}

/** Returns whether BMW will answer the same the next time: it refuses, or has nothing of the kind. */
export function isRefusal(error: CarDataError): boolean {
  const { httpStatus } = refusalDetails(error);
  return error.code === "cu_104" || httpStatus === 403 || httpStatus === 404;
}

/** Returns when the quota lets the next call out [ms], if the quota delays it; else `null`. */
export function retryTime(error: unknown): number | null {
  const { cause } = toCarDataError(error);
  const time = isObject(cause) ? Date.parse(nonEmptyText(cause["retryAt"]) ?? "") : NaN;
  return Number.isNaN(time) ? null : time;
}

/** Lists the system error codes of connections that were never made. */
const NO_CONNECTION = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"]);

/** Returns whether a call failed before it can have reached BMW, so that it cost nothing. */
export function isUnsent(error: unknown): boolean {
  const { cause } = toCarDataError(error);
  return cause instanceof HttpFailure && cause.kind === "network" && NO_CONNECTION.has(cause.message);
}
