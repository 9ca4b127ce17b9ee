import { SOC_SOURCES } from "../vehicle/values.js";
import type { Reading } from "../vehicle/reading.js";
import { SOC_VALUE_SOURCES } from "./soc-value.js";
import type { SocSignal } from "./types.js";

type Measured = "header" | "displayed";

const MEASURED: ReadonlyMap<string, Measured> = new Map(
  (["header", "displayed"] as const).map((source) => [SOC_SOURCES[SOC_VALUE_SOURCES.indexOf(source)] ?? "", source]),
);

/**
 * Which measured levels of a car are known by now. Beside one BMW's charging level is a forecast; of a car that tells no
 * other it is the level.
 */
export class LevelSources {
  readonly #known = new Set<Measured>();

  /** Takes note of what was accepted: a level that has become unknown is none any more. */
  note(readings: readonly Reading[]): void {
    for (const { descriptor, value } of readings) {
      const source = MEASURED.get(descriptor);
      if (source === undefined) continue;
      if (typeof value === "number") this.#known.add(source);
      else this.#known.delete(source);
    }
  }

  /** The signal as it counts for this car. */
  read(signal: SocSignal): SocSignal {
    const isOnly = signal.kind === "soc" && signal.source === "level" && this.#known.size === 0;
    return isOnly ? { ...signal, source: "displayed" } : signal;
  }

  save(): readonly Measured[] {
    return [...this.#known];
  }

  /** @param last descriptor of the last level, for what was saved before sources were */
  restore(saved: unknown, last: string | null): void {
    const list = Array.isArray(saved) ? (saved as unknown[]) : [MEASURED.get(last ?? "")];
    for (const source of MEASURED.values()) if (list.includes(source)) this.#known.add(source);
  }
}
