import type { DriveType } from "./drive-type.js";
import type { Memory } from "./memory.js";
import { valueOf, type SourcedValue, type ValueName } from "./values.js";

/** The values with a source as they were when they changed last. */
export class ValueBook {
  readonly #values = new Map<ValueName, SourcedValue>();

  constructor(private readonly memory: Memory) {}

  get values(): ReadonlyMap<ValueName, SourcedValue> {
    return this.#values;
  }

  /** Takes the values anew that have new readings; returns those of which value or source has changed. */
  change(touched: ReadonlySet<ValueName>, driveType: DriveType | null): SourcedValue[] {
    const changed: SourcedValue[] = [];
    for (const name of touched) {
      const value = valueOf(name, this.memory.readings, driveType);
      const before = this.#values.get(name);
      if (value !== null) {
        this.#values.set(name, value);
        if (before?.value !== value.value || before.from !== value.from) changed.push(value);
      } else if (before !== undefined) {
        this.#values.delete(name);
        changed.push(this.#unknown(before));
      }
    }
    return changed;
  }

  #unknown(before: SourcedValue): SourcedValue {
    const { value, timestamp } = before;
    const now = this.memory.get(before.from) ?? before;
    const last = value === null ? {} : { last: { value, timestamp } };
    return { ...before, value: null, timestamp: now.timestamp, source: now.source, ...last };
  }
}
