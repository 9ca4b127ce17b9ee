import { finite, isObject, type JsonObject } from "../../support/json.js";
import { LEAST_CAPACITY_KWH, MOST_CAPACITY_KWH } from "../limits.js";
import type { SocSignal } from "../types.js";

/** A value with BMW's time of it, ms. */
export interface Measured {
  readonly value: number;
  readonly at: number;
}

const PERCENT = [0, 100] as const;
const CAPACITY = [LEAST_CAPACITY_KWH, MOST_CAPACITY_KWH] as const;

/** What the car says of a charge, with the lowest and highest believable value; percent, kWh, V, A, kW, minutes. */
const BOUNDS = {
  header: PERCENT,
  displayed: PERCENT,
  level: PERCENT,
  target: PERCENT,
  maxEnergy: CAPACITY,
  batterySizeMax: CAPACITY,
  volts: [0, 1000],
  amps: [0, 1000],
  phases: [0, 9],
  power: [0, 1000],
  minutesLeft: [0, 6000],
  plugged: [1, 1],
} as const;
export type MeasuredKind = keyof typeof BOUNDS;
const KINDS = Object.keys(BOUNDS) as MeasuredKind[];

/** Cars stamp a count above one a little before the status; a count of one is also written when a charge ends. */
const COUNT_AHEAD_MS = 10_000;

/** What the car said last of a charge, by kind. */
export class Measurements {
  readonly #known = new Map<MeasuredKind, Measured>();

  get(kind: MeasuredKind): Measured | null {
    return this.#known.get(kind) ?? null;
  }

  set(kind: MeasuredKind, measured: Measured): void {
    this.#known.set(kind, measured);
  }

  /** Percent; `null` if the car has told none. */
  get target(): number | null {
    const target = this.get("target")?.value ?? 0;
    return target > 0 ? target : null;
  }

  /** What the car says of its battery, kWh. */
  get capacity(): { readonly kwh: number; readonly source: "maxEnergy" | "batterySizeMax" } | null {
    for (const source of ["maxEnergy", "batterySizeMax"] as const) {
      const told = this.get(source);
      if (told !== null) return { kwh: told.value, source };
    }
    return null;
  }

  /** The count of phases, and whether it is one of the charge that began at `since`; `null` without any. */
  phases(since: number): { readonly count: number; readonly isCurrent: boolean } | null {
    const phases = this.get("phases");
    if (phases === null || phases.value < 1) return null;
    const count = Math.floor(phases.value);
    return { count, isCurrent: phases.at >= since - (count > 1 ? COUNT_AHEAD_MS : 0) };
  }

  /** Nothing was measured later than `now`. */
  turnBack(now: number): void {
    for (const [kind, { value, at }] of this.#known) if (at > now) this.#known.set(kind, { value, at: now });
  }

  save(): JsonObject {
    return Object.fromEntries(this.#known);
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    for (const kind of KINDS) {
      const one = saved[kind];
      const [value, at] = isObject(one) ? [finite(one["value"]), finite(one["at"])] : [null, null];
      if (value !== null && at !== null && isBelievable(kind, value)) this.set(kind, { value, at });
    }
  }
}

/** The value in a signal; `null` if it tells none, or one that cannot be. */
export function measuredOf(signal: SocSignal): (Measured & { readonly kind: MeasuredKind }) | null {
  const told = valueIn(signal);
  return told !== null && "at" in signal && isBelievable(...told)
    ? { kind: told[0], value: told[1], at: signal.at }
    : null;
}

function valueIn(signal: SocSignal): readonly [MeasuredKind, number] | null {
  switch (signal.kind) {
    case "soc":
      return signal.source === "tripEnd" ? null : [signal.source, signal.soc];
    case "capacity":
      return [signal.source, signal.kwh];
    case "target":
      return ["target", signal.soc];
    case "volts":
      return ["volts", signal.volts];
    case "amps":
      return ["amps", signal.amps];
    case "phases":
      return ["phases", signal.phases ?? 0];
    case "power":
      return ["power", signal.kw];
    case "minutesLeft":
      return ["minutesLeft", signal.minutes];
    case "plugged":
      return ["plugged", 1];
    default:
      return null;
  }
}

function isBelievable(kind: MeasuredKind, value: number): boolean {
  const [least, most] = BOUNDS[kind];
  return value >= least && value <= most;
}
