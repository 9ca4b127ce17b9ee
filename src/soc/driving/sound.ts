import type { SocSignal } from "../types.js";

/** A signal to go by, measured before it was received; `null` for nonsense. */
export function soundOf(signal: SocSignal): SocSignal | null {
  if (Object.values(signal).some((value) => typeof value === "number" && !Number.isFinite(value))) return null;
  if (signal.kind === "position" && !isPlace(signal)) return null;
  if (signal.kind === "speed" && signal.kmh !== null && (signal.kmh < 0 || signal.kmh > MOST_KMH)) return null;
  return "at" in signal && signal.at > signal.now ? { ...signal, at: signal.now } : signal;
}

const MOST_KMH = 400;

function isPlace({ latitude, longitude }: { readonly latitude: number; readonly longitude: number }): boolean {
  // A receiver without a fix tells the middle of the Atlantic.
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && Math.abs(latitude) + Math.abs(longitude) > 0.1;
}
