import { finiteNumber, isObject, nonEmptyText, type JsonObject } from "../../support/json.js";
import { clampedNumber, needed, object, oneOf, or, then, type StoredReader } from "../../support/stored-schema.js";
import type { ChargingMethod } from "../../vehicle/vehicle-event.js";
import type { ChargeFigures, LearningDecision } from "../estimate.js";
import type { BatteryObservations } from "../observations/battery-observations.js";
import type { LevelObservation, Observation } from "../observations/observation.js";
import { percentOf, type SocSettings } from "../settings.js";
import { conditionOf, MOST_EFFICIENCY, type ChargingEfficiency } from "./charging-efficiency.js";
import { POWER_TELLERS, type PowerTeller } from "./fixed-loss.js";
import { ChargingSession } from "./charging-session.js";

/** The charge that runs, with its conditions; percent, V, A. */
export type ChargeView = Omit<ChargeFigures, "minutesToTarget" | "targetSoc"> & {
  readonly startSoc: number;
  readonly capacityKwh: number;
  readonly volts: number | null;
  readonly amps: number | null;
};

/** A charge that has ended and waits for a level that confirms it; kWh net, percent, ms. */
interface EndedCharge {
  readonly method: ChargingMethod;
  readonly endedAt: number;
  readonly startSoc: number;
  readonly netKwh: number;
  readonly capacityKwh: number;
  /** Time in which something came in, h. */
  readonly hours: number;
  readonly teller: PowerTeller;
  /** Key of the condition that it ended with. */
  readonly condition: string;
  /** When the next charge began, from which on levels are no longer this one's. */
  readonly nextAt: number | null;
}

/** Verdict on a charge: its efficiency, and whether it may be learned. */
interface LearningVerdict {
  readonly accepted: boolean;
  readonly reason: string;
  readonly value: number | null;
  readonly socChange: number | null;
}

/** Capacity to reckon with where nobody tells it, kWh. */
const SOME_KWH = 60;
/** A shorter charge that says nothing is not worth a word. */
const WORTH_A_WORD_MS = 300_000;
/** Share of the capacity below which energy teaches nothing, as everybody expects. */
const LEAST_SHARE = 0.02;
/** The capacity is about what the car says. */
const TRUSTED = 0.2;
const TARGET_PP = 2;
/** A level from just before the end counts as the one at the end, where the target confirms it. */
const BEFORE_END_MS = 60_000;
const WINDOW_MS: Readonly<Record<ChargingMethod, number>> = { AC: 15 * 60_000, DC: 5 * 60_000 };
const LEAST_GAIN_PP = 5;
/** Between these a share of what was counted can have arrived. */
const LOSS_TEACHES = [0.5, 1.1] as const;
/** How far the levels of start and end are off together, pp, and the capacity from charge to charge, a share. */
const LEVELS_SD_PP = 0.4;
const STORED_SD = 0.01;
/** Messages may be this late. */
const LATEST_MS = 10 * 60_000;

/**
 * Keeps the books of the charges of one car: begins and ends sessions, measures their energy, and learns the efficiency
 * of those that the car confirms by the published rules. Observations come in the order of arrival, after the store has
 * taken them; times in ms, kW, kWh, percent.
 */
export class EfficiencyLearner {
  #session: ChargingSession | null = null;
  #charging = false;
  /** BMW's time of the active status. */
  #activeAt: number | null = null;
  #pending: EndedCharge | null = null;

  constructor(
    private readonly settings: () => SocSettings,
    private readonly observations: BatteryObservations,
    private readonly efficiency: ChargingEfficiency,
  ) {}

  /** Whether the level that is shown matters with an observation: it does where a charge runs, begins or ends. */
  needsLevel({ kind }: Observation): boolean {
    return this.#charging || kind === "status";
  }

