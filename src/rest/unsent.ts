import { toCarDataError } from "../support/errors.js";
import { HttpFailure } from "../support/http.js";

/** System error codes of connections that were never made. */
const NO_CONNECTION = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"]);

/** Whether a call failed before it can have reached BMW, so that it has cost nothing. */
export function isUnsent(error: unknown): boolean {
  const { cause } = toCarDataError(error);
  return cause instanceof HttpFailure && cause.kind === "network" && NO_CONNECTION.has(cause.message);
}
