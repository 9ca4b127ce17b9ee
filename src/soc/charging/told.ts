import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { Method, SocSettings, SocSignal } from "../types.js";

/** A value with BMW's time of it, ms. */
interface Timed {
  readonly value: number;
  readonly at: number;
}

type Kind =
  "volts" | "amps" | "phases" | "power" | "target" | "maxEnergy" | "batterySizeMax" | "minutesLeft" | "plugged";
const KINDS: readonly Kind[] = [
  "volts",
  "amps",
  "phases",
  "power",
  "target",
  "maxEnergy",
  "batterySizeMax",
  "minutesLeft",
  "plugged",
];

/** Highest believable values; the lowest is 0. */
const MOST: Readonly<Record<Kind, number>> = {
  volts: 1000,
  amps: 1000,
  phases: 9,
  power: 1000,
  target: 100,
  maxEnergy: 300,
  batterySizeMax: 300,
  minutesLeft: 6000,
  plugged: Infinity,
};
/** No battery that drives a car is smaller. */
const LEAST_KWH = 1;
/** Cars stamp a count above one a little before the status; a count of one is also written when a charge ends. */
const COUNT_AHEAD_MS = 10_000;
const AHEAD_MS = 10_000;

/** Alternating current, volts and amps as told; `phases` `null` if no count describes this charge. */
export interface Alternating {
  readonly volts: number;
  readonly amps: number;
  readonly phases: number | null;
  readonly at: number;
}

/** What the car and the user's meter said last about a charge. */
export class Told {
  method: Method | null = null;
  meter: { readonly kw: number; readonly auxKw: number; readonly now: number } | null = null;
  readonly #known = new Map<Kind, Timed>();

  /** False if that is no news. */
  take(signal: SocSignal): boolean {
    if (signal.kind === "method") {
      this.method = signal.method;
      return true;
    }
    if (signal.kind === "meter") return this.#takeMeter(signal);
    const measured = measurement(signal);
    return measured !== null && this.#set(measured.kind, measured.value, measured.at);
  }

  /** Percent; 100 if the car has none. */
  get target(): number {
    const target = this.#known.get("target")?.value ?? 0;
    return target > 0 ? target : 100;
  }

  /** The user's word, then the car's, then the model's; `null` if nobody knows. */
  capacityKwh({ capacityKwh, modelCapacityKwh }: SocSettings): number | null {
    const told = this.#known.get("maxEnergy")?.value ?? this.#known.get("batterySizeMax")?.value;
    return [capacityKwh, told, modelCapacityKwh].find((kwh) => isCapacity(kwh)) ?? null;
  }

  /** The meter counts more than the car while its readings are no older than the user says. */
  metered(now: number, { meterPriorityMs }: SocSettings): Told["meter"] {
    return this.meter !== null && now - this.meter.now <= meterPriorityMs ? this.meter : null;
  }

  /** kW of a charge that began at `since`; not of an earlier plug-in. */
  power(since: number): Timed | null {
    const power = this.#known.get("power");
    const from = Math.min(since, this.#known.get("plugged")?.at ?? since);
    return power !== undefined && power.at >= from - AHEAD_MS ? power : null;
  }

  /** Of a charge that began at `since`; `null` if the car has not told it yet. */
  alternating(since: number): Alternating | null {
    const [volts, amps] = [this.#known.get("volts"), this.#known.get("amps")];
    if (volts === undefined || amps === undefined || !(volts.value > 0)) return null;
    if (volts.at < since - AHEAD_MS || amps.at < since - AHEAD_MS) return null;
    return { volts: volts.value, amps: amps.value, phases: this.#phases(since), at: Math.max(volts.at, amps.at) };
  }

  /** Minutes that the car expects until its target, told in the charge that began at `since`. */
  minutesLeft(since: number): Timed | null {
    const left = this.#known.get("minutesLeft");
    return left !== undefined && left.value > 0 && left.at >= since ? left : null;
  }

  save(): JsonObject {
    return { method: this.method, meter: this.meter, known: Object.fromEntries(this.#known) };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.method = (["AC", "DC"] as const).find((one) => one === saved["method"]) ?? null;
    const { meter } = saved;
    const [kw, auxKw, now] = isObject(meter) ? [finite(meter["kw"]), finite(meter["auxKw"]), finite(meter["now"])] : [];
    if (typeof kw === "number" && typeof auxKw === "number" && typeof now === "number") this.meter = { kw, auxKw, now };
    const known = isObject(saved["known"]) ? saved["known"] : {};
    for (const kind of KINDS) {
      const one = known[kind];
      const [value, at] = isObject(one) ? [finite(one["value"]), finite(one["at"])] : [null, null];
      if (value !== null && at !== null) this.#set(kind, value, at);
    }
  }

  #takeMeter({ kw, auxKw, now }: Extract<SocSignal, { kind: "meter" }>): boolean {
    if (kw < 0 || kw > MOST.power) return false;
    this.meter = { kw, auxKw: Math.max(0, auxKw), now };
    return true;
  }

  #phases(since: number): number | null {
    const phases = this.#known.get("phases");
    if (phases === undefined || phases.value < 1) return null;
    const ahead = phases.value > 1 ? COUNT_AHEAD_MS : 0;
    return phases.at >= since - ahead ? Math.min(3, Math.floor(phases.value)) : null;
  }

  #set(kind: Kind, value: number, at: number): boolean {
    if (value < 0 || value > MOST[kind] || at < (this.#known.get(kind)?.at ?? -Infinity)) return false;
    this.#known.set(kind, { value, at });
    return true;
  }
}

function isCapacity(kwh: number | null | undefined): kwh is number {
  return typeof kwh === "number" && kwh >= LEAST_KWH && kwh <= MOST.maxEnergy;
}

function measurement(signal: SocSignal): (Timed & { readonly kind: Kind }) | null {
  switch (signal.kind) {
    case "volts":
      return { kind: "volts", value: signal.volts, at: signal.at };
    case "amps":
      return { kind: "amps", value: signal.amps, at: signal.at };
    case "phases":
      return { kind: "phases", value: signal.phases ?? 0, at: signal.at };
    case "power":
      return { kind: "power", value: signal.kw, at: signal.at };
    case "target":
      return { kind: "target", value: signal.soc, at: signal.at };
    case "capacity":
      return signal.kwh >= LEAST_KWH ? { kind: signal.source, value: signal.kwh, at: signal.at } : null;
    case "minutesLeft":
      return { kind: "minutesLeft", value: signal.minutes, at: signal.at };
    case "plugged":
      return { kind: "plugged", value: signal.at, at: signal.at };
    default:
      return null;
  }
}
