import { cleanText, type CleanText } from "./clean-text.js";
import { ERROR_TABLE, KNOWN_TEXTS, type ErrorCode } from "./error-table.js";
import { isObject } from "./json.js";
import { unexpectedErrors } from "./unexpected-errors.js";

export type { ErrorCode };

/** Values for the `__name__` marks of an error text, whoever wrote them. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/** The same as anybody may see them. */
export type CleanParams = Readonly<Record<string, CleanText | number>>;

/** BMW was not asked, because its answer is known: since and, where that is known too, until when, in words. */
export interface KnownAnswer {
  readonly since: CleanText;
  readonly until?: CleanText;
}

/**
 * A failure described as data, as it travels to the editor, to events and into messages. The compiler lets nothing into
 * `params` that has not passed `newProblem` or `CarDataError`, which take out what nobody must see.
 */
export interface Problem {
  readonly code: ErrorCode;
  readonly params?: CleanParams;
  readonly known?: KnownAnswer;
}

/** A problem with values, which may be foreign: from BMW, a gateway, a broker or a message. */
export function newProblem(code: ErrorCode, params: ErrorParams): Problem {
  return { code, params: cleaned(params) };
}

/** The English sentences of a problem. */
export function sentenceOf({ code, params, known }: Problem): string {
  const sentence = fillText(ERROR_TABLE[code].text, params);
  return known === undefined ? sentence : `${sentence} ${fillText(KNOWN_TEXTS[knownKey(known)], { ...known })}`;
}

/** Which text tells of a known answer. */
export function knownKey({ until }: KnownAnswer): keyof typeof KNOWN_TEXTS {
  return until === undefined ? "known_since" : "known_until";
}

/** Fills the `__name__` marks of `text`; a mark without a value stays, so that a mistake shows. */
export function fillText(text: string, params: ErrorParams = {}): string {
  return text.replace(/__(\w+?)__/g, (mark, name: string) => {
    const value = params[name];
    return value === undefined ? mark : String(value);
  });
}

/** The only error class of this package; `message` is English, nodes translate its `problem`. */
export class CarDataError extends Error {
  override readonly name = "CarDataError";
  readonly code: ErrorCode;
  readonly params: CleanParams;
  readonly known?: KnownAnswer;

  /** @param known the answer is BMW's of an earlier time */
  constructor(code: ErrorCode, params: ErrorParams = {}, cause?: unknown, known?: KnownAnswer) {
    const clean = cleaned(params);
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

/** The error of a problem; its message is the English sentence. */
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

/** A short technical reason from whatever was thrown: a system error code where there is one. */
export function reasonOf(thrown: unknown): CleanText {
  if (!(thrown instanceof Error)) return cleanText(stringOf(thrown), LONGEST_REASON);
  return cleanText(systemCodeOf(thrown) ?? thrown.message, LONGEST_REASON);
}

/** Gives the code of a system error, such as `ENOENT`; `null` if there is none. */
export function systemCodeOf(thrown: unknown): string | null {
  const code = isObject(thrown) ? thrown["code"] : null;
  return typeof code === "string" ? code : null;
}

/** Even of what has no text: an object may throw when it is asked for one. */
function stringOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return typeof thrown;
  }
}

function cleaned(params: ErrorParams): CleanParams {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === "string" ? cleanText(value) : value]),
  );
}
