import type { CarDataError, Problem } from "../../src/support/errors.js";
import { fillText } from "../../src/support/errors.js";
import { ERROR_TEXTS } from "../../src/support/error-texts.js";
import { PACKAGE_NAME } from "../../src/support/version.js";
import type { NodeAPI } from "./red.js";

const CATALOGUE = `${PACKAGE_NAME}/cardata-account:errors.`;

/** The sentence for a problem in the language of the runtime. */
export function problemText(RED: NodeAPI, { code, params = {} }: Problem): string {
  const key = CATALOGUE + code;
  const text = RED._(key, params);
  // Without a catalogue (test helper) the key itself comes back.
  return text.endsWith(code) ? fillText(ERROR_TEXTS[code], params) : text;
}

/**
 * The error as it is handed to `done`: core copies message, code and cause to Catch nodes.
 * @param cause what flows may know of the reason
 */
export function translated(RED: NodeAPI, error: CarDataError, cause: unknown = error.cause): Error {
  return Object.assign(new Error(problemText(RED, error), { cause }), { code: error.code });
}
