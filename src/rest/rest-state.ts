import { decodePollingState, type PollingState } from "../polling/polling-state.js";
import type { Codec } from "../store/document.js";
import { customerOf } from "../support/customer-id.js";
import { timeIn } from "../support/iso-time.js";
import { isObject, text, type JsonObject } from "../support/json.js";
import { shortHash } from "../support/short-hash.js";
import { decodeContainerState, type ContainerState } from "./containers/state.js";
import { decodeLedger, type LedgerState } from "./quota-ledger.js";
import {
  decodeCarRefusals,
  decodeOperationRefusals,
  type CarRefusals,
  type OperationRefusals,
} from "./refusal-registry.js";
import { decodeDiscovery, type DiscoveryState } from "./vehicle-discovery.js";

/** The state of the REST side that outlives a restart, so that a restart costs no call. */
export interface RestState {
  /** Tells the BMW customer from others without naming them; "" while nobody has logged in. */
  readonly owner: string;
  readonly ledger: LedgerState;
  readonly containers: ContainerState;
  readonly polling: PollingState;
  readonly discovery: DiscoveryState;
  /** Cars that BMW refuses. */
  readonly refusals: CarRefusals;
  /** Operations that BMW refuses for cars that it lets be read. */
  readonly operationRefusals: OperationRefusals;
  /** When BMW said that the login has no right to the API, in milliseconds; `null`: it has not. */
  readonly deniedAt: number | null;
  /** When BMW answered a call last, in milliseconds; 0 for never. */
  readonly successAt: number;
}

/** `owner` of a customer id, however that is spelled. */
export function ownerOf(gcid: string): string {
  return shortHash(customerOf(gcid));
}

/** Tolerant in every part. */
export function decodeRestState(saved: JsonObject): RestState {
  return {
    owner: text(saved["owner"]) ?? "",
    ledger: decodeLedger(saved["ledger"]),
    containers: decodeContainerState(saved["containers"]),
    polling: decodePollingState(saved["polling"]),
    discovery: decodeDiscovery(saved["discovery"]),
    refusals: decodeCarRefusals(saved["refusals"]),
    operationRefusals: decodeOperationRefusals(saved["operationRefusals"]),
    deniedAt: timeIn(saved["deniedAt"]),
    successAt: timeIn(saved["successAt"]) ?? 0,
  };
}

/** The state of the account itself that outlives a restart. */
export interface AccountState extends RestState {
  /** Reset time of the quota window for which "quota low" was told, in milliseconds. */
  readonly quotaToldFor: number;
}

/** `account.json` */
export const accountCodec: Codec<AccountState> = {
  version: 1,
  initial: () => ({ ...decodeRestState({}), quotaToldFor: 0 }),
  encode: (state) => state,
  decode: (data) => {
    if (!isObject(data)) throw new Error("not an account");
    return { ...decodeRestState(data), quotaToldFor: timeIn(data["quotaToldFor"]) ?? 0 };
  },
};
