import { remembered } from "../support/remembered.js";
import type { ChargingMethod } from "./vehicle-event.js";
import type { ReadingValue } from "./reading.js";

/*
 * Interprets BMW's words for doors, windows, cables and charging: the only place that does. `null`: the word is
 * inconclusive, which never means closed, off or locked.
 */

/** Normalises a word: BMW spells them with and without `ASN_`, hyphens, underscores and spaces. */
export function wordOf(value: ReadingValue): string {
  return plainWord(String(value));
}

const plainWord = remembered((text) =>
  text
    .trim()
    .toUpperCase()
    .replace(/^ASN_/, "")
    .replace(/[-_\s]/g, ""),
);

/** Returns whether the charging cable is plugged in. */
export function isPlugged(value: ReadingValue): boolean | null {
  return typeof value === "boolean" ? value : isPluggedWord(String(value));
}

const isPluggedWord = remembered((text) => {
  const word = wordOf(text);
  if (/^(CONNECT|PLUGGED|(IS)?TRUE$|1$)/.test(word)) return true;
  return /^(DISCONNECT|UNPLUGGED|NOTCONNECT|NOTPLUGGED|(IS)?FALSE$|0$)/.test(word) ? false : null;
});

/** Returns whether the car is locked; only one with all doors locked is. */
export function isLocked(value: ReadingValue): boolean | null {
  if (typeof value === "boolean") return value;
  const word = wordOf(value);
  if (word === "LOCKED" || word === "SECURED") return true;
  return word === "UNLOCKED" || word === "SELECTIVELOCKED" ? false : null;
}

/** Returns whether a door, a window or a roof is open: anything but closed is. */
export function isOpen(value: ReadingValue): boolean | null {
  return typeof value === "boolean" ? value : isOpenWord(String(value));
}

const isOpenWord = remembered((text) => {
  const word = wordOf(text);
  if (/^(OPEN|INTERMEDIATE|TILT|LOADINGPOSITION)/.test(word)) return true;
  return /^(CLOSED(SECURED)?|HARDTOPMOUNTED)$/.test(word) ? false : null;
});

/** Names the phase of a charge; `over`: ended by the car or never begun, without a reason. */
export type ChargingPhase = "active" | "paused" | "complete" | "over" | "error";

const PHASES: readonly (readonly [RegExp, ChargingPhase])[] = [
  [/ERROR|FAULT/, "error"],
  [/PAUSE|INTERRUPT|DISRUPT|WAIT|INITIALI[SZ]ATION/, "paused"],
  [/FULLY|TARGET_?REACHED|COMPLETE/, "complete"],
  [/^(NO_?CHARGING|NOT_?CHARGING|UNPLUGGED)|ENDED|FINISHED|STOPPED|INACTIVE/, "over"],
  [/^(CHARGING|CHARGING_?ACTIVE|CHARGING_?IN_?PROGRESS)$/, "active"],
];

const phaseOfWord = remembered((text) => {
  const word = text.trim().toUpperCase();
  return PHASES.find(([pattern]) => pattern.test(word))?.[1] ?? null;
});

/** Returns the phase of a charge by BMW's status; `null` for unknown words. */
export function chargingPhase(value: ReadingValue): ChargingPhase | null {
  if (typeof value === "boolean") return value ? "active" : "over";
  return phaseOfWord(String(value));
}

/** Reads how the car charges, e.g. `AC_TYPE2PLUG`; `null` for words that name no method, `NOCHARGING` for one. */
export function chargingMethod(value: ReadingValue): ChargingMethod | null {
  const [, method] = /(?:^|[^A-Z])(AC|DC)(?:[^A-Z]|$)/.exec(String(value).toUpperCase()) ?? [];
  return method === "AC" || method === "DC" ? method : null;
}

/** Reads a count of phases, `N-PHASES` or a number; `null` for words without a count. */
export function phaseCount(value: ReadingValue): number | null {
  const count =
    typeof value === "number" ? Math.floor(value) : Number(/^(\d)(-PHASES?)?$/i.exec(String(value).trim())?.[1] ?? 0);
  return count >= 1 && count <= 9 ? count : null;
}
