import type { SocSignal } from "./types.js";

/** All its numbers are numbers. */
export function isSound(signal: SocSignal): boolean {
  // Looked at on every signal: a list of the values would cost more than to look at them.
  for (const name in signal) {
    const value: unknown = signal[name as keyof SocSignal];
    if (typeof value === "number" && !Number.isFinite(value)) return false;
  }
  return true;
}

/** Clocks of cars go wrong; nothing was measured after it arrived. */
export function dated(signal: SocSignal): SocSignal {
  return "at" in signal && signal.at > signal.now ? { ...signal, at: signal.now } : signal;
}
