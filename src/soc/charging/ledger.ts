import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { CapacitySource, ChargeFigures, ChargingReport, LearningDecision } from "../estimate.js";
import type { SocValue } from "../soc-value.js";
import { isRecent } from "../limits.js";
import { isSound } from "../sound.js";
import type { Method, SocSettings, SocSignal } from "../types.js";
import { Facts } from "./facts.js";
import { isLegacy, readLegacy } from "./legacy.js";
import { Lessons } from "./lessons.js";
import { conditionOf, type Efficiency } from "./matrix.js";
import { ChargeSession } from "./session.js";
import { obstacleOf } from "./obstacle.js";

/** The charge that runs, with its conditions; percent, V, A. */
export type ChargeView = Omit<ChargeFigures, "minutesToTarget"> & {
  readonly startSoc: number | null;
  readonly volts: number | null;
  readonly amps: number | null;
};

const VERSION = 1;
/** These move the line. */
const OF_POWER_AND_LEVEL: readonly SocSignal["kind"][] = ["soc", "power", "meter", "volts", "amps", "phases", "method"];
const IDLE_STEP_PP = 0.5;
/** Of a battery of which nobody tells the capacity. */
const SOME_KWH = 60;
/** A shorter charge that says nothing is not worth a word. */
const WORTH_A_WORD_MS = 300_000;

/**
 * The books of the charges of one car: their energy by the power that is told, and what they teach, the learned matrix.
 * Its line of levels follows the public rules of this field, so that it learns as users know it; what is shown of a
 * charge is another's. Signals come in the order of arrival; times in ms, kW, kWh, percent.
 */
export class ChargingLedger {
  readonly #lessons: Lessons;
  readonly #facts = new Facts();
  #session: ChargeSession | null = null;
  #charging = false;
  /** Level of the line while nothing charges. */
  #last: number | null = null;
  #meteredAt: number | null = null;

  constructor(private readonly settings: () => SocSettings) {
    this.#lessons = new Lessons(() => settings().minEfficiency);
  }

  /** Takes what arrives; returns what was learned by it, or why nothing was. */
  take(signal: SocSignal): readonly LearningDecision[] {
    if (!isSound(signal)) return [];
    this.#watch(signal.now);
    const decisions = this.#lessons.expire(signal.now);
    if (signal.kind === "status")
      decisions.push(...this.#status(signal.active, Math.min(signal.at, signal.now), signal.now));
    else if (signal.kind === "meter") this.#meter(signal.kw, signal.auxKw, signal.now);
    else if (this.#facts.take(signal)) decisions.push(...this.#fact(signal));
    this.#beginLate(signal.now);
    if (OF_POWER_AND_LEVEL.includes(signal.kind)) this.#move(signal.now);
    return decisions;
  }

  /** Lets time pass. */
  tick(now: number): readonly LearningDecision[] {
    if (!Number.isFinite(now)) return [];
    this.#watch(now);
    this.#beginLate(now);
    if (!this.#isMetered(now)) this.#session?.beat(now);
    this.#move(now);
    return this.#lessons.expire(now);
  }

  efficiencyOf(method: Method, phases: number, volts: number | null, amps: number | null): Efficiency {
    return this.#lessons.matrix.efficiencyOf(method, phases, volts, amps);
  }

  /** `null` while nothing charges, or nothing is known of it. */
  get session(): ChargeView | null {
    const session = this.#session;
    if (session === null) return null;
    const { method, powerSource, phases, phasesSource, volts, amps, target, startSoc, startedAt, energy } = session;
    const { value, samples } = this.#efficiency(session);
    return {
      method,
      powerKw: powerSource === "none" ? null : energy.powerKw,
      powerSource,
      phases: method === "DC" ? null : phases,
      phasesSource,
      efficiency: samples > 0 ? value : null,
      targetSoc: target,
      energyKwh: energy.netKwh,
      startedAt,
      startSoc,
      volts,
      amps,
    };
  }

  /** The user's word, else the car's. */
  get capacity(): { readonly kwh: number; readonly source: CapacitySource } | null {
    return this.#facts.capacity(this.settings().capacityKwh);
  }

  /** Forgets what was learned; returns whether there was anything. */
  reset(what: "ac" | "dc" | "all"): boolean {
    return this.#lessons.reset(what);
  }

  report(): ChargingReport {
    return { conditions: this.#lessons.matrix.report() };
  }

  save(): JsonObject {
    return {
      version: VERSION,
      ...this.#lessons.save(),
      facts: this.#facts.save(),
      session: this.#session?.save() ?? null,
      charging: this.#charging,
      last: this.#last,
      meteredAt: this.#meteredAt,
    };
  }

  /**
   * Goes on with what `save` gave, or with the store of the Home Assistant integration of this field, of one car; what
   * cannot be used is left out. A charge that runs goes on, but teaches nothing.
   */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    if (saved["version"] === VERSION) this.#restoreOwn(saved);
    else if (isLegacy(saved)) this.#restoreLegacy(saved);
  }

  /** Adds what was learned before, by what `save` gave; what runs stays. */
  learnFrom(saved: unknown): void {
    if (isObject(saved) && saved["version"] === VERSION) this.#lessons.learnFrom(saved);
  }

  #restoreOwn(saved: JsonObject): void {
    this.#lessons.restore(saved);
    this.#facts.restore(saved["facts"]);
    this.#charging = saved["charging"] === true;
    this.#session = this.#charging ? ChargeSession.from(saved["session"]) : null;
    this.#meteredAt = finite(saved["meteredAt"]);
    const last = finite(saved["last"]);
    this.#last = last !== null && last >= 0 && last <= 100 ? last : null;
  }

  #restoreLegacy(saved: JsonObject): void {
    const { session, pending, isCharging } = readLegacy(saved, this.#lessons.matrix);
    this.#session = session;
    this.#lessons.adopt(pending);
    this.#charging = isCharging || session !== null;
    this.#last = session?.last ?? null;
    this.#facts.activeAt = session?.startedAt ?? null;
    this.#facts.method = session?.method ?? "AC";
  }

  #watch(now: number): void {
    if (this.#session?.turnBack(now) === true) this.#facts.turnBack(now);
  }

  get #isHybridOnAc(): boolean {
    return this.settings().driveType === "phev" && (this.#session?.method ?? this.#facts.method) === "AC";
  }

  #efficiency({ method, phases, volts, amps }: ChargeSession): Efficiency {
    return this.#lessons.matrix.efficiencyOf(method, phases, volts, amps);
  }

  #isMetered(now: number): boolean {
    return this.#meteredAt !== null && isRecent(this.#meteredAt, now, this.settings().meterPriorityMs);
  }

