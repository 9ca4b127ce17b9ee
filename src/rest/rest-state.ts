import { decodePollingState, type PollingState } from "../polling/poll-state.js";
import { codecOf } from "../store/codec.js";
import { customerOf } from "../support/customer-id.js";
import { validTime } from "../support/iso-time.js";
import { isObject } from "../support/json.js";
import { shortHash } from "../support/short-hash.js";
import { or, objectOrDefaults, word, type StoredReader } from "../support/stored-schema.js";
import { decodeContainerState, type ContainerState } from "./containers/container-state.js";
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
  /** Distinguishes the BMW customer from others without naming them; "" while nobody has logged in. */
  readonly owner: string;
  readonly ledger: LedgerState;
  readonly containers: ContainerState;
  readonly polling: PollingState;
  readonly discovery: DiscoveryState;
  /** Cars that BMW refuses. */
  readonly refusals: CarRefusals;
  /** Operations that BMW refuses for cars that it lets be read. */
  readonly operationRefusals: OperationRefusals;
  /** When BMW said that the login has no right to the API [ms]; `null`: it has not. */
  readonly deniedAt: number | null;
  /** When BMW last answered a call [ms]; 0 for never. */
  readonly successAt: number;
}

/** Computes the `owner` of a customer id, however that is spelled. */
export function ownerOf(gcid: string): string {
  return shortHash(customerOf(gcid));
}

/** Decodes a saved state tolerantly in every part. */
export const decodeRestState: StoredReader<RestState> = objectOrDefaults({
  owner: word,
  ledger: decodeLedger,
  containers: decodeContainerState,
  polling: decodePollingState,
  discovery: decodeDiscovery,
  refusals: decodeCarRefusals,
  operationRefusals: decodeOperationRefusals,
  deniedAt: validTime,
  successAt: or(validTime, 0),
});

/** The state of the account itself that outlives a restart. */
export interface AccountState extends RestState {
  /** Reset time of the quota window for which "quota low" was reported [ms]. */
  readonly quotaToldFor: number;
}

/** `account.json` */
export const accountCodec = codecOf<AccountState>({
  initial: () => ({ ...decodeRestState({}), quotaToldFor: 0 }),
  read: (data) =>
    isObject(data) ? { ...decodeRestState(data), quotaToldFor: validTime(data["quotaToldFor"]) ?? 0 } : null,
});
