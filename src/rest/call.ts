import { CarDataError } from "../support/errors.js";
import type { IsWanted } from "../support/shared-work.js";

/** The purposes of a call, each with a share of the quota (docs/bmw.md, "Quota"). `manual`: a person asked for it. */
export const BUDGETS = ["scheduled", "event", "daily", "renewal", "manual"] as const;

export type Budget = (typeof BUDGETS)[number];

/** Lists the resources of BMW's API by the names that the ledger and recordings use. */
export const ENDPOINTS = [
  "mappings",
  "basicData",
  "telematicData",
  "chargingHistory",
  "tyreDiagnosis",
  "image",
  "chargingSettings",
  "containers",
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];

/** Describes one request to BMW's REST API. */
export interface RestCall {
  /** Default GET. */
  readonly method?: "GET" | "POST" | "DELETE";
  /** Path with a leading slash and encoded parts. */
  readonly path: string;
  readonly endpoint: Endpoint;
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
  /** Called before each attempt; throws to prevent it, for instance because nobody waits for the result any more. */
  readonly check?: () => void;
}

/** Holds bytes as BMW sent them. */
export interface Content {
  readonly bytes: Buffer;
  /** Lower case, without parameters; "" if BMW names none. */
  readonly type: string;
}

/** Calls BMW's REST API. Both methods throw `CarDataError`, with `RefusalDetails` as cause where BMW answered. */
export interface Rest {
  /** Returns the JSON of the answer; `null` without a body. */
  json(call: RestCall): Promise<unknown>;
  bytes(call: RestCall): Promise<Content>;
}

/** Returns the same API with a `check` before every call. */
export function checked(rest: Rest, check: () => void): Rest {
  return { json: (call) => rest.json({ ...call, check }), bytes: (call) => rest.bytes({ ...call, check }) };
}

/** Returns the same API for a caller that may close; then no further call is sent (`node_closed`). */
export function wantedBy(rest: Rest, isWanted: IsWanted): Rest {
  return checked(rest, () => {
    checkWanted(isWanted);
  });
}

/** @throws CarDataError `node_closed` */
export function checkWanted(isWanted: IsWanted): void {
  if (!isWanted()) throw new CarDataError("node_closed");
}