  #status(active: boolean, at: number, now: number): LearningDecision[] {
    if (active === this.#charging) return [];
    this.#charging = active;
    this.#facts.activeAt = active ? at : null;
    if (!active) return this.#end(at, now);
    this.#lessons.next(at);
    this.#begin(at, now);
    return [];
  }

  #begin(startedAt: number, now: number): void {
    const level = this.#facts.level?.value ?? this.#last;
    if (level === null) return;
    const { method, target } = this.#facts;
    const soc = Math.max(level, this.#last ?? 0);
    this.#session = new ChargeSession({ startedAt, now, soc, method, target, ...this.#believedCapacity });
    this.#session.volts = this.#facts.get("volts")?.value ?? null;
    this.#session.amps = this.#facts.get("amps")?.value ?? null;
    this.#count(this.#session, now);
    this.#supply(this.#session, now);
  }

  get #believedCapacity() {
    const { capacity } = this;
    if (capacity !== null) {
      const isTrusted = this.#facts.isTrusted(capacity.kwh);
      return { capacityKwh: capacity.kwh, isSupposed: false, isTrusted };
    }
    return { capacityKwh: this.settings().modelCapacityKwh ?? SOME_KWH, isSupposed: true, isTrusted: false };
  }

  #end(endedAt: number, now: number): LearningDecision[] {
    const session = this.#session;
    this.#session = null;
    if (session === null) return [];
    this.#weigh(session);
    session.end(endedAt);
    const { method, startSoc, capacityKwh, phases, volts, amps, energy } = session;
    const condition = conditionOf(method, phases, volts, amps);
    const netKwh = energy.netUntil(endedAt);
    const obstacle = obstacleOf(session, endedAt);
    const ended = { method, endedAt, startSoc, netKwh, capacityKwh, condition, nextAt: null };
    if (obstacle !== null) {
      const isWorthAWord = endedAt - session.startedAt >= WORTH_A_WORD_MS;
      return isWorthAWord ? this.#lessons.refuse(ended, obstacle, session.last, now) : [];
    }
    const dropped = this.#lessons.take(ended, now);
    const { level, target } = this.#facts;
    return level === null
      ? dropped
      : [...dropped, ...this.#lessons.confirm({ soc: level.value, at: level.at, now }, target)];
  }

  #fact(signal: SocSignal): LearningDecision[] {
    const session = this.#session;
    if (signal.kind === "soc") return this.#soc(signal);
    if (session === null) return [];
    if (signal.kind === "method") session.method = signal.method;
    if (signal.kind === "phases") this.#count(session, signal.now);
    if (signal.kind === "volts" && session.method === "AC") session.volts = signal.volts;
    if (signal.kind === "amps" && session.method === "AC") session.amps = signal.amps;
    if (isElectric(signal, session.method)) this.#supply(session, signal.now, isStop(signal));
    return [];
  }

  /** Level or capacity have become known in the middle of a charge. */
  #beginLate(now: number): void {
    if (!this.#charging) return;
    const isDue = this.#session === null || (this.#session.isSupposed && this.capacity !== null);
    if (isDue) this.#begin(this.#facts.activeAt ?? now, now);
  }

  #soc(signal: SocValue): LearningDecision[] {
    const { soc, at, now, source } = signal;
    if (source === "tripEnd") return [];
    if (this.#session !== null) this.#level(this.#session, signal);
    this.#note(signal);
    const isOwn = source === "header" || (source === "displayed" && this.#facts.get("header") === null);
    return isOwn ? this.#lessons.confirm({ soc, at, now }, this.#facts.target) : [];
  }

  /** Without a line the car's word is the last level. */
  #note({ soc, source }: SocValue): void {
    if (!this.#charging) {
      if (source !== "level" && this.#isNew(soc)) this.#last = soc;
    } else if (this.#session?.isSupposed !== false) this.#last = Math.max(this.#last ?? 0, soc);
  }

  /** A fraction that was reckoned stays while the car says about the same. */
  #isNew(soc: number): boolean {
    return this.#last === null || this.#isHybridOnAc || Math.abs(soc - this.#last) >= IDLE_STEP_PP;
  }

  #level(session: ChargeSession, { soc, at, now, source }: SocValue): void {
    if (at < session.startedAt || (source === "level" && this.#isHybridOnAc)) return;
    if (soc > session.last || (soc < session.last && this.#isHybridOnAc)) session.anchor(soc, now);
    if (source === "header") this.#infer(session, soc, now);
  }

  #infer(session: ChargeSession, soc: number, now: number): void {
    if (session.method === "DC" || session.isMetered || !session.isTrusted || session.volts === null) return;
    if (this.settings().driveType === "phev") return;
    const { netKwh, grossKwh, gaps } = session.energy;
    const { capacityKwh, volts, phases, phasesSource } = session;
    const [isAssumed, isReported] = [phasesSource === "assumed", phasesSource === "reported"];
    const ceiling = session.target ?? 100;
    const hint = { soc, netKwh, grossKwh, gaps, capacityKwh, volts, phases, isAssumed, isReported, ceiling };
    const count = session.inference.take(hint);
    if (count !== null) session.conclude(count, soc, now);
  }

  #count(session: ChargeSession, now: number): void {
    const phases = this.#facts.phases;
    if (phases?.isCurrent === true) session.report(phases.count, now);
    else if (phases !== null) session.carry(phases.count);
  }

  /** Puts in the power that the car tells: volts times amps where it says how many phases, else its own. */
  #supply(session: ChargeSession, now: number, isStopped = false): void {
    if (this.#isMetered(now)) return;
    const told = this.#facts.powerSince(session.startedAt);
    const product = session.productBeside(told);
    const kw = product ?? told ?? (isStopped ? 0 : null);
    if (kw === null) return;
    if (session.method === "AC") session.isReported = product === null;
    session.power(kw, this.settings().auxKw, now, product === null ? "bmw" : "acProduct");
  }

  #meter(kw: number, auxKw: number, now: number): void {
    if (this.#session === null || kw < 0 || auxKw < 0) return;
    // The meter at home stands still while the car charges fast elsewhere.
    if (this.#session.method === "DC" && kw === 0) return;
    this.#meteredAt = now;
    this.#session.isMetered = true;
    this.#session.power(kw, auxKw, now, "meter");
  }

  /** The user or the car may say something else of the capacity while it charges: that is the better word. */
  #weigh(session: ChargeSession): void {
    session.capacityKwh = this.capacity?.kwh ?? session.capacityKwh;
  }

  #move(now: number): void {
    if (this.#session === null) return;
    this.#weigh(this.#session);
    this.#session.move(now, this.#efficiency(this.#session).value);
    if (!this.#session.isSupposed) this.#last = this.#session.last;
  }
}

function isElectric({ kind }: SocSignal, method: Method): boolean {
  return kind === "power" || (method === "AC" && ["volts", "amps", "phases"].includes(kind));
}

/** Without a current nothing flows, although there is no product then. */
function isStop(signal: SocSignal): boolean {
  return signal.kind === "amps" && signal.amps === 0;
}
