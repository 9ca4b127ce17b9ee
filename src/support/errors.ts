import { cleanText, type CleanText } from "./clean-text.js";
import { ERROR_TABLE, KNOWN_TEXTS, type ErrorCode } from "./error-table.js";
import { fillText, type TextParams } from "./fill-text.js";
import { isObject } from "./json.js";
import { unexpectedErrors } from "./unexpected-errors.js";

export type { ErrorCode };

/** Holds values for the `__name__` marks of an error text, possibly foreign. */
export type ErrorParams = TextParams;

/** Holds such values in a form that anybody may see. */
export type CleanParams = Readonly<Record<string, CleanText | number>>;

/** Holds since when, and until when if known, BMW's answer is known, as texts; BMW was not asked again. */
export interface KnownAnswer {
  readonly since: CleanText;
  readonly until?: CleanText;
}

/**
 * Describes a failure as data for the editor, events and messages. The compiler accepts only `params` that passed
 * `newProblem` or `CarDataError`, which redact them.
 */
export interface Problem {
  readonly code: ErrorCode;
  readonly params?: CleanParams;
  readonly known?: KnownAnswer;
}

/** Creates a problem with values, which may be foreign: from BMW, a gateway, a broker or a message. */
export function newProblem(code: ErrorCode, params: ErrorParams): Problem {
  return { code, params: cleanParams(params) };
}

/** Returns the English sentences of a problem. */
export function sentenceOf({ code, params, known }: Problem): string {
  const sentence = fillText(ERROR_TABLE[code].text, params);
  return known === undefined ? sentence : `${sentence} ${fillText(KNOWN_TEXTS[knownKey(known)], { ...known })}`;
}

/** Returns the key of the text for a known answer. */
export function knownKey({ until }: KnownAnswer): keyof typeof KNOWN_TEXTS {
  return until === undefined ? "known_since" : "known_until";
}

/** Reports every failure of this package; `message` is English, nodes translate its `problem`. */
export class CarDataError extends Error {
  override readonly name = "CarDataError";
  readonly code: ErrorCode;
  readonly params: CleanParams;
  readonly known?: KnownAnswer;

  /**
   * Creates an error.
   * @param known set if the answer is BMW's of an earlier time
   */
  constructor(code: ErrorCode, params: ErrorParams = {}, cause?: unknown, known?: KnownAnswer) {
    const clean = cleanParams(params);
    const problem = { code, params: clean, ...(known && { known }) };
    super(sentenceOf(problem), cause === undefined ? undefined : { cause });
    this.code = code;
    this.params = clean;
    if (known !== undefined) this.known = known;
  }

  get problem(): Problem {
    const { code, params, known } = this;
    return { code, params, ...(known && { known }) };
  }
}

/** Creates the error of a problem; its message is the English sentence. */
export function errorOf({ code, params, known }: Problem): CarDataError {
  return new CarDataError(code, params, undefined, known);
}

/** Turns whatever was thrown into a `CarDataError`; the stack of a mistake of this program gets into the log. */
export function toCarDataError(thrown: unknown): CarDataError {
  if (thrown instanceof CarDataError) return thrown;
  unexpectedErrors.notice(thrown);
  return new CarDataError("internal", { reason: reasonOf(thrown) }, thrown);
}

const LONGEST_REASON = 200;

/** Returns a short technical reason of a thrown value: a system error code if there is one. */
export function reasonOf(thrown: unknown): CleanText {
  if (!(thrown instanceof Error)) return cleanText(stringOf(thrown), LONGEST_REASON);
  return cleanText(systemCodeOf(thrown) ?? thrown.message, LONGEST_REASON);
}

/** Gives the code of a system error, such as `ENOENT`; `null` if there is none. */
export function systemCodeOf(thrown: unknown): string | null {
  const code = isObject(thrown) ? thrown["code"] : null;
  return typeof code === "string" ? code : null;
}

/** Converts any thrown value to a string; an object may throw when converted. */
function stringOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return typeof thrown;
  }
}

/** Cleans values that may be foreign for any reader. */
export function cleanParams(params: ErrorParams): CleanParams {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === "string" ? cleanText(value) : value]),
  );
}
