import { timeIn } from "../../support/iso-time.js";
import { isObject, text, type JsonObject } from "../../support/json.js";
import { isContainerId } from "../../support/bmw-ids.js";

/** The container in use. Every time is in milliseconds. */
export interface KeptContainer {
  readonly id: string;
  /** What it holds. */
  readonly accepted: readonly string[];
  /** What was asked for with it and refused by BMW. */
  readonly missing: readonly string[];
  /** When it was last tried to get all that is wanted. */
  readonly triedAt: number;
}

/** BMW refused every set of descriptors, or has no room for another container. */
export interface RefusedSets {
  readonly code: RefusedCode;
  /** Not tried again before. */
  readonly until: number;
  /** Signature of what was wanted. */
  readonly wanted: string;
  /** The containers that take up the room, as text; "" for the other codes. */
  readonly list: string;
}

const REFUSED_CODES = ["cu_124", "cu_402", "cu_403"] as const;
type RefusedCode = (typeof REFUSED_CODES)[number];

/** What is remembered of the account's containers over a restart. */
export interface ContainerState {
  readonly container: KeptContainer | null;
  /** When containers were made in the last day, oldest first. */
  readonly creations: readonly number[];
  readonly refused: RefusedSets | null;
  /** When a container last had to be made anew although BMW listed it as usable; 0 for never. */
  readonly doubtedAt: number;
}

export const NO_CONTAINER: ContainerState = { container: null, creations: [], refused: null, doubtedAt: 0 };

const MOST_DESCRIPTORS = 1000;
const LONGEST_DESCRIPTOR = 200;
const MOST_CREATIONS = 100;
const LONGEST_LIST = 5000;

/** Tolerant: what cannot be read is forgotten, which costs a call or two and never a wrong container. */
export function decodeContainerState(data: unknown): ContainerState {
  if (!isObject(data)) return NO_CONTAINER;
  return {
    container: isObject(data["container"]) ? decodeContainer(data["container"]) : null,
    creations: listOf(data["creations"]).flatMap(timesIn).slice(-MOST_CREATIONS),
    refused: isObject(data["refused"]) ? decodeRefused(data["refused"]) : null,
    doubtedAt: timeIn(data["doubtedAt"]) ?? 0,
  };
}

function decodeContainer({ id, accepted, missing, triedAt }: JsonObject): KeptContainer | null {
  if (!isContainerId(id)) return null;
  return {
    id,
    accepted: decodeDescriptors(accepted),
    missing: decodeDescriptors(missing),
    triedAt: timeIn(triedAt) ?? 0,
  };
}

function decodeRefused({ code, until, wanted, list }: JsonObject): RefusedSets | null {
  const known = refusedCode(code);
  const end = timeIn(until);
  const signature = text(wanted);
  if (known === null || end === null || signature === null) return null;
  return { code: known, until: end, wanted: signature, list: text(list)?.slice(0, LONGEST_LIST) ?? "" };
}

/** The code if it is one of those that are remembered. */
export function refusedCode(code: unknown): RefusedCode | null {
  return REFUSED_CODES.find((one) => one === code) ?? null;
}

function decodeDescriptors(saved: unknown): string[] {
  const usable = listOf(saved).filter((one): one is string => text(one) !== null);
  return usable.filter(({ length }) => length <= LONGEST_DESCRIPTOR).slice(0, MOST_DESCRIPTORS);
}

function timesIn(value: unknown): number[] {
  const time = timeIn(value);
  return time === null ? [] : [time];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