  /**
   * Takes what arrives, with the level that is shown, `null` where it does not matter; returns what was learned by it, or why
   * nothing was.
   */
  take(observation: Observation, shownSoc: number | null): readonly LearningDecision[] {
    const { now } = observation;
    this.#watch(now);
    const decisions = this.#expire(now);
    if (observation.kind === "status")
      decisions.push(...this.#status(observation.active, observation.at, now, shownSoc));
    else if (observation.kind === "soc") decisions.push(...this.#level(observation));
    else this.#conditions(observation);
    this.#beginLate(now, shownSoc);
    return decisions;
  }

  /** Lets time pass. */
  tick(now: number, shownSoc: number | null): readonly LearningDecision[] {
    this.#watch(now);
    this.#beginLate(now, shownSoc);
    this.#beat(now);
    return this.#expire(now);
  }

  /** `null` while nothing charges, or nothing is known of it. */
  get session(): ChargeView | null {
    const session = this.#session;
    if (session === null) return null;
    const { method, powerSource, phases, phasesSource, volts, amps, startSoc, startedAt, energy, capacityKwh } =
      session;
    return {
      method,
      powerKw: powerSource === "none" ? null : energy.counters.powerKw,
      powerSource,
      phases: method === "DC" ? null : phases,
      phasesSource,
      efficiency: this.efficiency.measuredOf(conditionOf(method, phases, volts, amps)),
      energyKwh: energy.counters.netKwh,
      grossKwh: energy.counters.grossKwh,
      countedUntil: energy.counters.at ?? startedAt,
      startedAt,
      startSoc,
      capacityKwh,
      volts,
      amps,
    };
  }

  /** Forgets a charge of that kind that still waits. */
  reset(what: "ac" | "dc" | "all"): void {
    if (this.#pending !== null && (what === "all" || what === kindOf(this.#pending))) this.#pending = null;
  }

  save(): JsonObject {
    return {
      session: this.#session?.save() ?? null,
      charging: this.#charging,
      activeAt: this.#activeAt,
      pending: this.#pending,
    };
  }

  /** Goes on with what `save` gave; what cannot be used is left out. A charge that runs goes on, but teaches nothing. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#charging = saved["charging"] === true;
    this.#session = this.#charging ? ChargingSession.restored(saved["session"]) : null;
    this.#activeAt = finiteNumber(saved["activeAt"]);
    this.#pending = readEnded(saved["pending"]);
  }

  /** Waits for what confirms a charge that was saved before; what runs stays. */
  learnFrom(saved: unknown): void {
    if (isObject(saved)) this.#pending ??= readEnded(saved["pending"]);
  }

  #watch(now: number): void {
    if (this.#session?.turnBack(now) === true && this.#activeAt !== null)
      this.#activeAt = Math.min(this.#activeAt, now);
  }

  /** Lets alternating current go on as it was; the meter tells itself what flows. */
  #beat(now: number): void {
    if (this.#meterFor(this.#session, now) === null) this.#session?.beat(now);
  }

  /** The user's meter counts, unless it stands still at home while the car charges fast elsewhere. */
  #meterFor(session: ChargingSession | null, now: number): { readonly kw: number; readonly auxKw: number } | null {
    const meter = this.observations.metered(now, this.settings());
    return meter === null || (session?.method === "DC" && meter.kw === 0) ? null : meter;
  }

  #status(active: boolean, at: number, now: number, shownSoc: number | null): LearningDecision[] {
    if (active === this.#charging) return [];
    this.#charging = active;
    this.#activeAt = active ? at : null;
    if (!active) return this.#end(at, now, shownSoc);
    // A level from now on says nothing about a charge that still waits.
    if (this.#pending?.nextAt === null) this.#pending = { ...this.#pending, nextAt: at };
    this.#begin(at, now, shownSoc);
    return [];
  }

  #begin(startedAt: number, now: number, shownSoc: number | null): void {
    const startSoc = shownSoc ?? this.observations.level?.soc ?? null;
    if (startSoc === null) return;
    const { target, method } = this.observations;
    const session = new ChargingSession({
      startedAt,
      now,
      startSoc,
      method: method ?? "AC",
      target,
      ...this.#capacity,
    });
    const current = this.observations.currentSince(startedAt);
    session.volts = current?.volts ?? null;
    session.amps = current?.amps ?? null;
    this.#session = session;
    this.#count(session, now);
    this.#supply(session, now);
  }

  get #capacity(): { readonly capacityKwh: number; readonly isSupposed: boolean; readonly isTrusted: boolean } {
    const capacity = this.observations.capacity(this.settings());
    if (capacity === null || capacity.source === "model")
      return { capacityKwh: capacity?.kwh ?? SOME_KWH, isSupposed: true, isTrusted: false };
    const told = this.observations.capacityOfCar?.kwh ?? capacity.kwh;
    return { capacityKwh: capacity.kwh, isSupposed: false, isTrusted: Math.abs(capacity.kwh - told) <= TRUSTED * told };
  }

  /** Begins when level or capacity have become known in the middle of a charge. */
  #beginLate(now: number, shownSoc: number | null): void {
    if (!this.#charging) return;
    const isDue = this.#session === null || (this.#session.isSupposed && !this.#capacity.isSupposed);
    // The first level of all is the car's own word.
    if (isDue) this.#begin(this.#activeAt ?? now, now, this.#session === null ? null : shownSoc);
  }

  #end(endedAt: number, now: number, shownSoc: number | null): LearningDecision[] {
    const session = this.#session;
    this.#session = null;
    if (session === null) return [];
    // The user or the car may say something else of the capacity while it charges: that is the better word.
    const { isSupposed, capacityKwh } = this.#capacity;
    if (!isSupposed) session.capacityKwh = capacityKwh;
    session.end(endedAt);
    const { method, startSoc, phases, volts, amps, energy } = session;
    const condition = conditionOf(method, phases, volts, amps);
    const { netKwh, hours } = energy.between(session.startedAt, endedAt);
    const teller = session.isMetered ? "meter" : "car";
    const counted = { startSoc, netKwh, hours, teller, capacityKwh: session.capacityKwh } as const;
    const ended = { method, endedAt, ...counted, condition, nextAt: null };
    const reason = session.rejectionReason(endedAt);
    if (reason === null) return this.#wait(ended, now);
    if (endedAt - session.startedAt < WORTH_A_WORD_MS) return [];
    const socChange = shownSoc === null ? null : shownSoc - startSoc;
    return [
      ...this.#drop("superseded", now),
      decisionOf(ended, { accepted: false, reason, value: null, socChange }, now),
    ];
  }

