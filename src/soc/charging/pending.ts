import { finite, isObject, text, type JsonObject } from "../../support/json.js";
import type { Method } from "../types.js";

/** A charge that has ended; kWh net, percent, ms. */
export interface EndedCharge {
  readonly method: Method;
  readonly endedAt: number;
  readonly startSoc: number | null;
  readonly netKwh: number;
  readonly capacityKwh: number;
  /** Key of the condition that it ended with. */
  readonly condition: string;
  /** When the next charge began, from which on levels are no longer this one's. */
  readonly nextAt: number | null;
}

const TARGET_PP = 2;
/** A level from just before the end counts as the one at the end, where the target confirms it. */
const BEFORE_END_MS = 60_000;
const WINDOW_MS: Readonly<Record<Method, number>> = { AC: 15 * 60_000, DC: 5 * 60_000 };
const LEAST_GAIN_PP = 5;
/** Messages may be this late. */
const LATEST_MS = 10 * 60_000;

/** What a charge says: its efficiency, and whether it may be learned. */
export interface Verdict {
  readonly isGood: boolean;
  readonly reason: string;
  readonly value: number | null;
  readonly gained: number | null;
}

/**
 * Whether a level of the car, of BMW's time `at`, confirms how full the battery was when the charge had ended: after it, in
 * time, or shortly before it within two points of the target. `"late"` once none can any more.
 */
export function confirmation(
  ended: EndedCharge,
  soc: number,
  at: number,
  target: number | null,
): "yes" | "no" | "late" {
  if (at > ended.endedAt + WINDOW_MS[ended.method] || at > (ended.nextAt ?? Infinity)) return "late";
  if (at >= ended.endedAt) return "yes";
  const isAtTarget = target !== null && target > 0 && Math.abs(soc - target) <= TARGET_PP;
  return isAtTarget && at >= ended.endedAt - BEFORE_END_MS ? "yes" : "no";
}

/** Nothing can confirm the charge any more. */
export function isOver(ended: EndedCharge, now: number): boolean {
  return now > ended.endedAt + WINDOW_MS[ended.method] + LATEST_MS;
}

/** The efficiency that a charge shows which ended at the level `soc`; within `least` and `most`. */
export function judge(ended: EndedCharge, soc: number, least: number, most: number): Verdict {
  const { startSoc, netKwh, capacityKwh } = ended;
  const gained = startSoc === null ? null : soc - startSoc;
  const bad = (reason: string, value: number | null = null): Verdict => ({ isGood: false, reason, value, gained });
  if (gained === null || gained < LEAST_GAIN_PP) return bad("smallGain");
  if (netKwh <= 0) return bad("noEnergy");
  const value = ((gained / 100) * capacityKwh) / netKwh;
  if (value < least) return bad("belowBounds", value);
  if (value > most) return bad("aboveBounds", value);
  return { isGood: true, reason: "learned", value, gained };
}

/** A charge out of what was saved; `null` if it cannot be used. */
export function decodeEnded(saved: unknown): EndedCharge | null {
  if (!isObject(saved)) return null;
  const [endedAt, netKwh, capacityKwh] = [
    finite(saved["endedAt"]),
    finite(saved["netKwh"]),
    finite(saved["capacityKwh"]),
  ];
  const condition = text(saved["condition"]);
  if (endedAt === null || netKwh === null || capacityKwh === null || condition === null) return null;
  if (netKwh < 0 || capacityKwh <= 0) return null;
  return {
    method: saved["method"] === "DC" ? "DC" : "AC",
    endedAt,
    startSoc: finite(saved["startSoc"]),
    netKwh,
    capacityKwh,
    condition,
    nextAt: finite(saved["nextAt"]),
  };
}

export function encodeEnded(ended: EndedCharge | null): JsonObject | null {
  return ended === null ? null : { ...ended };
}
