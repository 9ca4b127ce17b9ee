import { CarDataError } from "../support/errors.js";
import type { IsWanted } from "../support/single-flight.js";

/** The purposes of a call, each with a share of the quota (docs/bmw.md, "Quota"). `manual`: a person asked for it. */
export const BUDGETS = ["scheduled", "event", "daily", "renewal", "manual"] as const;

export type Budget = (typeof BUDGETS)[number];

/** Lists the resources of BMW's API by the names that the ledger and recordings use. */
export const REST_ENDPOINTS = [
  "mappings",
  "basicData",
  "telematicData",
  "chargingHistory",
  "tyreDiagnosis",
  "image",
  "chargingSettings",
  "containers",
] as const;

export type RestEndpoint = (typeof REST_ENDPOINTS)[number];

/** Describes one request to BMW's REST API. */
export interface RestCall {
  /** Default GET. */
  readonly method?: "GET" | "POST" | "DELETE";
  /** Path with a leading slash and encoded parts. */
  readonly path: string;
  readonly endpoint: RestEndpoint;
  readonly budget: Budget;
  /** VIN of the car that the call concerns. */
  readonly vin?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /**
   * Whether the call is repeated once when the network or BMW's gateway fails (default true); the repetition counts as
   * well.
   */
  readonly retry?: boolean;
  /** Set where it may cost one request at most: then no failure is followed by a second attempt. */
  readonly isOnlyOnce?: true;
  /** Called before each attempt; throws to prevent it, for instance because nobody waits for the result any more. */
  readonly check?: () => void;
}

/** Holds bytes as BMW sent them. */
export interface BinaryContent {
  readonly bytes: Buffer;
  /** Lower case, without parameters; "" if BMW names none. */
  readonly type: string;
}

/** Calls BMW's REST API. Both methods throw `CarDataError`, with `RefusalDetails` as cause where BMW answered. */
export interface RestApi {
  /** Returns the JSON of the answer; `null` without a body. */
  json(call: RestCall): Promise<unknown>;
  bytes(call: RestCall): Promise<BinaryContent>;
}

/** Returns the same API for a caller that may spend one request and no more. */
export function onlyOnce(rest: RestApi): RestApi {
  return {
    json: (call) => rest.json({ ...call, isOnlyOnce: true }),
    bytes: (call) => rest.bytes({ ...call, isOnlyOnce: true }),
  };
}

/** Returns the same API with a `check` before every call. */
export function withCheck(rest: RestApi, check: () => void): RestApi {
  return { json: (call) => rest.json({ ...call, check }), bytes: (call) => rest.bytes({ ...call, check }) };
}

/** Returns the same API for a caller that may close; then no further call is sent (`node_closed`). */
export function whileWanted(rest: RestApi, isWanted: IsWanted): RestApi {
  return withCheck(rest, () => {
    checkWanted(isWanted);
  });
}

/** @throws CarDataError `node_closed` */
export function checkWanted(isWanted: IsWanted): void {
  if (!isWanted()) throw new CarDataError("node_closed");
}
