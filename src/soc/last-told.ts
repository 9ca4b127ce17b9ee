import { finite, isObject, text, type JsonObject } from "../support/json.js";
import { SOC_SOURCES } from "../vehicle/values.js";
import type { SocEstimate } from "./estimate.js";
import { HEADER_KEEPS_MS } from "./limits.js";
import { SOC_VALUE_SOURCES, type SocValue } from "./soc-value.js";
import type { SocSignal } from "./types.js";

type Told = NonNullable<SocEstimate["bmw"]>;

/**
 * The newest level and charge target that BMW told. The end of a trip segment counts only while nothing else has come,
 * and a target counts for a charge that runs as well.
 */
export class LastTold {
  #last: Told | null = null;
  #target: { readonly soc: number; readonly at: number } | null = null;

  get last(): Told | null {
    return this.#last;
  }

  /** Percent; `null` if the car has told none. */
  get target(): number | null {
    const soc = this.#target?.soc ?? 0;
    return soc > 0 ? soc : null;
  }

  take(signal: SocSignal): void {
    if (signal.kind === "target" && isLevel(signal.soc) && signal.at >= (this.#target?.at ?? -Infinity))
      this.#target = { soc: signal.soc, at: signal.at };
    if (signal.kind === "soc") this.#takeLevel(signal);
  }

  save(): JsonObject {
    return { last: this.#last, target: this.#target };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const [last, target] = [timed(saved["last"]), timed(saved["target"])];
    const descriptor = isObject(saved["last"]) ? text(saved["last"]["descriptor"]) : null;
    if (last !== null && descriptor !== null) this.#last = { ...last, descriptor };
    this.#target = target;
  }

  #takeLevel(signal: SocValue): void {
    const rank = SOC_VALUE_SOURCES.indexOf(signal.source);
    // A car that tells both means the same with either, but rounds them in its own ways.
    const isSecond = signal.source === "displayed" && this.#last?.descriptor === SOC_SOURCES[0];
    if (signal.at < (this.#last?.at ?? -Infinity) + (isSecond ? HEADER_KEEPS_MS : 0)) return;
    const isLast = signal.source === "tripEnd" && this.#last !== null && this.#last.descriptor !== SOC_SOURCES[rank];
    if (!isLast) this.#last = { soc: signal.soc, at: signal.at, descriptor: SOC_SOURCES[rank] ?? "" };
  }
}

function timed(saved: unknown): { readonly soc: number; readonly at: number } | null {
  const [soc, at] = isObject(saved) ? [finite(saved["soc"]), finite(saved["at"])] : [];
  return typeof soc === "number" && isLevel(soc) && typeof at === "number" ? { soc, at } : null;
}

function isLevel(soc: number): boolean {
  return soc >= 0 && soc <= 100;
}
