import type { DescriptorDefinition } from "./catalogue.js";

/** Lists the types of a reading's value. */
export type ReadingValue = number | boolean | string;

export type ReadingSource = "stream" | "rest" | "restored" | "derived";

/** Holds BMW's entry of one descriptor, unchanged: strings, numbers and nulls as received. */
export interface RawEntry {
  readonly value?: unknown;
  readonly unit?: unknown;
  readonly timestamp?: unknown;
}

/** Holds a descriptor's entry that passed the limits of its source, not yet normalised. */
export interface DescriptorEntry {
  readonly descriptor: string;
  /** `undefined` for descriptors that BMW added later. */
  readonly definition: DescriptorDefinition | undefined;
  readonly raw: RawEntry;
  /** BMW's time of the measurement in milliseconds; `null` if it sent none. */
  readonly timestamp: number | null;
}

/** Holds one normalised value. */
export interface Reading {
  readonly descriptor: string;
  /** `null`: the car or BMW said that the value is unknown. */
  readonly value: ReadingValue | null;
  /** Canonical spelling. */
  readonly unit: string | null;
  /** BMW's time in milliseconds; the receive time if BMW sent none. */
  readonly timestamp: number;
  readonly source: ReadingSource;
  /** Absent on derived values. */
  readonly raw?: RawEntry;
  /** The parsed content of structured values. */
  readonly data?: unknown;
  /** Only with `value: null`: the last known value. */
  readonly last?: { readonly value: ReadingValue; readonly timestamp: number };
}
