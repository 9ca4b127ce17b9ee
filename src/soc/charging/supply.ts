import { finite, isObject, text } from "../../support/json.js";
import type { Moments } from "../normal.js";

/** One way in which a supply may charge the battery. */
export interface Branch {
  /** `null` where phases play no part. */
  readonly phases: number | null;
  /** Of the supply's power. */
  readonly factor: number;
  /** Under which the gain is remembered. */
  readonly condition: string;
  /** How likely it is beforehand. */
  readonly weight: number;
  readonly gain: Moments;
  /** The gain was seen in this condition before, rather than guessed. */
  readonly isKnown: boolean;
}

/** What is known of the power from `at` on. Power in kW before losses. */
export interface Supply {
  readonly at: number;
  /** Supplies with the same key differ in power only. */
  readonly key: string;
  readonly kw: number;
  readonly auxKw: number;
  /** How far the power may be off when it is told, and while it is held, as shares; how long that lasts. */
  readonly toldSd: number;
  readonly heldSd: number;
  readonly heldMs: number;
  /** Power follows the car's curve of fast charging, of which `kw` is one point; `null` if no point is known. */
  readonly follows: boolean;
  /** A point of the curve that was measured before full power is reached tells little. */
  readonly ramps: boolean;
  readonly branches: readonly Branch[];
}

export const STOPPED = "stopped";
export const UNKNOWN = "unknown";
export const UNKNOWN_FAST = `${UNKNOWN}, fast`;
/** Nothing tells of the power. */
export function isGuess({ key }: Supply): boolean {
  return key.startsWith(UNKNOWN);
}

/** The power before a pause, after it; `null` if that was only guessed, or follows the level. */
export function resumed(supply: Supply, at: number): Supply | null {
  if (isGuess(supply) || supply.follows || supply.branches.length === 0) return null;
  return { ...supply, at, toldSd: Math.max(supply.heldSd, RESUMED_SD), heldSd: Math.max(supply.heldSd, RESUMED_SD) };
}

/** Conditions of which the power is only guessed begin so. */
export const BLIND = "blind/";
/** Begins the conditions of a battery of which nobody tells the capacity: their gains mean another one. */
export const OPEN = "open/";

/** After a pause power is seldom quite the same. */
const RESUMED_SD = 0.15;

/** Nothing charges from `at` on. */
export function stopped(at: number): Supply {
  const rest = { kw: 0, auxKw: 0, toldSd: 0, heldSd: 0, heldMs: 60_000, follows: false, ramps: false };
  return { ...rest, at, key: STOPPED, branches: [] };
}

const MOST_BRANCHES = 24;

/** `null` if that is none. */
export function restoredSupply(saved: unknown): Supply | null {
  if (!isObject(saved) || !Array.isArray(saved["branches"])) return null;
  const [at, kw, auxKw] = [finite(saved["at"]), finite(saved["kw"]), finite(saved["auxKw"])];
  const [toldSd, heldSd, heldMs] = [finite(saved["toldSd"]), finite(saved["heldSd"]), finite(saved["heldMs"])];
  const key = text(saved["key"]);
  const branches = (saved["branches"] as unknown[]).slice(0, MOST_BRANCHES).map(restoredBranch);
  if (key === null || at === null || kw === null || auxKw === null || heldMs === null || heldMs <= 0) return null;
  if (toldSd === null || heldSd === null || !branches.every((one) => one !== null)) return null;
  const [follows, ramps] = [saved["follows"] === true, saved["ramps"] === true];
  return { at, key, kw, auxKw, toldSd, heldSd, heldMs, follows, ramps, branches };
}

function restoredBranch(saved: unknown): Branch | null {
  if (!isObject(saved) || !isObject(saved["gain"])) return null;
  const [factor, weight, phases] = [finite(saved["factor"]), finite(saved["weight"]), finite(saved["phases"])];
  const [mean, variance] = [finite(saved["gain"]["mean"]), finite(saved["gain"]["variance"])];
  const condition = text(saved["condition"]);
  if (factor === null || weight === null || condition === null || mean === null || variance === null) return null;
  if (factor < 0 || weight <= 0 || variance <= 0) return null;
  return { phases, factor, condition, weight, gain: { mean, variance }, isKnown: saved["isKnown"] === true };
}
