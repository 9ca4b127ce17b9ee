import { validTime } from "../../support/iso-time.js";
import { nonEmptyText } from "../../support/json.js";
import {
  storedList,
  needed,
  object,
  or,
  then,
  objectOrDefaults,
  word,
  type StoredReader,
} from "../../support/stored-schema.js";
import { isContainerId } from "../../support/bmw-ids.js";

/** Holds the container in use. Times in ms. */
export interface ContainerInUse {
  readonly id: string;
  /** The descriptors that it holds. */
  readonly accepted: readonly string[];
  /** The descriptors that were asked for with it and refused by BMW. */
  readonly missing: readonly string[];
  /** Time of the last attempt to get all wanted descriptors. */
  readonly triedAt: number;
}

/** Holds that BMW refused every set of descriptors, or has no room for another container. */
export interface RefusedDescriptors {
  readonly code: RefusedCode;
  /** Time before which it is not tried again. */
  readonly until: number;
  /** Signature of the wanted descriptors. */
  readonly wanted: string;
  /** Containers that take up the room, as text; "" for the other codes. */
  readonly list: string;
}

const REFUSED_CODES = ["cu_124", "cu_402", "cu_403"] as const;
type RefusedCode = (typeof REFUSED_CODES)[number];

/** The state of the account's containers that outlives a restart. */
export interface ContainerState {
  readonly container: ContainerInUse | null;
  /** Times of the creations of the last day, oldest first. */
  readonly creations: readonly number[];
  readonly refused: RefusedDescriptors | null;
  /** Time at which a container last had to be recreated although BMW listed it as usable; 0 for never. */
  readonly doubtedAt: number;
}

export const NO_CONTAINER: ContainerState = { container: null, creations: [], refused: null, doubtedAt: 0 };

const MOST_DESCRIPTORS = 1000;
const LONGEST_DESCRIPTOR = 200;
const MOST_CREATIONS = 100;
const LONGEST_LIST = 5000;

const descriptors: StoredReader<string[]> = (stored) =>
  storedList(then<string, string>(nonEmptyText, (one) => (one.length <= LONGEST_DESCRIPTOR ? one : null)))(
    stored,
  ).slice(0, MOST_DESCRIPTORS);

const container: StoredReader<ContainerInUse | null> = object({
  id: needed<string>((id) => (isContainerId(id) ? id : null)),
  accepted: descriptors,
  missing: descriptors,
  triedAt: or(validTime, 0),
});

const refusedSets: StoredReader<RefusedDescriptors | null> = object({
  code: needed(refusedCode),
  until: needed(validTime),
  wanted: needed(nonEmptyText),
  list: (stored) => word(stored).slice(0, LONGEST_LIST),
});

/**
 * Decodes a saved state tolerantly: forgets unreadable parts, which costs a call or two and never yields a wrong
 * container.
 */
export const decodeContainerState: StoredReader<ContainerState> = objectOrDefaults({
  container,
  creations: (stored) => storedList(validTime)(stored).slice(-MOST_CREATIONS),
  refused: refusedSets,
  doubtedAt: or(validTime, 0),
});

/** Returns the code if it is one of those that are remembered. */
export function refusedCode(code: unknown): RefusedCode | null {
  return REFUSED_CODES.find((one) => one === code) ?? null;
}
