import type { SocSignal } from "./types.js";

/** All its numbers are numbers. */
export function isSound(signal: SocSignal): boolean {
  return Object.values(signal).every((value) => typeof value !== "number" || Number.isFinite(value));
}

/** Clocks of cars go wrong; nothing was measured after it arrived. */
export function dated(signal: SocSignal): SocSignal {
  return "at" in signal && signal.at > signal.now ? { ...signal, at: signal.now } : signal;
}
