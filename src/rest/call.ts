import { CarDataError } from "../support/errors.js";
import type { IsWanted } from "../support/shared-work.js";

/** The purposes of a call, each with a share of the quota (docs/bmw.md, "Quota"). `manual`: a person asked for it. */
export const BUDGETS = ["scheduled", "event", "daily", "renewal", "manual"] as const;

export type Budget = (typeof BUDGETS)[number];

/** The resources of BMW's API, as the ledger and recordings name them. */
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

/** One request to BMW's REST API. */
export interface RestCall {
  /** Default GET. */
  readonly method?: "GET" | "POST" | "DELETE";
  /** Begins with a slash; its parts are encoded. */
  readonly path: string;
  readonly endpoint: Endpoint;
  readonly budget: Budget;
  /** The car that the call is about. */
  readonly vin?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Whether it is sent once more when the network or BMW's gateway fails (default true); that is a counted call, too. */
  readonly retry?: boolean;
  /** Looked at before each attempt: throws what keeps it from being sent, such as that nobody waits for it any more. */
  readonly check?: () => void;
}

/** Bytes as BMW sent them. */
export interface Content {
  readonly bytes: Buffer;
  /** Lower case, without parameters; "" if BMW names none. */
  readonly type: string;
}

/** BMW's REST API as the operations use it. Both throw `CarDataError`, with `RefusalDetails` as cause where BMW answered. */
export interface Rest {
  /** The JSON of the answer; `null` if it has no body. */
  json(call: RestCall): Promise<unknown>;
  bytes(call: RestCall): Promise<Content>;
}

/** The same API, with a `check` of all calls. */
export function checked(rest: Rest, check: () => void): Rest {
  return { json: (call) => rest.json({ ...call, check }), bytes: (call) => rest.bytes({ ...call, check }) };
}

/** The same API for somebody who may go: then nothing more is sent (`node_closed`). */
export function wantedBy(rest: Rest, isWanted: IsWanted): Rest {
  return checked(rest, () => {
    checkWanted(isWanted);
  });
}

/** @throws CarDataError `node_closed` */
export function checkWanted(isWanted: IsWanted): void {
  if (!isWanted()) throw new CarDataError("node_closed");
}
