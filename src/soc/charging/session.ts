import { finite, isObject, type JsonObject } from "../../support/json.js";
import { CLOCK_BACK_MS } from "../limits.js";
import type { Method, PhaseSource, PowerSource } from "../types.js";
import { Energy, LONGEST_GAP_S } from "./energy.js";
import { productOf } from "./mains.js";
import { PhaseInference } from "./phases.js";

/** How a charge begins; times in ms, kWh, percent. */
interface Start {
  /** BMW's time of the start. */
  readonly startedAt: number;
  readonly now: number;
  readonly soc: number;
  readonly method: Method;
  readonly capacityKwh: number;
  /** Nobody has told the capacity of this very car. */
  readonly isSupposed: boolean;
  /** The capacity fits what the car says. */
  readonly isTrusted: boolean;
  readonly target: number | null;
}

const MS = 1000;
const MOST_AMOUNT = 10_000;
const DERIVED_FROM_S = 300;
const DERIVED_EFFICIENCY: Readonly<Record<Method, number>> = { AC: 0.9, DC: 0.93 };
/** More energy than this share, counted with another phase count, teaches nothing. */
const MOST_MISATTRIBUTED = 0.05;
/** Cars write a count of one when a charge ends. */
const LAST_COUNT_MS = 60_000;
const SOURCES: readonly PhaseSource[] = ["assumed", "reported", "derived", "carried"];
const POWERS: readonly PowerSource[] = ["bmw", "acProduct", "meter", "derived", "none"];

/** A charge that runs: its energy, its phases, and the line of levels that it follows between those that the car tells. */
export class ChargeSession {
  readonly energy = new Energy();
  readonly inference = new PhaseInference();
  startedAt: number;
  anchoredAt: number;
  readonly isSupposed: boolean;
  readonly isTrusted: boolean;
  /** May be corrected while the car charges. */
  capacityKwh: number;
  readonly target: number | null;
  startSoc: number | null;
  method: Method;
  phases = 1;
  phasesSource: PhaseSource = "assumed";
  volts: number | null = null;
  amps: number | null = null;
  powerSource: PowerSource = "none";
  /** The car tells the power of the alternating current itself: it goes on as it is, not as volts times amps. */
  isReported = false;
  isMetered = false;
  /** The service was not there for a part of it. */
  isRestored = false;
  #anchor: number;
  #last: number;
  #misattributedKwh = 0;
  #lastCount: { readonly phases: number; readonly misattributedKwh: number; readonly at: number } | null = null;
  /** The line before the last reading: values of the same moment are one reading. */
  #before: { readonly at: number; readonly last: number } | null = null;

  constructor({ startedAt, now, soc, method, capacityKwh, isSupposed, isTrusted, target }: Start) {
    this.startedAt = startedAt;
    this.anchoredAt = now;
    this.method = method;
    this.capacityKwh = capacityKwh;
    this.isSupposed = isSupposed;
    this.isTrusted = isTrusted;
    this.target = target;
    this.startSoc = soc;
    this.#anchor = soc;
    this.#last = soc;
  }

  /** The line's last level, percent. */
  get last(): number {
    return this.#last;
  }
  /** More than a little of the energy was counted with another count of phases. */
  get isMisattributed(): boolean {
    const { grossKwh } = this.energy;
    return grossKwh > 0 && this.#misattributedKwh / grossKwh > MOST_MISATTRIBUTED;
  }

  /** kW by volts and amps, where that goes before `toldKw`, what the car tells of the power itself. */
  productBeside(toldKw: number | null): number | null {
    const isBetter = this.phasesSource === "reported" || toldKw === null || toldKw <= 0;
    return this.method === "AC" && isBetter ? this.#productKw : null;
  }

