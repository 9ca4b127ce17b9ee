import { finiteNumber, type JsonObject } from "../../support/json.js";
import { isTrue, clampedNumber, needed, object, oneOf, or, then } from "../../support/stored-schema.js";
import type { ChargingMethod } from "../../vehicle/vehicle-event.js";
import type { PhaseSource, PowerSource } from "../estimate.js";
import { CLOCK_BACK_MS, percentOf } from "../settings.js";
import { EnergyMeter, PhaseInference, productOf } from "./energy-meter.js";

/** How a charge begins; times in ms, kWh, percent. */
interface SessionStart {
  /** BMW's time of the start. */
  readonly startedAt: number;
  readonly now: number;
  readonly startSoc: number;
  readonly method: ChargingMethod;
  readonly capacityKwh: number;
  /** Nobody has told the capacity of this very car. */
  readonly isSupposed: boolean;
  /** The capacity fits what the car says. */
  readonly isTrusted: boolean;
  readonly target: number | null;
}

/** A fraction that is shown agrees with a whole percent that is nearer. */
const AGREES_PP = 1;
const USUAL_EFFICIENCY = 0.9;
const MOST_AMOUNT = 10_000;
/** More energy than this share, counted with another phase count, teaches nothing. */
const MOST_MISATTRIBUTED = 0.05;
/** Share of the time of a charge of which the power has to be known. */
const LEAST_COVERED = 0.9;
/** Cars write a count of one when a charge ends. */
const LAST_COUNT_MS = 60_000;
const amount = clampedNumber(0, MOST_AMOUNT);
const readSession = object({
  startedAt: needed(finiteNumber),
  begunAt: finiteNumber,
  startSoc: needed(percentOf),
  method: or(oneOf<ChargingMethod>(["DC"]), "AC"),
  capacityKwh: needed(then(finiteNumber, (kwh: number) => (kwh > 0 ? kwh : null))),
  isSupposed: isTrue,
  isTrusted: isTrue,
  target: percentOf,
  phases: or(
    then(finiteNumber, (count: number) => (count >= 1 && count <= 9 ? Math.floor(count) : null)),
    1,
  ),
  phasesSource: or(oneOf<PhaseSource>(["assumed", "reported", "derived", "carried"]), "assumed"),
  volts: amount,
  amps: amount,
  powerSource: or(oneOf<PowerSource>(["bmw", "acProduct", "meter", "none"]), "none"),
  isReported: isTrue,
  isMetered: isTrue,
  misattributedKwh: or(amount, 0),
  lastCount: object({
    phases: needed(clampedNumber(1, 9)),
    misattributedKwh: needed(amount),
    at: needed(finiteNumber),
  }),
  energy: (saved) => saved ?? null,
  inference: (saved) => saved ?? null,
});

/** Holds one charge that runs: its energy, its phases and the conditions under which it is learned from. */
export class ChargingSession {
  readonly energy = new EnergyMeter();
  readonly inference = new PhaseInference();
  startedAt: number;
  begunAt: number;
  readonly isSupposed: boolean;
  readonly isTrusted: boolean;
  /** May be corrected while the car charges. */
  capacityKwh: number;
  readonly target: number | null;
  startSoc: number;
  method: ChargingMethod;
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
  #misattributedKwh = 0;
  #lastCount: { readonly phases: number; readonly misattributedKwh: number; readonly at: number } | null = null;

  constructor({ startedAt, now, startSoc, method, capacityKwh, isSupposed, isTrusted, target }: SessionStart) {
    this.startedAt = startedAt;
    this.begunAt = now;
    this.method = method;
    this.capacityKwh = capacityKwh;
    this.isSupposed = isSupposed;
    this.isTrusted = isTrusted;
    this.target = target;
    this.startSoc = startSoc;
  }

  /** Tells kW by volts and amps, where that goes before `toldKw`, what the car tells of the power itself. */
  productBeside(toldKw: number | null): number | null {
    // Volts and amps do not tell that power flows out.
    const isBetter = toldKw === null || toldKw === 0 || (toldKw > 0 && this.phasesSource === "reported");
    return this.method === "AC" && isBetter ? this.#productKw : null;
  }

  /** Takes a level of before any power has flowed, percent: the car may have driven unheard since what was shown. */
  begins(soc: number): void {
    if (this.energy.counters.grossKwh === 0 && Math.abs(soc - this.startSoc) >= AGREES_PP) this.startSoc = soc;
  }

  /**
   * Takes note where the level is beside the target, percent: at it the car may still go on for what its rounding hides.
   * @param step of the last digit of the level, pp
   */
  fillsAt(soc: number, target: number | null, step: number): void {
    const beyond = target === null ? -1 : soc - target;
    if (beyond >= 0 && beyond < step) this.energy.fills((step / 2 / 100) * (this.capacityKwh / USUAL_EFFICIENCY));
    else this.energy.takesMore();
  }

