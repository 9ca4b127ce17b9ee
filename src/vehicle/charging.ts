import { timeIn } from "../support/iso-time.js";
import { finite, isObject } from "../support/json.js";
import type { ChargingEndReason, ChargingMethod, VehicleEvent } from "./events.js";
import type { Reading } from "./reading.js";
import {
  CHARGING_STATUS,
  chargingPhase,
  levelOf,
  type ChargingPhase,
  type SourcedValue,
  type ValueName,
} from "./values.js";

/** A charge that runs, or pauses. */
export interface ChargingSession {
  readonly startedAt: number;
  readonly startSoc: number | null;
  readonly paused: boolean;
  readonly pauses: number;
}

/** What the readings say about charging. */
export interface ChargingFacts {
  readonly phase: ChargingPhase | null;
  /** BMW's time of the phase. */
  readonly phaseAt: number;
  /** It came from BMW since the start, not out of the memory. */
  readonly isLive: boolean;
  readonly plugged: boolean | null;
  readonly pluggedAt: number;
  readonly soc: number | null;
  readonly target: number | null;
  readonly method: ChargingMethod | null;
}

type Readings = ReadonlyMap<string, Reading>;

export const CHARGING_METHOD = "vehicle.drivetrain.electricEngine.charging.method";
const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";
/** Levels come in whole percents. */
const AT_TARGET_WITHIN = 1;
const MINUTE_MS = 60_000;

export interface ChargingStep {
  readonly session: ChargingSession | null;
  readonly events: readonly VehicleEvent[];
}

/**
 * The charge after its facts have changed.
 * @param lastEnd when the charge before ended, so that its own repeated status starts nothing
 * @param capacityKwh usable capacity for the energy; `null` if unknown
 */
export function followCharge(
  session: ChargingSession | null,
  facts: ChargingFacts,
  lastEnd: number,
  capacityKwh: () => number | null,
): ChargingStep {
  if (session === null) {
    const isNew = facts.phase === "active" && facts.isLive && facts.phaseAt > lastEnd;
    const starts = isNew && !isUnpluggedSince(facts, facts.phaseAt);
    return starts ? start(facts) : { session, events: [] };
  }
  const reason = endReason(facts, session);
  if (reason === null) return { session: paused(session, facts), events: [] };
  return { session: null, events: [ended(session, facts, reason, capacityKwh())] };
}

/** What the readings, and the values made of them, say about charging. */
export function chargingFacts(readings: Readings, values: ReadonlyMap<ValueName, SourcedValue>): ChargingFacts {
  const status = readings.get(CHARGING_STATUS);
  const plugged = values.get("plugged");
  return {
    phase: status === undefined || status.value === null ? null : chargingPhase(status.value),
    phaseAt: status?.timestamp ?? 0,
    isLive: status?.source !== "restored",
    plugged: plugged === undefined ? null : plugged.value === true,
    pluggedAt: plugged?.timestamp ?? 0,
    soc: levelOf(values.get("soc")?.value),
    target: levelOf(readings.get(TARGET)?.value),
    method: methodOf(readings.get(CHARGING_METHOD)?.value),
  };
}

function start({ phaseAt, soc, method, target }: ChargingFacts): ChargingStep {
  const session = { startedAt: phaseAt, startSoc: soc, paused: false, pauses: 0 };
  return { session, events: [{ name: "chargingStarted", at: phaseAt, soc, method, targetSoc: target }] };
}

/** Why the charge is over, or `null` if it is not: unknown is no end, and a pause is none. */
function endReason(facts: ChargingFacts, { startedAt }: ChargingSession): ChargingEndReason | null {
  const unplugged = isUnpluggedSince(facts, startedAt);
  switch (facts.phase) {
    case "error":
      return "error";
    case "complete":
      return "target";
    case "over":
      return unplugged && !isAtTarget(facts) ? "unplugged" : ownEnd(facts);
    case "active":
    case "paused":
    case null:
      return unplugged && facts.pluggedAt >= facts.phaseAt ? "unplugged" : null;
  }
}

/** The car ended the charge without saying why. */
function ownEnd(facts: ChargingFacts): ChargingEndReason {
  if (isAtTarget(facts)) return "target";
  return facts.soc === null || facts.target === null ? "unknown" : "stopped";
}

function isUnpluggedSince({ plugged, pluggedAt }: ChargingFacts, since: number): boolean {
  return plugged === false && pluggedAt >= since;
}

function isAtTarget({ soc, target }: ChargingFacts): boolean {
  return soc !== null && (soc >= 100 || (target !== null && soc >= target - AT_TARGET_WITHIN));
}

function paused(session: ChargingSession, { phase }: ChargingFacts): ChargingSession {
  if (phase === "paused" && !session.paused) return { ...session, paused: true };
  // A pause counts once it is over.
  if (phase === "active" && session.paused) return { ...session, paused: false, pauses: session.pauses + 1 };
  return session;
}

function ended(
  { startedAt, startSoc, pauses }: ChargingSession,
  facts: ChargingFacts,
  reason: ChargingEndReason,
  capacityKwh: number | null,
): VehicleEvent {
  const { phase, phaseAt, pluggedAt, soc } = facts;
  const isOver = phase !== "active" && phase !== "paused" && phase !== null;
  const at = Math.max(startedAt, isOver ? phaseAt : pluggedAt);
  const gained = soc === null || startSoc === null ? null : soc - startSoc;
  return {
    name: "chargingEnded",
    at,
    soc,
    energyKwh: gained === null || capacityKwh === null ? null : rounded((gained / 100) * capacityKwh),
    durationMin: Math.round((at - startedAt) / MINUTE_MS),
    reason,
    pauses,
  };
}

export function methodOf(value: unknown): ChargingMethod | null {
  const word = typeof value === "string" ? value.toUpperCase() : "";
  if (word.startsWith("AC")) return "AC";
  return word.startsWith("DC") ? "DC" : null;
}

function rounded(kwh: number): number {
  return Math.round(kwh * 100) / 100;
}

/** The session out of what was saved. */
export function decodeSession(saved: unknown): ChargingSession | null {
  if (!isObject(saved)) return null;
  const { startSoc, paused: isPaused, pauses } = saved;
  const startedAt = timeIn(saved["startedAt"]);
  if (startedAt === null) return null;
  return { startedAt, startSoc: levelOf(startSoc), paused: isPaused === true, pauses: finite(pauses) ?? 0 };
}
