import { knownKey, type CarDataError, type ErrorParams, type Problem } from "../../src/support/errors.js";
import { ERROR_TEXTS } from "../../src/support/error-table.js";
import { fillText } from "../../src/support/fill-text.js";
import { PACKAGE_NAME } from "../../src/support/version.js";
import type { NodeAPI } from "./red.js";

const CATALOGUE = `${PACKAGE_NAME}/cardata-account:errors.`;

/** Returns the sentences for a problem in the language of the runtime. */
export function translatedProblem(RED: NodeAPI, { code, params, known }: Problem): string {
  const sentence = textOf(RED, code, params);
  return known === undefined ? sentence : `${sentence} ${textOf(RED, knownKey(known), { ...known })}`;
}

/**
 * Builds the error for `done`: core copies text, code, cause and stack to Catch nodes. The text is that of `toString`, where
 * a name would stand before the sentence ("Error: …"). The stack of a failed message shows nothing but where this package
 * lies on the disk.
 * @param cause what flows may know about the cause; the error's own may hold a whole request with its token
 */
export function translated(RED: NodeAPI, { code, problem }: CarDataError, cause: unknown): Error {
  const message = translatedProblem(RED, problem);
  return Object.assign(new Error(message, { cause }), { name: "", code, stack: `Error: ${message}` });
}

function textOf(RED: NodeAPI, key: string, params: ErrorParams = {}): string {
  const text = RED._(CATALOGUE + key, params);
  // Without a catalogue (test helper) the key itself is returned.
  return text.endsWith(key) ? fillText(ERROR_TEXTS[key] ?? key, params) : text;
}
