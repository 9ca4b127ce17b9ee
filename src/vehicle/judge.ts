import type { Tally } from "../support/counters.js";
import type { JsonObject } from "../support/json.js";
import type { Memory } from "./memory.js";
import { normalise, type Normalised } from "./normalise.js";
import { ODOMETER, OdometerGuard, type OdometerDoubt } from "./odometer.js";
import type { Entry, RawEntry, Reading, Value } from "./reading.js";
import { inKnownUnit } from "./twin-units.js";
import { canonicalUnit, twinOf } from "./units.js";

/** Names why the filter rejected an entry. */
export type DeskRejection =
  | "older"
  | "repeated"
  | "unknown-again"
  | "null-ignored"
  | "too-many-descriptors-kept"
  | "odometer-implausible"
  | "position-implausible";

/** Holds the entries that arrived together from one source. */
export interface Delivery {
  readonly entries: readonly Entry[];
  /** `restored`: a broker retained it for an unknown time. */
  readonly source: "stream" | "rest" | "restored";
  readonly receivedAt: number;
  /** BMW's time of sending [ms], used for entries without a time of their own; `null` if unknown. */
  readonly sentAt: number | null;
}

/** Limits how far ahead of this machine a car's clock may be [ms]. */
const FUTURE_TOLERANCE_MS = 10 * 60_000;
const CHECK_CONTROL = "vehicle.status.checkControlMessages";
const NO_MESSAGES: Normalised = { value: "0", data: [] };

/** Holds the readings that the filter accepted from one batch. */
export interface Taken {
  readonly accepted: readonly Reading[];
  /** Accepted readings whose value or unit has changed. */
  readonly changed: readonly Reading[];
}

/** Decides which entries are newer than the stored readings, and stores them. */
export class Judge {
  readonly #odometer: OdometerGuard;

  /** @param onOdometerConflict called once per series of implausible odometer readings */
  constructor(
    private readonly memory: Memory,
    private readonly rejected: Tally<DeskRejection>,
    onDoubt: (doubt: OdometerDoubt) => void,
  ) {
    this.#odometer = new OdometerGuard(onDoubt);
  }

  save(): JsonObject {
    return this.#odometer.save();
  }

  restore(saved: unknown): void {
    this.#odometer.restore(saved);
  }

  take(delivery: Delivery): Taken {
    const accepted: Reading[] = [];
    const changed: Reading[] = [];
    for (const entry of delivery.entries) {
      const stored = this.#stored(entry.descriptor);
      const verdict = this.#judge(entry, delivery, stored);
      if (typeof verdict === "string") {
        this.rejected.add(verdict);
        continue;
      }
      this.memory.set(verdict);
      accepted.push(verdict);
      if (stored?.value !== verdict.value || stored.unit !== verdict.unit) changed.push(verdict);
    }
    return { accepted, changed };
  }

  #judge(entry: Entry, delivery: Delivery, stored: Reading | undefined): Reading | DeskRejection {
    const timestamp = timeOf(entry, delivery, stored);
    if (timestamp === null || (stored !== undefined && isOlder(timestamp, delivery, stored))) return "older";
    const normalised = meaningOf(entry, delivery);
    if (stored === undefined && this.memory.isFull) return "too-many-descriptors-kept";
    if (normalised.value === null) return unknown(entry, delivery, stored, timestamp);
    const built = build(entry, delivery, timestamp, normalised, stored);
    const reading = entry.descriptor === ODOMETER ? this.#guarded(entry, built, stored) : built;
    if (reading === null) return "odometer-implausible";
    return news(reading, entry, delivery, stored);
  }

  /** Returns the stored reading unless it was derived: BMW's own value always replaces a derived one. */
  #stored(descriptor: string): Reading | undefined {
    const stored = this.memory.get(descriptor);
    return stored?.source === "derived" ? undefined : stored;
  }

  #guarded({ raw }: Entry, reading: Reading, stored: Reading | undefined): Reading | null {
    const value = Number(raw.value);
    return this.#odometer.judge(
      reading,
      { value, unit: canonicalUnit(raw.unit), timestamp: reading.timestamp },
      stored,
    );
  }
}

