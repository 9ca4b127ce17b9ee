import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { CapacitySource } from "../estimate.js";
import { capacityOf } from "../limits.js";
import type { Method, SocSignal } from "../types.js";
import { measuredOf, Measurements, type Measured, type MeasuredKind } from "./measurements.js";

/** Without a moment of the plug-in, a power of so long before the start is still this charge's. */
const POWER_AHEAD_MS = 600_000;
const TRUSTED = 0.2;

/** What the books of charges go by: what the car said last, each with BMW's time. */
export class Facts {
  method: Method = "AC";
  /** BMW's time of the active status. */
  activeAt: number | null = null;
  readonly #known = new Measurements();

  /** False if the value cannot be. */
  take(signal: SocSignal): boolean {
    if (signal.kind === "method") {
      this.method = signal.method;
      return true;
    }
    const told = measuredOf(signal);
    if (told === null) return false;
    this.#known.set(told.kind, { value: told.value, at: told.at });
    return true;
  }

  get(kind: MeasuredKind): Measured | null {
    return this.#known.get(kind);
  }

  /** Header, else displayed: cars of the Neue Klasse have no header. */
  get level(): Measured | null {
    return this.get("header") ?? this.get("displayed");
  }

  get target(): number | null {
    return this.#known.target;
  }

  capacity(user: number | null): { readonly kwh: number; readonly source: CapacitySource } | null {
    const kwh = capacityOf(user);
    return kwh === null ? this.#known.capacity : { kwh, source: "user" };
  }

  /** The capacity is about what the car says. */
  isTrusted(kwh: number): boolean {
    const told = this.#known.capacity;
    return told === null || Math.abs(kwh - told.kwh) <= TRUSTED * told.kwh;
  }

  /** Count of phases of this charge, else one of an earlier charge that may be this one's too. */
  get phases(): ReturnType<Measurements["phases"]> {
    const phases = this.#known.phases(this.activeAt ?? this.get("plugged")?.at ?? -Infinity);
    return phases !== null && (phases.isCurrent || phases.count > 1) ? phases : null;
  }

  /** kW that the car tells of a charge that began at `since`. */
  powerSince(since: number): number | null {
    const power = this.get("power");
    const plugged = this.get("plugged");
    const from = plugged === null ? since - POWER_AHEAD_MS : Math.min(since, plugged.at);
    return power !== null && power.at >= from ? power.value : null;
  }

  /** The clock was set back to `now`: nothing was measured later. */
  turnBack(now: number): void {
    this.#known.turnBack(now);
    if (this.activeAt !== null) this.activeAt = Math.min(this.activeAt, now);
  }

  save(): JsonObject {
    return { method: this.method, activeAt: this.activeAt, known: this.#known.save() };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.method = saved["method"] === "DC" ? "DC" : "AC";
    this.activeAt = finite(saved["activeAt"]);
    this.#known.restore(saved["known"]);
  }
}