  /** A measured power, kW. */
  power(kw: number, auxKw: number, now: number, source: PowerSource): void {
    if (this.#before?.at === now) this.#last = this.#before.last;
    else this.#before = { at: now, last: this.#last };
    this.powerSource = source;
    this.energy.read(kw, auxKw, now);
  }

  /** Time passes; alternating current goes on as it was. */
  beat(now: number): void {
    if (this.method === "DC" || (this.energy.at !== null && now <= this.energy.at)) return;
    const product = this.isReported ? null : this.#productKw;
    if (product !== null) this.powerSource = "acProduct";
    const kw = product ?? this.energy.powerKw;
    if (kw > 0) this.energy.goOn(kw, now, this.powerSource !== "derived");
  }

  /** Moves the line to `now`; it never falls by itself. */
  move(now: number, efficiency: number): void {
    const reckoned = this.#anchor + (this.energy.segmentUntil(now) * efficiency * 100) / this.capacityKwh;
    this.#last = Math.min(Math.max(reckoned, this.#last), this.target ?? 100, 100);
  }

  /** The car tells another level; the line goes on from there. */
  anchor(soc: number, now: number): void {
    const [old, since] = [this.#anchor, this.energy.at ?? this.anchoredAt];
    this.energy.cut(now, this.powerSource !== "derived");
    this.#fix(soc);
    if (soc > old && this.energy.powerKw <= 0) this.#derive(soc - old, (now - since) / MS);
  }

  /** The count that the car tells. */
  report(phases: number, now: number): void {
    const { grossKwh } = this.energy;
    if (phases !== this.phases && grossKwh > 0) {
      this.#lastCount = { phases: this.phases, misattributedKwh: this.#misattributedKwh, at: now };
      this.#misattributedKwh = grossKwh;
    }
    this.phases = phases;
    this.phasesSource = "reported";
  }

  /** A count of an earlier charge, until there is a better one. */
  carry(phases: number): void {
    if (this.phases > 1 || this.phasesSource !== "assumed" || this.energy.netKwh > 0) return;
    this.phases = phases;
    this.phasesSource = "carried";
  }

  /** The count that the energy shows. One instead of three: the line was far too high. */
  conclude(phases: 1 | 3, soc: number, now: number): void {
    this.#misattributedKwh = this.energy.grossKwh;
    this.phases = phases;
    this.phasesSource = phases === 1 ? "assumed" : "derived";
    if (phases === 3) return;
    this.energy.restart(now);
    this.#fix(soc);
  }

  /** A count of one that comes with the end is none of this charge. */
  end(at: number): void {
    if (this.phases !== 1 || this.#lastCount === null || this.#lastCount.at < at - LAST_COUNT_MS) return;
    this.phases = this.#lastCount.phases;
    this.#misattributedKwh = this.#lastCount.misattributedKwh;
  }

  /** The clock is set back to `now`, perhaps; returns whether it is. */
  turnBack(now: number): boolean {
    const { at } = this.energy;
    if (now >= (at ?? this.anchoredAt) - CLOCK_BACK_MS) return false;
    this.#before = null;
    this.energy.turnBack(now);
    this.startedAt = Math.min(this.startedAt, now);
    this.anchoredAt = Math.min(this.anchoredAt, now);
    return true;
  }

  /** Share of the time until `end` of which the power is known. */
  covered(end: number): number {
    const { coveredMs, firstAt, at } = this.energy;
    if (firstAt === null || at === null) return 0;
    const known = coveredMs + shortGap(firstAt - this.startedAt) + shortGap(end - at);
    return end <= this.startedAt ? 1 : Math.min(1, known / (end - this.startedAt));
  }

  /** The charge out of what `save` gave, marked as interrupted; `null` if it cannot be used. */
  static from(saved: unknown): ChargeSession | null {
    if (!isObject(saved)) return null;
    const [startedAt, anchor, capacityKwh] = ["startedAt", "anchor", "capacityKwh"].map((name) => finite(saved[name]));
    if (startedAt == null || !isPercent(anchor) || capacityKwh == null || capacityKwh <= 0) return null;
    const session = new ChargeSession({
      startedAt,
      now: finite(saved["anchoredAt"]) ?? startedAt,
      soc: anchor,
      method: saved["method"] === "DC" ? "DC" : "AC",
      capacityKwh,
      isSupposed: saved["isSupposed"] === true,
      isTrusted: saved["isTrusted"] === true,
      target: percent(saved["target"]),
    });
    session.#load(saved);
    return session;
  }

  save(): JsonObject {
    const { startedAt, anchoredAt, isSupposed, isTrusted, capacityKwh, target, startSoc, method } = this;
    const { phases, phasesSource, volts, amps, powerSource, isReported, isMetered, isRestored, energy } = this;
    return {
      ...{ startedAt, anchoredAt, isSupposed, isTrusted, capacityKwh, target, startSoc, method },
      ...{ phases, phasesSource, volts, amps, powerSource, isReported, isMetered, isRestored },
      ...{ anchor: this.#anchor, last: this.#last, misattributedKwh: this.#misattributedKwh, energy: energy.save() },
    };
  }

  get #productKw(): number | null {
    return productOf(this.volts, this.amps, this.phases);
  }

  #load(saved: JsonObject): void {
    const [phases, last] = [finite(saved["phases"]), percent(saved["last"])];
    this.energy.restore(saved["energy"]);
    this.startSoc = percent(saved["startSoc"]);
    this.phases = phases !== null && phases >= 1 && phases <= 9 ? Math.floor(phases) : 1;
    this.phasesSource = SOURCES.find((source) => source === saved["phasesSource"]) ?? "assumed";
    this.powerSource = POWERS.find((source) => source === saved["powerSource"]) ?? "none";
    this.volts = amount(saved["volts"]);
    this.amps = amount(saved["amps"]);
    this.isReported = saved["isReported"] === true;
    this.isMetered = saved["isMetered"] === true;
    this.isRestored = true;
    this.#last = last ?? this.#anchor;
    this.#misattributedKwh = amount(saved["misattributedKwh"]) ?? 0;
  }

  #fix(soc: number): void {
    this.#before = null;
    this.#anchor = soc;
    this.#last = soc;
  }

  #derive(gained: number, seconds: number): void {
    if (seconds < DERIVED_FROM_S) return;
    const stored = (gained / 100) * this.capacityKwh;
    this.energy.suppose(stored / ((seconds / 3600) * DERIVED_EFFICIENCY[this.method]));
    this.powerSource = "derived";
  }
}

function shortGap(ms: number): number {
  return ms > 0 && ms <= LONGEST_GAP_S * MS ? ms : 0;
}

function isPercent(value: number | null | undefined): value is number {
  return typeof value === "number" && value >= 0 && value <= 100;
}

function percent(value: unknown): number | null {
  const number = finite(value);
  return isPercent(number) ? number : null;
}

function amount(value: unknown): number | null {
  const number = finite(value);
  return number !== null && number >= 0 && number <= MOST_AMOUNT ? number : null;
}
