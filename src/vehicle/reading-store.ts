import { isObject } from "../support/json.js";
import { MOST_DESCRIPTORS } from "./descriptor-entries.js";
import { ODOMETER } from "./odometer-filter.js";
import { LATITUDE, LONGITUDE } from "./position.js";
import type { DescriptorEntry, Reading } from "./reading.js";
import { SOC_SOURCES } from "./source-priority.js";

export const CAPACITIES = [
  "vehicle.drivetrain.batteryManagement.maxEnergy",
  "vehicle.drivetrain.batteryManagement.batterySizeMax",
  "vehicle.drivetrain.electricEngine.hvsMaxEnergyAbsolute",
];

const DAY_MS = 24 * 3600 * 1000;
const UNSEEN_DAYS = 30;
/**
 * Requires that the car reported other values on this many days: a parked car, or a stopped Node-RED, proves nothing.
 */
const DAYS_WITH_OTHERS = 7;
const DAYS_KEPT = 60;
const NEVER_FORGOTTEN = new Set([...SOC_SOURCES, ...CAPACITIES, ODOMETER, LATITUDE, LONGITUDE]);

interface SavedReadingStore {
  readonly reportDays: readonly number[];
  readonly seenOn: Readonly<Record<string, number>>;
}

/** Stores the newest reading of each descriptor of one car; bounded. */
export class ReadingStore {
  readonly #readings = new Map<string, Reading>();
  /** Day (since 1970, UTC) on which a descriptor was last received, whether or not its value was new. */
  readonly #seenOn = new Map<string, number>();
  #reportDays: number[] = [];

  get readings(): ReadonlyMap<string, Reading> {
    return this.#readings;
  }

  get(descriptor: string): Reading | undefined {
    return this.#readings.get(descriptor);
  }

  set(reading: Reading): void {
    this.#readings.set(reading.descriptor, reading);
  }

  get isFull(): boolean {
    return this.#readings.size >= MOST_DESCRIPTORS;
  }

  /**
   * Records which stored descriptors a message contains; the first message of a day drops those that the car no longer
   * sends.
   */
  markSeen(entries: readonly DescriptorEntry[], now: number): void {
    const day = Math.floor(now / DAY_MS);
    for (const { descriptor } of entries)
      if (this.#seenOn.get(descriptor) !== day && this.#readings.has(descriptor)) this.#seenOn.set(descriptor, day);
    if (this.#reportDays.at(-1) === day) return;
    this.#reportDays = [...this.#reportDays.filter((one) => one < day), day].slice(-DAYS_KEPT);
    this.#forget(day);
  }

  save(): SavedReadingStore {
    return { reportDays: this.#reportDays, seenOn: Object.fromEntries(this.#seenOn) };
  }

  /** Merges the saved state with what was received meanwhile. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const { reportDays, seenOn } = saved;
    const days = [...(Array.isArray(reportDays) ? reportDays : []).filter(isDay), ...this.#reportDays];
    this.#reportDays = [...new Set(days)].sort((one, other) => one - other).slice(-DAYS_KEPT);
    for (const [descriptor, day] of Object.entries(isObject(seenOn) ? seenOn : {}))
      if (isDay(day)) this.#seenOn.set(descriptor, Math.max(day, this.#seenOn.get(descriptor) ?? 0));
  }

  #forget(today: number): void {
    for (const descriptor of this.#readings.keys()) {
      if (NEVER_FORGOTTEN.has(descriptor)) continue;
      // Received before days were counted: counts from today.
      const seen = this.#seenOn.get(descriptor) ?? today;
      this.#seenOn.set(descriptor, seen);
      const others = this.#reportDays.filter((day) => day > seen).length;
      if (today - seen <= UNSEEN_DAYS || others < DAYS_WITH_OTHERS) continue;
      this.#readings.delete(descriptor);
      this.#seenOn.delete(descriptor);
    }
  }
}

function isDay(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