  /** Waits for what confirms a charge; it replaces one that still waits, unless it is only a flicker of the status. */
  #wait(ended: EndedCharge, now: number): LearningDecision[] {
    const isFlicker = this.#pending !== null && isWorthAWord(this.#pending) && !isWorthAWord(ended);
    const dropped = isFlicker ? [] : this.#drop("superseded", now);
    if (!isFlicker) this.#pending = ended;
    const { level } = this.observations;
    return level === null || level.source === "tripEnd" ? dropped : [...dropped, ...this.#confirm({ ...level, now })];
  }

  #level(level: LevelObservation): LearningDecision[] {
    const { source, soc, at, now } = level;
    if (source === "level" || source === "tripEnd") return [];
    const session = this.#session;
    const isInside = session !== null && at >= session.startedAt;
    if (isInside) session.begins(soc);
    this.#beat(now);
    if (isInside && source === "header" && this.settings().driveType !== "phev") session.infer(soc);
    if (isInside) this.#fills(session);
    return this.#confirm(level);
  }

  /** The car draws power at its target too: for its climate, for its cells. That is not charged. */
  #fills(session: ChargingSession): void {
    const { level, target } = this.observations;
    if (level !== null && level.at >= session.startedAt)
      session.fillsAt(level.soc, target, this.observations.stepOf(level.source));
  }

  /** Takes what says under which conditions the session charges. */
  #conditions(observation: Observation): void {
    const session = this.#session;
    if (session === null) return;
    const { kind, now } = observation;
    if (kind === "method") session.method = observation.method ?? session.method;
    else if (kind === "target") this.#fills(session);
    else if (kind === "meter") this.#takeMeter(session, now);
    else if (kind === "power") this.#supply(session, now);
    else if (kind === "phases") this.#count(session, now);
    if (session.method === "AC") this.#alternating(session, observation);
  }

  #alternating(session: ChargingSession, observation: Observation): void {
    const { kind, now } = observation;
    if (kind !== "volts" && kind !== "amps" && kind !== "phases") return;
    if (kind === "volts") session.volts = observation.volts;
    if (kind === "amps") session.amps = observation.amps;
    // Without a current nothing flows, although there is no product then.
    this.#supply(session, now, kind === "amps" && observation.amps === 0);
  }

  /** A count of this charge, else one of an earlier charge that may be this one's too. */
  #count(session: ChargingSession, now: number): void {
    const phases = this.observations.phasesSince(this.#activeAt);
    if (phases?.isCurrent === true) session.report(phases.count, now);
    else if (phases !== null && phases.count > 1) session.carry(phases.count);
  }

  /** Puts in the power that the car tells: volts times amps where it says how many phases, else its own. */
  #supply(session: ChargingSession, now: number, isStopped = false): void {
    if (this.#meterFor(session, now) !== null) return;
    const told = this.observations.powerSince(session.startedAt)?.value ?? null;
    const product = session.productBeside(told);
    const kw = product ?? told ?? (isStopped ? 0 : null);
    if (kw === null) return;
    if (session.method === "AC") session.isReported = product === null;
    session.power(kw, this.settings().auxKw, now, product === null ? "bmw" : "acProduct");
  }

  #takeMeter(session: ChargingSession, now: number): void {
    const meter = this.#meterFor(session, now);
    if (meter === null) return;
    session.isMetered = true;
    session.power(meter.kw, meter.auxKw, now, "meter");
  }

  /** A level that the car measured may confirm the charge that waits. */
  #confirm({ soc, at, now }: Pick<LevelObservation, "soc" | "at" | "now">): LearningDecision[] {
    const ended = this.#pending;
    if (ended === null) return [];
    const answer = confirmation(ended, soc, at, this.observations.target);
    if (answer === "late") return this.#drop("unconfirmed", now);
    if (answer === "no") return [];
    this.#pending = null;
    const decision = this.#learn(ended, soc, now);
    return isWorthAWord(ended) ? [decision] : [];
  }

  #learn(ended: EndedCharge, soc: number, now: number): LearningDecision {
    const verdict = verdictOn(ended, soc, this.settings().minEfficiency);
    this.#learnLoss(ended, verdict);
    const isOutlier =
      verdict.accepted && verdict.value !== null && !this.efficiency.learnMeasured(ended.condition, verdict.value);
    return decisionOf(ended, isOutlier ? { ...verdict, accepted: false, reason: "outlier" } : verdict, now);
  }

  /** Also of a charge whose efficiency is out of bounds: a loss that no power changes may be why. */
  #learnLoss({ method, netKwh, hours, teller, capacityKwh }: EndedCharge, { value, socChange }: LearningVerdict): void {
    if (method === "DC" || value === null || socChange === null) return;
    if (value < LOSS_TEACHES[0] || value > LOSS_TEACHES[1]) return;
    const storedKwh = (socChange / 100) * capacityKwh;
    const storedSd = Math.hypot((LEVELS_SD_PP / 100) * capacityKwh, STORED_SD * storedKwh);
    this.efficiency.losses.take(teller, { storedKwh, storedSd, netKwh, hours });
  }

  #expire(now: number): LearningDecision[] {
    const ended = this.#pending;
    const isOver = ended !== null && now > ended.endedAt + WINDOW_MS[ended.method] + LATEST_MS;
    return isOver ? this.#drop("unconfirmed", now) : [];
  }

  #drop(reason: string, now: number): LearningDecision[] {
    const ended = this.#pending;
    this.#pending = null;
    if (ended === null || !isWorthAWord(ended)) return [];
    return [decisionOf(ended, { accepted: false, reason, value: null, socChange: null }, now)];
  }
}

