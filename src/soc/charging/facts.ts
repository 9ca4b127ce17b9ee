import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { CapacitySource } from "../estimate.js";
import type { Method, SocSignal } from "../types.js";

/** A value with BMW's time of it, ms. */
interface Fact {
  readonly value: number;
  readonly at: number;
}

/** What the car says of a charge; volts, amps, kW, kWh, percent. */
const KINDS = [
  "header",
  "displayed",
  "level",
  "target",
  "maxEnergy",
  "batterySizeMax",
  "volts",
  "amps",
  "phases",
  "power",
  "plugged",
] as const;
type Kind = (typeof KINDS)[number];

/** Highest believable values; the lowest is 0. */
const MOST: Readonly<Record<Kind, number>> = {
  header: 100,
  displayed: 100,
  level: 100,
  target: 100,
  maxEnergy: 300,
  batterySizeMax: 300,
  volts: 1000,
  amps: 1000,
  phases: 9,
  power: 1000,
  plugged: Infinity,
};
const LEAST_KWH = 1;
/** Cars stamp a count above one a little before the status; a count of one is also written when a charge ends. */
const COUNT_AHEAD_MS = 10_000;
/** Without a moment of the plug-in, a power of so long before the start is still this charge's. */
const POWER_AHEAD_MS = 600_000;
const TRUSTED = 0.2;

/** What the car said last, each with BMW's time. */
export class Facts {
  method: Method = "AC";
  /** BMW's time of the active status. */
  activeAt: number | null = null;
  readonly #known = new Map<Kind, Fact>();

  /** False if the value cannot be. */
  take(signal: SocSignal): boolean {
    if (signal.kind === "method") {
      this.method = signal.method;
      return true;
    }
    const told = factOf(signal);
    if (told === null) return false;
    const { kind, value, at } = told;
    if (value < 0 || value > MOST[kind]) return false;
    this.#known.set(kind, { value, at });
    return true;
  }

  get(kind: Kind): Fact | null {
    return this.#known.get(kind) ?? null;
  }

  /** Header, else displayed: cars of the Neue Klasse have no header. */
  get level(): Fact | null {
    return this.get("header") ?? this.get("displayed");
  }

  get target(): number | null {
    const target = this.get("target")?.value ?? 0;
    return target > 0 ? target : null;
  }

  capacity(user: number | null): { readonly kwh: number; readonly source: CapacitySource } | null {
    if (user !== null && user >= LEAST_KWH && user <= MOST.maxEnergy) return { kwh: user, source: "user" };
    for (const source of ["maxEnergy", "batterySizeMax"] as const) {
      const fact = this.get(source);
      if (fact !== null && fact.value >= LEAST_KWH) return { kwh: fact.value, source };
    }
    return null;
  }

  /** The capacity is about what the car says. */
  isTrusted(kwh: number): boolean {
    const told = this.capacity(null);
    return told === null || Math.abs(kwh - told.kwh) <= TRUSTED * told.kwh;
  }

  /** Count of phases of this charge, else one of an earlier charge that may be this one's too. */
  get phases(): { readonly count: number; readonly isCurrent: boolean } | null {
    const phases = this.get("phases");
    if (phases === null || phases.value < 1) return null;
    const count = Math.floor(phases.value);
    const since = this.activeAt ?? this.get("plugged")?.at ?? -Infinity;
    const isCurrent = phases.at >= since - (count > 1 ? COUNT_AHEAD_MS : 0);
    return isCurrent || count > 1 ? { count, isCurrent } : null;
  }

  /** kW that the car tells of a charge that began at `since`. */
  powerSince(since: number): number | null {
    const power = this.get("power");
    const plugged = this.get("plugged");
    const from = plugged === null ? since - POWER_AHEAD_MS : Math.min(since, plugged.at);
    return power !== null && power.at >= from ? power.value : null;
  }

  save(): JsonObject {
    return { method: this.method, activeAt: this.activeAt, known: Object.fromEntries(this.#known) };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.method = saved["method"] === "DC" ? "DC" : "AC";
    this.activeAt = finite(saved["activeAt"]);
    const known = isObject(saved["known"]) ? saved["known"] : {};
    for (const kind of KINDS) {
      const one = known[kind];
      const [value, at] = isObject(one) ? [finite(one["value"]), finite(one["at"])] : [null, null];
      if (value !== null && at !== null && value >= 0 && value <= MOST[kind]) this.#known.set(kind, { value, at });
    }
  }
}

function factOf(signal: SocSignal): (Fact & { readonly kind: Kind }) | null {
  switch (signal.kind) {
    case "soc":
      return signal.source === "tripEnd" ? null : { kind: signal.source, value: signal.soc, at: signal.at };
    case "capacity":
      return signal.kwh >= LEAST_KWH ? { kind: signal.source, value: signal.kwh, at: signal.at } : null;
    case "target":
      return { kind: "target", value: signal.soc, at: signal.at };
    case "plugged":
      return { kind: "plugged", value: 1, at: signal.at };
    default:
      return electricFact(signal);
  }
}

function electricFact(signal: SocSignal): (Fact & { readonly kind: Kind }) | null {
  switch (signal.kind) {
    case "volts":
      return { kind: "volts", value: signal.volts, at: signal.at };
    case "amps":
      return { kind: "amps", value: signal.amps, at: signal.at };
    case "phases":
      return { kind: "phases", value: signal.phases ?? 0, at: signal.at };
    case "power":
      return { kind: "power", value: signal.kw, at: signal.at };
    default:
      return null;
  }
}
