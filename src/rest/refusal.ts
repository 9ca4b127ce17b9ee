import { CarDataError, type ErrorCode, type ErrorParams } from "../support/errors.js";
import type { HttpResponse } from "../support/http.js";
import { isObject, parseJson, text } from "../support/json.js";
import { maskVin } from "../support/vin.js";

/** What BMW's API says in a refusal; `exveErrorRef` is what its support asks for. */
export interface RefusalDetails {
  readonly httpStatus: number;
  readonly exveErrorId: string;
  readonly exveErrorRef: string;
}

/** No object, because its inherited members are names that may come over the wire. */
const CODES: ReadonlyMap<string, ErrorCode> = new Map(
  Object.entries({
    "CU-100": "cu_100",
    "CU-101": "cu_101",
    "CU-102": "cu_102",
    "CU-103": "cu_103",
    "CU-104": "cu_104",
    "CU-120": "cu_120",
    "CU-400": "cu_400",
    "CU-401": "cu_401",
    "CU-429": "cu_429",
    "CU-500": "cu_500",
    "CU-503": "cu_503",
  } as const),
);
/** A forced refresh of the token may help against these. */
const TOKEN_PROBLEMS: ReadonlySet<ErrorCode> = new Set(["cu_100", "cu_101", "cu_102", "rest_unauthorised"]);

/** An answer other than 2xx as an error: BMW's own code decides, then the status. */
export function refusalOf(response: HttpResponse, vin: string | null, blockedUntil: number): CarDataError {
  const content = response.body.toString("utf8");
  const body = parseJson(content);
  const member = (name: string) => (isObject(body) ? (text(body[name]) ?? "") : "");
  const exveErrorId = member("exveErrorId") || (isObject(body) ? "" : (/CU-\d{3}/.exec(content)?.[0] ?? ""));
  const details: RefusalDetails = { httpStatus: response.status, exveErrorId, exveErrorRef: member("exveErrorRef") };
  const tokenExpired = member("exveErrorMsg").includes("invalid_token");
  const code = tokenExpired ? "cu_102" : (CODES.get(exveErrorId) ?? codeOfStatus(response.status));
  return new CarDataError(code, paramsOf(code, response.status, vin, blockedUntil), details);
}

/** The quota is used up until `blockedUntil`. */
export function quotaRefusal(blockedUntil: number): CarDataError {
  return new CarDataError("cu_429", { time: `${new Date(blockedUntil).toISOString().slice(11, 16)} UTC` });
}

export function isTokenProblem(error: CarDataError): boolean {
  return TOKEN_PROBLEMS.has(error.code);
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return "rest_unauthorised";
  if (status === 403) return "rest_forbidden";
  if (status === 429) return "cu_429";
  if (status === 503) return "cu_503";
  if (status >= 500) return "cu_500";
  return status >= 300 && status < 400 ? "rest_redirect" : "rest_unexpected";
}

function paramsOf(code: ErrorCode, status: number, vin: string | null, blockedUntil: number): ErrorParams {
  if (code === "cu_429") return quotaRefusal(blockedUntil).params;
  if (code === "cu_104") return { vin: vin === null ? "" : maskVin(vin) };
  return code === "rest_unexpected" ? { status } : {};
}
