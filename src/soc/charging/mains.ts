/** From there on volts are told between lines. */
export const LINE_TO_LINE_FROM_V = 250;
const LINE_TO_LINE = 1.732;
const MOST_PHASES = 3;
/** At which cars charge, A. */
const USUAL_CURRENTS = [6, 11, 16, 32, 64] as const;

/** By how much volts times amps is to be multiplied. */
export function multiplierOf(volts: number, phases: number): number {
  if (phases <= 1) return 1;
  return volts >= LINE_TO_LINE_FROM_V ? LINE_TO_LINE : Math.min(phases, MOST_PHASES);
}

/** kW of an alternating current; `null` if volts or amps are missing. */
export function productOf(volts: number | null, amps: number | null, phases: number): number | null {
  if (volts === null || amps === null || volts <= 0 || amps <= 0) return null;
  return ((volts * amps) / 1000) * multiplierOf(volts, phases);
}

/** The usual current that is nearest, of two the lower. */
export function usualCurrent(amps: number): number {
  return nearest(USUAL_CURRENTS, amps);
}

export function nearest(values: readonly number[], value: number): number {
  return values.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best));
}
