import type { DriveType } from "./drive-type.js";
import type { Reading } from "./reading.js";
import type { ReadingStore } from "./reading-store.js";
import { sourcedValue, sourcesOf, type SourcedValue, type ValueName } from "./source-priority.js";

/** Stores the sourced values as they were at their last change. */
export class SourcedValueStore {
  readonly #values = new Map<ValueName, SourcedValue>();

  constructor(private readonly store: ReadingStore) {}

  get values(): ReadonlyMap<ValueName, SourcedValue> {
    return this.#values;
  }

  /** Recomputes the values that have new readings; returns those whose value or source has changed. */
  update(touched: ReadonlySet<ValueName>, driveType: DriveType | null): SourcedValue[] {
    const changed: SourcedValue[] = [];
    for (const name of touched) {
      const value = sourcedValue(name, this.store.readings, driveType);
      const before = this.#values.get(name);
      if (value !== null) {
        this.#values.set(name, value);
        if (before?.value !== value.value || before.from !== value.from) changed.push(value);
      } else if (before !== undefined) {
        this.#values.delete(name);
        changed.push(this.#unknown(before, driveType));
      }
    }
    return changed;
  }

  #unknown(before: SourcedValue, driveType: DriveType | null): SourcedValue {
    const { name, value, unit, from, timestamp } = before;
    const now = this.#latestUnknown(before, driveType) ?? this.store.get(before.from) ?? before;
    const last = value === null ? {} : { last: { value, timestamp } };
    return { name, value: null, unit, from, timestamp: now.timestamp, source: now.source, ...last };
  }

  /** Returns the newest source that does not know any more: of several, any can have made the value unknown. */
  #latestUnknown({ name }: SourcedValue, driveType: DriveType | null): Reading | undefined {
    const unknown = sourcesOf(name, driveType).flatMap((source) => this.store.get(source) ?? []);
    return unknown.filter(({ value }) => value === null).sort((one, other) => other.timestamp - one.timestamp)[0];
  }
}
