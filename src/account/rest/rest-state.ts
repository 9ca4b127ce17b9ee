import { decodePollingState, type PollingState } from "../../polling/state.js";
import { decodeContainerState, type ContainerState } from "../../rest/containers/state.js";
import { decodeLedger, type LedgerState } from "../../rest/quota-ledger.js";
import { timeIn } from "../../support/iso-time.js";
import { text, type JsonObject } from "../../support/json.js";
import { customerOf } from "../../support/customer-id.js";
import { shortHash } from "../../support/short-hash.js";
import { decodeOperationRefusals, type OperationRefusals } from "./known-refusals.js";
import { decodeRefusals, type Refusals } from "./access.js";
import { decodeDiscovery, type DiscoveryState } from "./discovery.js";

/** What is kept of the REST side over a restart, so that a restart costs no call. */
export interface RestState {
  /** What tells the BMW customer from others, without naming them; "" while nobody has logged in. */
  readonly owner: string;
  readonly ledger: LedgerState;
  readonly containers: ContainerState;
  readonly polling: PollingState;
  readonly discovery: DiscoveryState;
  /** Cars that BMW refuses. */
  readonly refusals: Refusals;
  /** What BMW refuses of cars that it lets be read. */
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
    refusals: decodeRefusals(saved["refusals"]),
    operationRefusals: decodeOperationRefusals(saved["operationRefusals"]),
    deniedAt: timeIn(saved["deniedAt"]),
    successAt: timeIn(saved["successAt"]) ?? 0,
  };
}
