import type { Tally } from "../support/reason-counters.js";
import type { JsonObject } from "../support/json.js";
import type { ReadingStore } from "./reading-store.js";
import { normalise, normaliseStructure, type NormalisedStructure } from "./normalise.js";
import { distanceUnitOf } from "./distance-unit.js";
import { ODOMETER, OdometerFilter, type OdometerConflict } from "./odometer-filter.js";
import type { DescriptorEntry, RawEntry, Reading, ReadingValue } from "./reading.js";
import { inKnownUnit } from "./twin-units.js";
import { canonicalUnit, twinOf } from "./units.js";

/** Names why the filter rejected an entry. */
export type ReadingRejection =
  | "older"
  | "repeated"
  | "unknown-again"
  | "null-ignored"
  | "too-many-descriptors-kept"
  | "odometer-implausible"
  | "position-implausible";

/** Holds the entries that arrived together from one source. */
export interface EntryBatch {
  readonly entries: readonly DescriptorEntry[];
  /** `restored`: a broker retained it for an unknown time. */
  readonly source: "stream" | "rest" | "restored";
  readonly receivedAt: number;
  /** BMW's time of sending [ms], used for entries without a time of their own; `null` if unknown. */
  readonly sentAt: number | null;
}

/** Limits how far ahead of this machine a car's clock may be [ms]. */
const FUTURE_TOLERANCE_MS = 10 * 60_000;
const CHECK_CONTROL = "vehicle.status.checkControlMessages";
const NO_MESSAGES: NormalisedStructure = { value: "0", data: [] };

/** Holds the readings that the filter accepted from one batch. */
export interface AcceptedReadings {
  readonly accepted: readonly Reading[];
  /** Accepted readings whose value or unit has changed. */
  readonly changed: readonly Reading[];
}

/** Decides which entries are newer than the stored readings, and stores them. */
export class ReadingFilter {
  readonly #odometer: OdometerFilter;

  /** @param onOdometerConflict called once per series of implausible odometer readings */
  constructor(
    private readonly store: ReadingStore,
    private readonly rejected: Tally<ReadingRejection>,
    onOdometerConflict: (conflict: OdometerConflict) => void,
  ) {
    this.#odometer = new OdometerFilter(onOdometerConflict);
  }

  save(): JsonObject {
    return this.#odometer.save();
  }

  restore(saved: unknown): void {
    this.#odometer.restore(saved);
  }

  accept(batch: EntryBatch): AcceptedReadings {
    const accepted: Reading[] = [];
    const changed: Reading[] = [];
    for (const entry of batch.entries) {
      const stored = this.#stored(entry.descriptor);
      const verdict = this.#filter(entry, batch, stored);
      if (typeof verdict === "string") {
        this.rejected.add(verdict);
        continue;
      }
      this.store.set(verdict);
      accepted.push(verdict);
      if (stored?.value !== verdict.value || stored.unit !== verdict.unit) changed.push(verdict);
    }
    return { accepted, changed };
  }

  #filter(entry: DescriptorEntry, batch: EntryBatch, stored: Reading | undefined): Reading | ReadingRejection {
    const timestamp = timeOf(entry, batch, stored);
    if (timestamp === null || (stored !== undefined && isOlder(timestamp, batch, stored))) return "older";
    if (stored === undefined && this.store.isFull) return "too-many-descriptors-kept";
    const structure = structureOf(entry, batch);
    const value = structure === null ? normalise(entry.raw.value, entry.definition) : structure.value;
    if (value === null) return acceptedUnknown(entry, batch, stored, timestamp);
    const built = buildReading(entry, batch, timestamp, value, stored, structure?.data);
    const reading = entry.descriptor === ODOMETER ? this.#guarded(entry, built, stored) : built;
    if (reading === null) return "odometer-implausible";
    return acceptedOrRejected(reading, entry, batch, stored);
  }

  /** Returns the stored reading unless it was derived: BMW's own value always replaces a derived one. */
  #stored(descriptor: string): Reading | undefined {
    const stored = this.store.get(descriptor);
    return stored?.source === "derived" ? undefined : stored;
  }

  #guarded({ raw }: DescriptorEntry, reading: Reading, stored: Reading | undefined): Reading | null {
    const { timestamp } = reading;
    const sent = { value: Number(raw.value), unit: canonicalUnit(raw.unit), timestamp };
    const filtered = this.#odometer.filter(reading, sent, stored);
    if (filtered?.unit !== null || distanceUnitOf(this.store.readings.values()) !== "mi") return filtered;
    // BMW's REST API omits the unit; what the car tells besides says which it counts in.
    return { ...filtered, unit: "mi" };
  }
}

/** Parses a structured entry; `null` for others. Over REST, BMW sends null where there are no check control messages. */
function structureOf({ descriptor, definition, raw }: DescriptorEntry, batch: EntryBatch): NormalisedStructure | null {
  if (definition?.structured !== true) return null;
  const { source } = batch;
  if (source === "rest" && descriptor === CHECK_CONTROL && (raw.value ?? null) === null) return NO_MESSAGES;
  return normaliseStructure(raw.value);
}

