import { decodePollingState, type PollingState } from "../../polling/state.js";
import { decodeContainerState, type ContainerState } from "../../rest/containers/state.js";
import { decodeLedger, type LedgerState } from "../../rest/quota-ledger.js";
import { finite, type JsonObject } from "../../support/json.js";
import { decodeRefusals, type Refusals } from "./access.js";
import { decodeDiscovery, type DiscoveryState } from "./discovery.js";

/** What is kept of the REST side over a restart, so that a restart costs no call. */
export interface RestState {
  readonly ledger: LedgerState;
  readonly containers: ContainerState;
  readonly polling: PollingState;
  readonly discovery: DiscoveryState;
  /** Cars that BMW refuses. */
  readonly refusals: Refusals;
  /** When BMW answered a call last, in milliseconds; 0 for never. */
  readonly successAt: number;
}

/** Tolerant in every part. */
export function decodeRestState(saved: JsonObject): RestState {
  return {
    ledger: decodeLedger(saved["ledger"]),
    containers: decodeContainerState(saved["containers"]),
    polling: decodePollingState(saved["polling"]),
    discovery: decodeDiscovery(saved["discovery"]),
    refusals: decodeRefusals(saved["refusals"]),
    successAt: finite(saved["successAt"]) ?? 0,
  };
}
