import { finite, isObject, type JsonObject } from "../../support/json.js";
import { capacityOf, isRecent } from "../limits.js";
import type { Method, SocSettings, SocSignal } from "../types.js";
import { measuredOf, Measurements, type Measured } from "./measurements.js";

const MOST_METER_KW = 1000;
const AHEAD_MS = 10_000;
const MOST_PHASES = 3;

/** Alternating current, volts and amps as told; `phases` `null` if no count describes this charge. */
export interface Alternating {
  readonly volts: number;
  readonly amps: number;
  readonly phases: number | null;
  readonly at: number;
}

/** What the filter goes by: what the car and the user's meter said last about a charge, by BMW's time. */
export class Told {
  method: Method | null = null;
  meter: { readonly kw: number; readonly auxKw: number; readonly now: number } | null = null;
  readonly #known = new Measurements();

  /** False if that is no news. */
  take(signal: SocSignal): boolean {
    if (signal.kind === "method") {
      this.method = signal.method;
      return true;
    }
    if (signal.kind === "meter") return this.#takeMeter(signal);
    const told = measuredOf(signal);
    if (told === null || told.at < (this.#known.get(told.kind)?.at ?? -Infinity)) return false;
    this.#known.set(told.kind, { value: told.value, at: told.at });
    return true;
  }

  /** Percent; 100 if the car has none. */
  get target(): number {
    return this.#known.target ?? 100;
  }

  /** The user's word, then the car's, then the model's; `null` if nobody knows. */
  capacityKwh({ capacityKwh, modelCapacityKwh }: SocSettings): number | null {
    return capacityOf(capacityKwh) ?? this.#known.capacity?.kwh ?? capacityOf(modelCapacityKwh);
  }

  /** The meter counts more than the car while its readings are no older than the user says. */
  metered(now: number, { meterPriorityMs }: SocSettings): Told["meter"] {
    return this.meter !== null && isRecent(this.meter.now, now, meterPriorityMs) ? this.meter : null;
  }

  /** The clock was set back to `now`: nothing was measured later. */
  turnBack(now: number): void {
    this.#known.turnBack(now);
  }

  /** kW of a charge that began at `since`; not of an earlier plug-in. */
  power(since: number): Measured | null {
    const power = this.#known.get("power");
    const from = Math.min(since, this.#known.get("plugged")?.at ?? since);
    return power !== null && power.at >= from - AHEAD_MS ? power : null;
  }

  /** Of a charge that began at `since`; `null` if the car has not told it yet. */
  alternating(since: number): Alternating | null {
    const [volts, amps] = [this.#known.get("volts"), this.#known.get("amps")];
    if (volts === null || amps === null || !(volts.value > 0)) return null;
    if (volts.at < since - AHEAD_MS || amps.at < since - AHEAD_MS) return null;
    const phases = this.#known.phases(since);
    return {
      volts: volts.value,
      amps: amps.value,
      phases: phases?.isCurrent === true ? Math.min(MOST_PHASES, phases.count) : null,
      at: Math.max(volts.at, amps.at),
    };
  }

  /** Minutes that the car expects until its target, told in the charge that began at `since`. */
  minutesLeft(since: number): Measured | null {
    const left = this.#known.get("minutesLeft");
    return left !== null && left.value > 0 && left.at >= since ? left : null;
  }

  save(): JsonObject {
    return { method: this.method, meter: this.meter, known: this.#known.save() };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.method = (["AC", "DC"] as const).find((one) => one === saved["method"]) ?? null;
    const { meter } = saved;
    const [kw, auxKw, now] = isObject(meter) ? [finite(meter["kw"]), finite(meter["auxKw"]), finite(meter["now"])] : [];
    if (typeof kw === "number" && typeof auxKw === "number" && typeof now === "number") this.meter = { kw, auxKw, now };
    this.#known.restore(saved["known"]);
  }

  #takeMeter({ kw, auxKw, now }: Extract<SocSignal, { kind: "meter" }>): boolean {
    if (kw < 0 || kw > MOST_METER_KW) return false;
    this.meter = { kw, auxKw: Math.max(0, auxKw), now };
    return true;
  }
}
