import { decodePollingState, type PollingState } from "../../polling/state.js";
import { decodeContainerState, type ContainerState } from "../../rest/containers/state.js";
import { decodeLedger, type LedgerState } from "../../rest/quota-ledger.js";
import { timeIn } from "../../support/iso-time.js";
import { shortHash } from "../../support/short-hash.js";
import { or, whole, word, type Read } from "../../support/stored.js";
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

/** `owner` of a customer id. */
export function ownerOf(gcid: string): string {
  return shortHash(gcid);
}

/** Tolerant in every part. */
export const decodeRestState: Read<RestState> = whole({
  owner: word,
  ledger: decodeLedger,
  containers: decodeContainerState,
  polling: decodePollingState,
  discovery: decodeDiscovery,
  refusals: decodeRefusals,
  operationRefusals: decodeOperationRefusals,
  deniedAt: timeIn,
  successAt: or(timeIn, 0),
});
