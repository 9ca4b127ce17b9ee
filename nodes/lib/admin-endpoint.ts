import type { CockpitViewer } from "../../src/cockpit/contract.js";
import { CarDataError, toCarDataError, type ErrorCode } from "../../src/support/errors.js";
import { isObject, nonEmptyText } from "../../src/support/json.js";
import { redactor } from "../../src/support/redact.js";
import type { ErrorView, Route, RouteAnswer, RouteParam, RouteRequest } from "./admin-contract.js";
import type { Handler, Request, Response } from "./red.js";

/** Keeps answers, which tell of the user's cars, out of every store between here and the page. */
export const PRIVATE = { "cache-control": "no-store" } as const;

/** Reads what a request says; members that the contract does not name cannot be asked for. */
export interface RouteCall<R extends Route> {
  /** Gives what stands in the address. */
  readonly param: (name: RouteParam<R>) => string;
  /** Gives a member of the body, whatever was sent; throws `bad_request` if the body is no object. */
  readonly member: (name: keyof RouteRequest<R> & string) => unknown;
  /** Gives what stands behind the question mark of the address; "" if it does not. */
  readonly query: (name: string) => string;
  readonly viewer: CockpitViewer;
}

export interface Endpoint<R extends Route> {
  /**
   * Names whether an answer is redacted; `as-is`: it holds what the user has to see, such as the code of a login, or
   * the VINs and trackers to choose from.
   */
  readonly showing?: "redacted" | "as-is";
  /** Only for users who may write although it changes nothing, such as what costs a request of BMW's. */
  readonly isForWriters?: true;
  readonly answer: (call: RouteCall<R>) => RouteAnswer<R> | Promise<RouteAnswer<R>>;
}

/** Holds an endpoint for every route of the contract. */
export type Endpoints = { readonly [R in Route]: Endpoint<R> };

const NOT_FOUND: ReadonlySet<ErrorCode> = new Set(["not_deployed", "login_session_unknown", "page_car_gone"]);
const BUSY: ReadonlySet<ErrorCode> = new Set(["too_many_pages"]);

export const onlyFromEditor: Handler = (request, response, next) => {
  if (isForeign(request)) refuse(response, new CarDataError("bad_request"));
  else next();
};

/**
 * Allows state changes only as JSON from the same origin: a form or a foreign web page cannot send that without a
 * preflight request of the browser.
 */
export const onlyJsonFromEditor: Handler = (request, response, next) => {
  if (request.is("json") === false) refuse(response, new CarDataError("bad_request"));
  else onlyFromEditor(request, response, next);
};

/**
 * Returns whether a request comes from another site; the browser's own header precedes the host, which a reverse proxy
 * may rewrite.
 */
function isForeign({ headers }: Request): boolean {
  const site = headers["sec-fetch-site"];
  if (typeof site === "string") return site !== "same-origin";
  const { origin, host } = headers;
  return typeof origin === "string" && hostOf(origin) !== host;
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : "";
}

export function respond<R extends Route>({ answer, showing = "redacted" }: Endpoint<R>): Handler {
  return (request, response) => {
    const run = async () => answer(callOf<R>(request));
    run().then(
      (body) => {
        response.set(PRIVATE);
        response.json(showing === "as-is" ? body : redactor.value(asJson(body)));
      },
      (error: unknown) => {
        refuse(response, toCarDataError(error));
      },
    );
  };
}

function callOf<R extends Route>(request: Request): RouteCall<R> {
  const { params, body } = request;
  return {
    query: (name) => queryOf(request, name),
    viewer: viewerOf(request),
    param: (name) => params[name] ?? "",
    member: (name) => {
      if (!isObject(body)) throw new CarDataError("bad_request");
      return body[name];
    },
  };
}

/** Returns a value as JSON would represent it; some values define their own representation. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

export function refuse(response: Response, error: CarDataError): void {
  const body: ErrorView = { error: error.problem };
  response.status(statusOf(error.code)).json(body);
}

function statusOf(code: ErrorCode): number {
  if (NOT_FOUND.has(code)) return 404;
  return BUSY.has(code) ? 503 : 400;
}

/** Returns what stands behind the question mark of an address under this name; "" for what is no text. */
export function queryOf({ query }: Request, name: string): string {
  return nonEmptyText(query[name]) ?? "";
}

/** Returns as whom Node-RED takes a request; without `adminAuth` it knows no users. */
export function viewerOf({ user }: Request): CockpitViewer {
  const isAnonymous = user?.anonymous === true;
  return { name: isAnonymous ? null : (nonEmptyText(user?.username) ?? null), isAnonymous };
}