  /** Takes a measured power, kW. */
  power(kw: number, auxKw: number, now: number, source: PowerSource): void {
    this.powerSource = source;
    this.energy.read(kw, auxKw, now);
  }

  /** Lets time pass; alternating current goes on as it was. */
  beat(now: number): void {
    const { at, powerKw } = this.energy.counters;
    if (this.method === "DC" || (at !== null && now <= at)) return;
    const product = this.isReported ? null : this.#productKw;
    if (product !== null) this.powerSource = "acProduct";
    const kw = product ?? powerKw;
    if (kw !== 0) this.energy.goOn(kw, now);
  }

  /** Takes the count that the car tells. */
  report(phases: number, now: number): void {
    const { grossKwh } = this.energy.counters;
    if (phases !== this.phases && grossKwh > 0) {
      this.#lastCount = { phases: this.phases, misattributedKwh: this.#misattributedKwh, at: now };
      this.#misattributedKwh = grossKwh;
    }
    this.phases = phases;
    this.phasesSource = "reported";
  }

  /** Takes a count of an earlier charge, until there is a better one. */
  carry(phases: number): void {
    if (this.phases > 1 || this.phasesSource !== "assumed" || this.energy.counters.netKwh > 0) return;
    this.phases = phases;
    this.phasesSource = "carried";
  }

  /** Concludes a count of phases from a level that the car measured, percent. */
  infer(soc: number): void {
    if (this.method === "DC" || this.isMetered || !this.isTrusted || this.volts === null) return;
    const { netKwh, grossKwh, gaps } = this.energy.counters;
    const { capacityKwh, volts, phases, phasesSource } = this;
    const [isAssumed, isReported] = [phasesSource === "assumed", phasesSource === "reported"];
    const ceiling = this.target ?? 100;
    const hint = { soc, netKwh, grossKwh, gaps, capacityKwh, volts, phases, isAssumed, isReported, ceiling };
    const count = this.inference.take(hint);
    if (count === null) return;
    this.#misattributedKwh = grossKwh;
    this.phases = count;
    this.phasesSource = count === 1 ? "assumed" : "derived";
  }

  /** Leaves out a count of one that comes with the end: it is none of this charge. */
  end(at: number): void {
    if (this.phases !== 1 || this.#lastCount === null || this.#lastCount.at < at - LAST_COUNT_MS) return;
    this.phases = this.#lastCount.phases;
    this.#misattributedKwh = this.#lastCount.misattributedKwh;
  }

  /** Tells why the charge that ends at `end` teaches nothing, a fixed code; `null` if it may. */
  rejectionReason(end: number): string | null {
    if (this.isSupposed) return "capacityUnknown";
    if (this.isRestored) return "restored";
    const { grossKwh } = this.energy.counters;
    if (grossKwh > 0 && this.#misattributedKwh / grossKwh > MOST_MISATTRIBUTED) return "phasesChanged";
    return this.energy.coveredShare(this.startedAt, end) < LEAST_COVERED ? "powerGaps" : null;
  }

  /** Takes note if the clock is set back to `now`; returns whether it is. */
  turnBack(now: number): boolean {
    if (now >= (this.energy.counters.at ?? this.begunAt) - CLOCK_BACK_MS) return false;
    this.energy.turnBack(now);
    this.startedAt = Math.min(this.startedAt, now);
    this.begunAt = Math.min(this.begunAt, now);
    return true;
  }

  /** Reads what `save` gave, as an interrupted charge; `null` if it cannot be used. */
  static restored(saved: unknown): ChargingSession | null {
    const known = readSession(saved);
    if (known === null) return null;
    const { begunAt, energy, inference, misattributedKwh, lastCount, ...conditions } = known;
    const session = new ChargingSession({ ...conditions, now: begunAt ?? conditions.startedAt });
    const { phases, phasesSource, volts, amps, powerSource, isReported, isMetered } = conditions;
    Object.assign(session, { phases, phasesSource, volts, amps, powerSource, isReported, isMetered, isRestored: true });
    session.energy.restore(energy);
    session.inference.restore(inference);
    session.#misattributedKwh = misattributedKwh;
    session.#lastCount = lastCount;
    return session;
  }

  save(): JsonObject {
    const { startedAt, begunAt, isSupposed, isTrusted, capacityKwh, target, startSoc, method } = this;
    const { phases, phasesSource, volts, amps, powerSource, isReported, isMetered, isRestored, energy, inference } =
      this;
    return {
      ...{ startedAt, begunAt, isSupposed, isTrusted, capacityKwh, target, startSoc, method },
      ...{ phases, phasesSource, volts, amps, powerSource, isReported, isMetered, isRestored },
      ...{ misattributedKwh: this.#misattributedKwh, lastCount: this.#lastCount },
      ...{ energy: energy.save(), inference: inference.save() },
    };
  }

  get #productKw(): number | null {
    return productOf(this.volts, this.amps, this.phases);
  }
}
