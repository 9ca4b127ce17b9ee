import { cleanText } from "../support/clean-text.js";
import { ERROR_TABLE } from "../support/error-table.js";
import type { CarDataError } from "../support/errors.js";
import { isObject } from "../support/json.js";
import { quotaPart } from "./quota-part.js";
import type { ErrorCause, Quota } from "./types.js";

const LONGEST_WORD = 100;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/**
 * Builds `error.cause` for Catch nodes. Of the error's own cause only BMW's `RefusalDetails` and the ISO time `retryAt`
 * pass, because anything else may hold tokens or addresses.
 */
export function causeOf(error: CarDataError, quota: Quota | null): ErrorCause {
  const details = isObject(error.cause) ? error.cause : {};
  const retryAt = word(details["retryAt"]);
  return {
    code: error.code,
    httpStatus: status(details["httpStatus"]),
    exveErrorId: word(details["exveErrorId"]),
    exveErrorRef: word(details["exveErrorRef"]),
    retryAt: retryAt !== null && ISO_TIME.test(retryAt) ? retryAt : null,
    quota: quota === null ? null : quotaPart(quota),
    action: ERROR_TABLE[error.code].action,
  };
}

function status(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 599 ? value : null;
}

function word(value: unknown): string | null {
  return typeof value === "string" && value !== "" && value.length <= LONGEST_WORD ? cleanText(value) : null;
}
