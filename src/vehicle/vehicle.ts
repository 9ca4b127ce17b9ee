import type { Tally } from "../support/counters.js";
import { factsOf, type DescriptorFacts } from "./catalogue.js";
import { MOST_DESCRIPTORS } from "./entries.js";
import { normalise, type Normalised } from "./normalise.js";
import type { Entry, Reading } from "./reading.js";
import { canonicalUnit, convert } from "./units.js";

/** Why the desk took nothing out of an entry. */
export type DeskRejection = "older" | "repeated" | "unknown-again" | "null-ignored" | "too-many-descriptors-kept";

/** What came through one door at one time. */
export interface Delivery {
  readonly entries: readonly Entry[];
  readonly source: "stream" | "rest";
  readonly receivedAt: number;
  /** When BMW sent it, if known: stands in for entries without a time of their own. */
  readonly sentAt: number | null;
}

/** A clock this far ahead is wrong, not early. */
const FUTURE_TOLERANCE_MS = 10 * 60_000;

/** One car: the desk that every value passes once, and the memory of the newest value of each descriptor. */
export class Vehicle {
  readonly #readings = new Map<string, Reading>();

  constructor(
    readonly vin: string,
    private readonly rejected: Tally<DeskRejection>,
  ) {}

  /** The newest reading of each descriptor. */
  get readings(): ReadonlyMap<string, Reading> {
    return this.#readings;
  }

  /** Takes over saved readings at start-up; they never replace what has come meanwhile. */
  restore(readings: Iterable<Reading>): void {
    for (const reading of readings)
      if (!this.#readings.has(reading.descriptor) && this.#readings.size < MOST_DESCRIPTORS)
        this.#readings.set(reading.descriptor, { ...reading, source: "restored" });
  }

  /** The only way in. Returns what was accepted, in order, each reading once. */
  apply(delivery: Delivery): Reading[] {
    const accepted: Reading[] = [];
    for (const entry of delivery.entries) {
      const outcome = this.#judge(entry, delivery);
      if (typeof outcome === "string") this.rejected.add(outcome);
      else {
        this.#readings.set(outcome.descriptor, outcome);
        accepted.push(outcome);
      }
    }
    return accepted;
  }

  #judge(entry: Entry, delivery: Delivery): Reading | DeskRejection {
    const stored = this.#readings.get(entry.descriptor);
    const timestamp = this.#timeOf(entry, delivery, stored);
    if (timestamp === null || (stored !== undefined && timestamp < stored.timestamp)) return "older";
    const facts = factsOf(entry.descriptor);
    const normalised = normalise(entry.raw.value, facts);
    if (stored === undefined && this.#readings.size >= MOST_DESCRIPTORS) return "too-many-descriptors-kept";
    if (normalised.value === null) return this.#unknown(entry, delivery, stored, timestamp);
    const reading = build(entry, delivery, timestamp, normalised, stored, facts);
    if (stored?.timestamp !== timestamp) return reading;
    if (stored.value === reading.value && stored.unit === reading.unit) return "repeated";
    // At the same BMW time the stream is right: a REST answer may be a cached older state.
    return delivery.source === "stream" ? reading : "older";
  }

  /** Unknown is told once, with what was known before; it never means closed, off or not charging. */
  #unknown(entry: Entry, delivery: Delivery, stored: Reading | undefined, timestamp: number): Reading | DeskRejection {
    // BMW answers REST requests with storms of nulls that say nothing about the car.
    if (delivery.source === "rest" && (entry.raw.value ?? null) === null) return "null-ignored";
    if (stored?.timestamp === timestamp) return "repeated";
    if (stored?.value === null) return "unknown-again";
    const reading = build(entry, delivery, timestamp, { value: null }, stored, factsOf(entry.descriptor));
    return stored === undefined ? reading : { ...reading, last: { value: stored.value, timestamp: stored.timestamp } };
  }

  /** BMW's time, or what stands in for it; `null` if the entry cannot be newer than what is stored. */
  #timeOf(entry: Entry, delivery: Delivery, stored: Reading | undefined): number | null {
    const { receivedAt } = delivery;
    if (entry.timestamp !== null)
      return entry.timestamp > receivedAt + FUTURE_TOLERANCE_MS ? receivedAt : entry.timestamp;
    if (delivery.source === "stream") return Math.min(delivery.sentAt ?? receivedAt, receivedAt);
    return stored?.source === "stream" ? null : receivedAt;
  }
}

function build(
  { descriptor, raw }: Entry,
  { source }: Delivery,
  timestamp: number,
  { value: sent, data }: Normalised,
  stored: Reading | undefined,
  facts: DescriptorFacts | undefined,
): Reading {
  const sentUnit = canonicalUnit(raw.unit);
  const known = stored?.unit ?? null;
  const converted = typeof sent === "number" ? inKnownUnit(sent, sentUnit, known) : null;
  const value = converted ?? sent;
  const unit = converted !== null || sentUnit === null ? (known ?? facts?.unit ?? null) : sentUnit;
  // Literals, because spreading takes longer than everything else here together.
  if (data === undefined) return { descriptor, value, unit, timestamp, source, raw };
  return { descriptor, value, unit, timestamp, source, raw, data };
}

/** A value that came in the twin of the unit known so far; `null` if it did not. */
function inKnownUnit(value: number, sent: string | null, known: string | null): number | null {
  return sent === null || known === null || sent === known ? null : convert(value, sent, known);
}