function acceptedOrRejected(
  reading: Reading,
  { timestamp: sent }: DescriptorEntry,
  { source, sentAt }: EntryBatch,
  stored: Reading | undefined,
): Reading | ReadingRejection {
  if (stored === undefined) return reading;
  const isUntimed = sent === null && (source === "rest" || sentAt === null);
  const isSame = stored.value === reading.value && stored.unit === reading.unit;
  // An equal value without a time, as in REST answers and on single-value topics, is no news.
  if (stored.timestamp !== reading.timestamp) return isSame && isUntimed ? "repeated" : reading;
  if (isSame) return "repeated";
  // At the same BMW time the stream wins: a REST answer may be a cached older state.
  return source === "stream" ? reading : "older";
}

/** Accepts an unknown value once, with the last known one; unknown never means closed, off or not charging. */
function acceptedUnknown(
  entry: DescriptorEntry,
  batch: EntryBatch,
  stored: Reading | undefined,
  timestamp: number,
): Reading | ReadingRejection {
  // BMW answers REST requests with many nulls that say nothing about the car.
  if (batch.source === "rest" && (entry.raw.value ?? null) === null) return "null-ignored";
  if (stored?.timestamp === timestamp) return "repeated";
  if (stored?.value === null) return "unknown-again";
  const reading = buildReading(entry, batch, timestamp, null, stored);
  return stored === undefined ? reading : { ...reading, last: { value: stored.value, timestamp: stored.timestamp } };
}

/**
 * Returns whether an entry is older than the stored reading. A stored time ahead of both BMW and this machine came from
 * a wrong clock and does not count.
 */
function isOlder(timestamp: number, { receivedAt, sentAt }: EntryBatch, stored: Reading): boolean {
  const isClockRight = sentAt !== null && Math.abs(sentAt - receivedAt) <= FUTURE_TOLERANCE_MS;
  if (isClockRight && stored.timestamp > receivedAt + FUTURE_TOLERANCE_MS) return false;
  return timestamp < stored.timestamp;
}

/**
 * Returns BMW's time of an entry or its substitute [ms]; `null` if the entry cannot be newer than the stored reading.
 */
function timeOf(entry: DescriptorEntry, batch: EntryBatch, stored: Reading | undefined): number | null {
  const { source, sentAt, receivedAt } = batch;
  // The stored reading arrived earlier: if its time lies ahead, this machine's clock is behind, which is no reason to
  // lose a value.
  const known = stored === undefined ? 0 : stored.timestamp + 1;
  if (entry.timestamp !== null) return notAhead(entry.timestamp, Math.max(receivedAt, known));
  if (source !== "rest" && sentAt !== null) return Math.min(sentAt, receivedAt);
  if (source === "stream") return receivedAt;
  return stored?.source === "stream" ? null : receivedAt;
}

/** Returns BMW's time [ms], or the time of receipt if the car's clock is plainly wrong. */
export function notAhead(timestamp: number, receivedAt: number): number {
  return timestamp > receivedAt + FUTURE_TOLERANCE_MS ? receivedAt : timestamp;
}

function buildReading(
  { descriptor, definition, raw }: DescriptorEntry,
  { source }: EntryBatch,
  timestamp: number,
  sent: ReadingValue | null,
  stored: Reading | undefined,
  data?: unknown,
): Reading {
  const steady = isSteady(raw, stored);
  const value = steady ? sent : settledValue(sent, raw, stored);
  const unit = (steady ? stored?.unit : unitOf(raw, sent, stored)) ?? definition?.unit ?? null;
  // Object literals instead of spreading, which takes longer than everything else here.
  if (data === undefined) return { descriptor, value, unit, timestamp, source, raw };
  return { descriptor, value, unit, timestamp, source, raw, data };
}

/** Returns whether the unit is the known one, or missing again: the usual case, in which nothing is converted. */
function isSteady({ unit }: RawEntry, stored: Reading | undefined): boolean {
  if (stored === undefined || stored.raw?.unit !== unit) return false;
  return unit === null || unit === undefined || unit === stored.unit || canonicalUnit(unit) === stored.unit;
}

/** Converts a number to the known unit, for cars that change their unit. */
function settledValue(sent: ReadingValue | null, raw: RawEntry, stored: Reading | undefined): ReadingValue | null {
  const unit = canonicalUnit(raw.unit) ?? stored?.unit ?? null;
  return typeof sent !== "number" || stored === undefined || unit === null
    ? sent
    : inKnownUnit({ value: sent, unit }, stored);
}

/** Returns the known unit, also for a number in its counterpart unit; `null` if none is known. */
function unitOf(raw: RawEntry, sent: ReadingValue | null, stored: Reading | undefined): string | null {
  const unit = canonicalUnit(raw.unit);
  const known = stored?.unit ?? null;
  if (unit === null || unit === known || known === null) return unit ?? known;
  return typeof sent === "number" && twinOf(known) === unit ? known : unit;
}