/**
 * Tells whether a level of the car, of BMW's time `at`, confirms how full the battery was when the charge had ended:
 * after it, in time, or shortly before it within two points of the target. `"late"` once none can any more.
 */
function confirmation(ended: EndedCharge, soc: number, at: number, target: number | null): "yes" | "no" | "late" {
  if (at > ended.endedAt + WINDOW_MS[ended.method] || at > (ended.nextAt ?? Infinity)) return "late";
  if (at >= ended.endedAt) return "yes";
  const isAtTarget = target !== null && Math.abs(soc - target) <= TARGET_PP;
  return isAtTarget && at >= ended.endedAt - BEFORE_END_MS ? "yes" : "no";
}

/** Judges the efficiency that a charge shows which ended at the level `soc`. */
function verdictOn({ startSoc, netKwh, capacityKwh }: EndedCharge, soc: number, least: number): LearningVerdict {
  const socChange = soc - startSoc;
  const bad = (reason: string, value: number | null = null) => ({ accepted: false, reason, value, socChange });
  if (socChange < LEAST_GAIN_PP) return bad("smallGain");
  if (netKwh <= 0) return bad("noEnergy");
  const value = ((socChange / 100) * capacityKwh) / netKwh;
  if (value < least) return bad("belowBounds", value);
  if (value > MOST_EFFICIENCY) return bad("aboveBounds", value);
  return { accepted: true, reason: "learned", value, socChange };
}

function isWorthAWord({ netKwh, capacityKwh }: EndedCharge): boolean {
  return netKwh >= LEAST_SHARE * capacityKwh;
}

function kindOf({ method }: EndedCharge): "ac" | "dc" {
  return method === "DC" ? "dc" : "ac";
}

function decisionOf(ended: EndedCharge, verdict: LearningVerdict, at: number): LearningDecision {
  return { at, what: kindOf(ended), ...verdict, energyKwh: ended.netKwh, condition: ended.condition };
}

const readEnded: StoredReader<EndedCharge | null> = object({
  method: or(oneOf<ChargingMethod>(["DC"]), "AC"),
  endedAt: needed(finiteNumber),
  startSoc: needed(percentOf),
  netKwh: needed(then(finiteNumber, (kwh: number) => (kwh >= 0 ? kwh : null))),
  hours: or(clampedNumber(0, Infinity), 0),
  teller: or(oneOf(POWER_TELLERS), "car"),
  capacityKwh: needed(then(finiteNumber, (kwh: number) => (kwh > 0 ? kwh : null))),
  condition: needed(nonEmptyText),
  nextAt: finiteNumber,
});
