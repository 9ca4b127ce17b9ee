import { finiteNumber, type JsonObject } from "../support/json.js";
import { counted, objectsOf, picked, timeOfSeconds } from "./summary-parts.js";
import type { Summary } from "./types.js";

/** Lists the numbers that BMW may send as texts. */
const NUMBERS = [
  "startTime",
  "endTime",
  "displayedStartSoc",
  "displayedSoc",
  "energyConsumedFromPowerGridKwh",
  "totalChargingDurationSec",
  "mileage",
];
/** Lists the members of a session, without positions, which are in the payload. */
const KEPT = [...NUMBERS, "mileageUnits", "timeZone", "isPreconditioningActivated"];

/**
 * `{text, count, last, energyKwh, truncated, sessions}`: `last` the ISO time at which the latest charge ended, or null;
 * `energyKwh` the sum over the sessions that tell it, or null; `sessions` newest first (docs/bmw.md, "Charging history").
 */
export function chargingSummary(payload: unknown, truncated = false): Summary {
  if (!Array.isArray(payload)) return { text: "no data" };
  const sessions = objectsOf(payload).sort((one, other) => startOf(other) - startOf(one));
  const last = lastEnd(sessions);
  return {
    text: textOf(sessions.length, last),
    count: sessions.length,
    last,
    energyKwh: energyOf(sessions),
    truncated,
    sessions: sessions.map((session) => picked(withNumbers(session), KEPT)),
  };
}

function withNumbers(session: JsonObject): JsonObject {
  const numbers = NUMBERS.map((name) => [name, finiteNumber(session[name]) ?? session[name]] as const);
  return { ...session, ...Object.fromEntries(numbers) };
}

function textOf(count: number, last: string | null): string {
  if (count === 0) return "no charges";
  return last === null ? counted(count, "charge") : `${counted(count, "charge")} (last: ${last.slice(0, 10)})`;
}

/** Returns the start of a session, for sorting: BMW's order is not guaranteed. */
function startOf({ startTime }: JsonObject): number {
  return timeOfSeconds(startTime) === null ? 0 : Number(startTime);
}

function lastEnd(sessions: readonly JsonObject[]): string | null {
  const ends = sessions.flatMap(({ endTime }) => (timeOfSeconds(endTime) === null ? [] : [Number(endTime)]));
  return timeOfSeconds(ends.reduce((latest, end) => Math.max(latest, end), 0));
}

function energyOf(sessions: readonly JsonObject[]): number | null {
  const energies = sessions.flatMap(({ energyConsumedFromPowerGridKwh }) => {
    const energy = finiteNumber(energyConsumedFromPowerGridKwh);
    return energy !== null && energy >= 0 ? [energy] : [];
  });
  if (energies.length === 0) return null;
  const sum = energies.reduce((total, energy) => total + energy, 0);
  return Number.isFinite(sum) ? Math.round(sum * 1000) / 1000 : null;
}
