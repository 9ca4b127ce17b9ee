import { isPlace, type Place } from "../../vehicle/geography.js";
import { MOST_KMH } from "../limits.js";
import { dated, isSound } from "../sound.js";
import type { SocSignal } from "../types.js";

/** A signal to go by, measured before it was received; `null` for nonsense. */
export function soundOf(signal: SocSignal): SocSignal | null {
  if (!isSound(signal)) return null;
  if (signal.kind === "position" && (!isPlace(signal) || isNoFix(signal))) return null;
  if (signal.kind === "speed" && signal.kmh !== null && (signal.kmh < 0 || signal.kmh > MOST_KMH)) return null;
  return dated(signal);
}

/** A receiver without a fix tells the middle of the Atlantic. */
function isNoFix({ latitude, longitude }: Place): boolean {
  return Math.abs(latitude) + Math.abs(longitude) <= 0.1;
}
