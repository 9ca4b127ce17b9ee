import { ERROR_TEXTS, type ErrorCode } from "./error-texts.js";

export type { ErrorCode };

/** Values for the `__name__` marks of an error text. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/** Fills the `__name__` marks of `text`; a mark without a value stays, so that a mistake shows. */
export function fillText(text: string, params: ErrorParams = {}): string {
  return text.replace(/__(\w+?)__/g, (mark, name: string) => {
    const value = params[name];
    return value === undefined ? mark : String(value);
  });
}

/** A failure described as data, as it travels to the editor, to events and into messages. */
export interface Problem {
  readonly code: ErrorCode;
  readonly params?: ErrorParams;
}

/** The only error class of this package; `message` is English, nodes translate by `code` and `params`. */
export class CarDataError extends Error {
  override readonly name = "CarDataError";
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, cause?: unknown) {
    super(fillText(ERROR_TEXTS[code], params), cause === undefined ? undefined : { cause });
    this.code = code;
    this.params = params;
  }

  get problem(): Problem {
    return { code: this.code, params: this.params };
  }
}

/** The error of a problem; its message is the English sentence. */
export function errorOf({ code, params }: Problem): CarDataError {
  return new CarDataError(code, params);
}

/** Turns whatever was thrown into a `CarDataError`. */
export function toCarDataError(thrown: unknown): CarDataError {
  return thrown instanceof CarDataError ? thrown : new CarDataError("internal", { reason: reasonOf(thrown) }, thrown);
}

/** A short technical reason from whatever was thrown: a system error code where there is one. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown).slice(0, 100);
  const code: unknown = (thrown as { code?: unknown }).code;
  return typeof code === "string" ? code : thrown.message.slice(0, 100);
}
