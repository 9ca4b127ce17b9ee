import type { TimedFlag } from "./cable-and-locks.js";
import { restsByPlan, toldReason } from "./charging-plan.js";
import type { Reading } from "./reading.js";
import type { VehicleEvent } from "./vehicle-event.js";

type ChargingEnded = Extract<VehicleEvent, { name: "chargingEnded" }>;
type ChargingInterrupted = Extract<VehicleEvent, { name: "chargingInterrupted" }>;

/** Provides what is known of the car at the time at which the end of its charge became certain. */
export interface InterruptionContext {
  readonly cable: TimedFlag | null;
  /** Percent. */
  readonly target: number | null;
  readonly readings: ReadonlyMap<string, Reading>;
}

/**
 * Returns the event of a charge that nobody meant to end: BMW names an error or a fault, or it stopped below its target, did
 * not go on, and the cable is still in. Not if BMW names a person or the target, or the car charges by a plan.
 */
export function interruptionOf(ended: ChargingEnded, context: InterruptionContext): ChargingInterrupted | null {
  const { at, startedAt, soc, reason } = ended;
  const told = toldReason(context.readings, at);
  if (reason === "target" || told?.kind === "wanted") return null;
  const isFault = reason === "error" || told !== null;
  const isLeft = reason === "stopped" && context.cable?.value === true && !restsByPlan(context.readings);
  if (!isFault && !isLeft) return null;
  const cause = told?.word ?? null;
  return { name: "chargingInterrupted", at, startedAt, soc, targetSoc: context.target, cause };
}