/** Normalises an entry. Over REST, BMW sends null where there are no check control messages. */
function meaningOf({ descriptor, facts, raw }: Entry, { source }: Delivery): Normalised {
  if (source === "rest" && descriptor === CHECK_CONTROL && (raw.value ?? null) === null) return NO_MESSAGES;
  return normalise(raw.value, facts);
}

function news(
  reading: Reading,
  { timestamp: sent }: Entry,
  { source, sentAt }: Delivery,
  stored: Reading | undefined,
): Reading | DeskRejection {
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
function unknown(
  entry: Entry,
  delivery: Delivery,
  stored: Reading | undefined,
  timestamp: number,
): Reading | DeskRejection {
  // BMW answers REST requests with many nulls that say nothing about the car.
  if (delivery.source === "rest" && (entry.raw.value ?? null) === null) return "null-ignored";
  if (stored?.timestamp === timestamp) return "repeated";
  if (stored?.value === null) return "unknown-again";
  const reading = build(entry, delivery, timestamp, { value: null }, stored);
  return stored === undefined ? reading : { ...reading, last: { value: stored.value, timestamp: stored.timestamp } };
}

/**
 * Returns whether an entry is older than the stored reading. A stored time ahead of both BMW and this machine came from
 * a wrong clock and does not count.
 */
function isOlder(timestamp: number, { receivedAt, sentAt }: Delivery, stored: Reading): boolean {
  const isClockRight = sentAt !== null && Math.abs(sentAt - receivedAt) <= FUTURE_TOLERANCE_MS;
  if (isClockRight && stored.timestamp > receivedAt + FUTURE_TOLERANCE_MS) return false;
  return timestamp < stored.timestamp;
}

/**
 * Returns BMW's time of an entry or its substitute [ms]; `null` if the entry cannot be newer than the stored reading.
 */
function timeOf(entry: Entry, delivery: Delivery, stored: Reading | undefined): number | null {
  const { source, sentAt, receivedAt } = delivery;
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

function build(
  { descriptor, facts, raw }: Entry,
  { source }: Delivery,
  timestamp: number,
  { value: sent, data }: Normalised,
  stored: Reading | undefined,
): Reading {
  const value = isSteady(raw, stored) ? sent : settledValue(sent, raw, stored);
  const unit = unitOf(raw, sent, stored) ?? facts?.unit ?? null;
  // Object literals instead of spreading, which takes longer than everything else here.
  if (data === undefined) return { descriptor, value, unit, timestamp, source, raw };
  return { descriptor, value, unit, timestamp, source, raw, data };
}

/** Returns whether the unit is the known one, or missing again: the usual case, in which nothing is converted. */
function isSteady({ unit }: RawEntry, stored: Reading | undefined): boolean {
  if (stored === undefined || stored.raw?.unit !== unit) return false;
  return unit === null || unit === undefined || canonicalUnit(unit) === stored.unit;
}

/** Converts a number to the known unit, for cars that change their unit. */
function settledValue(sent: Value | null, raw: RawEntry, stored: Reading | undefined): Value | null {
  const unit = canonicalUnit(raw.unit) ?? stored?.unit ?? null;
  return typeof sent !== "number" || stored === undefined || unit === null
    ? sent
    : inKnownUnit({ value: sent, unit }, stored);
}

/** Returns the known unit, also for a number in its counterpart unit; `null` if none is known. */
function unitOf(raw: RawEntry, sent: Value | null, stored: Reading | undefined): string | null {
  const unit = canonicalUnit(raw.unit);
  const known = stored?.unit ?? null;
  if (unit === null || unit === known || known === null) return unit ?? known;
  return typeof sent === "number" && twinOf(known) === unit ? known : unit;
}
