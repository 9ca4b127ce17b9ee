import { IDLE_ACTIVITY, parkedCarAt, type ActivityState } from "./activity-state.js";
import { seededActivity } from "./seeded-activity.js";
import type { TimedFlag } from "./cable-and-locks.js";
import { chargingEndedEvent as endOfCharge, isEndKnown, endReportDueAt, type ChargeContext } from "./charge-end.js";
import * as charges from "./charge.js";
import type { ChargingMethod, VehicleEvent } from "./vehicle-event.js";
import { sortedByTime, type ActivityObservation } from "./activity-observation.js";
import { bestLevel, withLevel, type MeasuredLevel } from "./measured-level.js";
import * as motions from "./motion-transitions.js";
import { movedByFix, movedByOdometer, movedByReport, type Movement } from "./trip-detection.js";
import { isMoving, nextChangeAt, tripOverAt } from "./motion-verdict.js";
import { isOutdated } from "./outdated.js";
import { holdsSince, levelsAt } from "./parked-car.js";
import { tripEndedEvent as endOfTrip, tripStartedEvent, type Trip } from "./trip.js";
import type { ChargingPhase } from "./words.js";

/** Provides the current values of the car that the tracker needs besides its observations. */
export interface ActivityContext extends Omit<ChargeContext, "levels" | "plugged" | "method"> {
  readonly cable: TimedFlag | null;
  /** Charging method as last reported by the car. */
  readonly method: charges.MethodObservation | null;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Limits by how much the car's clock and its GPS may disagree on when it stopped [ms]. */
const STOPPING_MS = 2 * MINUTE;
/** Limits the age of a charging start that is still reported [ms]: an older charge may be over. */
const OUTDATED_CHARGE_MS = 36 * 60 * MINUTE;
/** Limits how long before its end a charge may still claim a level [ms]. */
const LEVEL_OF_CHARGE_MS = 30 * MINUTE;

/**
 * Tracks whether a car is parked, on a trip or charging, never two of these at once, and emits the events of each.
 * Keeps the order in one place: a trip ends before a charge begins and vice versa, and each start is emitted before its
 * end, in the order of BMW's time.
 */
export class VehicleEventTracker {
  /** Changed in place, because every observation changes it: nobody else keeps it. */
  readonly #state: ActivityState = { ...IDLE_ACTIVITY };
  #events: VehicleEvent[] = [];
  #stoppedAt: number | null = null;
  #now = 0;
  #heardUntil = 0;

  constructor(private readonly context: () => ActivityContext) {}

  /** Returns whether the car is moving, by the observations so far; `null` if unknown. */
  isMoving(now: number): boolean | null {
    return isMoving(this.#state.motion, now);
  }

  /** Returns whether a trip is open, also while the car waits at a traffic light. */
  get isOnTrip(): boolean {
    return this.#state.trip !== null;
  }

  /** Returns the charge that runs or pauses according to the car. */
  get charge(): charges.Charge | null {
    const { charge } = this.#state;
    return charge?.stop === null ? charge : null;
  }

  /** Returns the method of the present charge, or of the last one since the car was parked; `null` if not reported. */
  get method(): ChargingMethod | null {
    return this.#methodAt(this.#state.charge?.startedAt ?? this.#now);
  }

  /** Returns whether motion has to be derived; false for cars that send `isMoving` themselves. */
  get needsDerivedMotion(): boolean {
    return this.#state.motion.reported === null;
  }

  /** Returns when time alone may change the state [ms]; `null`: not before the next observation. */
  dueAt(now: number): number | null {
    const { motion, trip, charge } = this.#state;
    let next = trip === null ? Infinity : tripOverAt(motion);
    if (trip !== null || this.isMoving(now) === true) next = Math.min(next, nextChangeAt(motion, now) ?? Infinity);
    if (charge !== null && charge.stop !== null)
      next = Math.min(next, endReportDueAt(charge.stop, this.#chargeContext()));
    return next === Infinity ? null : next;
  }

  /**
   * Processes observations that arrived together; an empty list only lets time pass.
   * @param heardUntil time up to which the car has been heard [ms]: only a silence before it ends anything
   */
  process(
    observations: ActivityObservation[],
    now: number,
    heardUntil = now,
  ): { readonly events: VehicleEvent[]; readonly stoppedAt: number | null } {
    this.#events = [];
    this.#stoppedAt = null;
    this.#now = now;
    this.#heardUntil = heardUntil;
    for (const one of observations.length > 1 ? sortedByTime(observations) : observations) this.#process(one);
    this.#conclude();
    return { events: this.#events, stoppedAt: this.#stoppedAt };
  }

  /** Seeds the state with observations from before the start; emits no event for them. */
  seed(observations: ActivityObservation[], now: number): void {
    this.#change(seededActivity(this.#state, observations, now));
  }

  save(): ActivityState {
    return { ...this.#state };
  }

  /** Restores the result of `save`, also in the middle of a trip or a charge. */
  restore(state: ActivityState): void {
    this.#change(state);
  }

  /** Applies the conclusions that only time permits, after all observations were processed. */
  #conclude(): void {
    const { motion, trip, charge } = this.#state;
    if (trip !== null && tripOverAt(motion) <= this.#heardUntil) this.#endTrip(trip, Infinity);
    if (charge !== null && isEndKnown(charge, this.#chargeContext(), this.#heardUntil))
      this.#endCharge(charge, Infinity);
  }

  #change(changes: Partial<ActivityState>): void {
    Object.assign(this.#state, changes);
  }

  #emit(event: VehicleEvent): void {
    this.#events.push(event);
    this.#change({ lastAt: Math.max(event.at, this.#state.lastAt ?? -Infinity) });
  }

  #process(observation: ActivityObservation): void {
    switch (observation.kind) {
      case "fix":
        this.#onMovement((state) => movedByFix(state, observation.fix, this.#now));
        break;
      case "level":
        this.#onLevel(observation.level);
        break;
      case "cable":
        this.#onCable(observation.plugged, observation.at);
        break;
      case "charging":
        this.#onPhase(observation.phase, observation.at);
        break;
      case "power":
        if (this.charge !== null) this.#change({ charge: charges.withChargingSign(this.charge, observation.at) });
        break;
      case "report":
        this.#onReport(observation.moving, observation.at);
        break;
      case "odometer":
        this.#onMovement((state) => movedByOdometer(state, observation, this.#heardUntil));
        break;
      case "lock":
        this.#onLock(observation.status, observation.at);
    }
  }

  // Trips

  #onReport(moving: boolean, at: number): void {
    const { charge } = this.#state;
    // A report from before the last sign of charging is late and ignored; a level of the departure itself is such a sign.
    if (moving && charge !== null && (at < charge.signAt || at === charge.startedAt)) return;
    // What ends at the same moment would leave no time for the trip to begin.
    if (moving && charge !== null) this.#endCharge(charge, at - SECOND);
    this.#onMovement((state) => movedByReport(state, { moving, at, heardAt: this.#heardAt(at) }));
  }

  #onLock(status: string, at: number): void {
    const { motion } = this.#state;
    this.#change({ motion: motions.withLock(motion, status, this.isMoving(this.#heardUntil) === true, at) });
  }

  /** Applies a movement; one that begins a trip also ends a charge whose end the car never reported. */
  #onMovement(movement: (state: ActivityState) => Movement): void {
    const { begins, changes } = movement(this.#state);
    const isHeld = changes.motion?.chargingSince !== null;
    if (begins === null || isHeld) {
      this.#change(changes);
      return;
    }
    const { trip, charge } = this.#state;
    const at = begins.startedAt ?? begins.heardAt;
    if (trip !== null) this.#endTrip(trip, at);
    if (charge !== null) this.#endCharge(charge, at);
    this.#beginTrip(movement(this.#state));
  }

  #beginTrip({ changes, begins }: Movement): void {
    this.#change(changes);
    if (begins === null) return;
    const { startedAt, heardAt } = begins;
    // Events that were emitted earlier have ended before.
    const earliest = Math.min(heardAt, (this.#state.lastAt ?? -Infinity) + SECOND);
    const trip = { ...begins, startedAt: startedAt === null ? null : Math.max(startedAt, earliest) };
    this.#change({ trip });
    this.#emit(tripStartedEvent(trip));
  }

  /** @param until latest possible end of the trip [ms] */
  #endTrip(trip: Trip, until: number): void {
    const { motion, levels, place } = this.#state;
    const movedAt = Math.min(until, motion.displacedAt ?? trip.heardAt);
    this.#change({ trip: null, motion: motions.withTripOver(motion, this.#heardUntil) });
    this.#emit(endOfTrip(trip, movedAt, levels, place));
  }

  // Charges

  #onLevel(level: MeasuredLevel): void {
    const { levels, charge } = this.#state;
    const before = bestLevel(levels, ({ source }) => source === level.source);
    this.#change({ levels: withLevel(levels, level) });
    if (charge === null) return;
    const isWithin = charge.stop === null || level.at < charge.stop.at;
    const next = isWithin
      ? charges.withLevelDuringCharge(charge, level, before)
      : charges.withLevelAfterStop(charge, level);
    this.#change({ charge: next });
  }

  #onCable(plugged: boolean, at: number): void {
    const { trip, charge } = this.#state;
    if (!plugged) {
      if (charge !== null && at >= charge.startedAt) this.#onUnplugged(charge, at);
      return;
    }
    if (trip !== null && this.#isPresent(at)) this.#endTrip(trip, at);
    // A cable that is plugged in again ends the charge before.
    if (charge?.stop?.isFinal === true && at > charge.stop.at) this.#endCharge(charge, Infinity);
  }

  #onUnplugged(charge: charges.Charge, at: number): void {
    const isLost = charges.isLost(charge, at);
    this.#stopCharge(charge, isLost ? "lost" : "unplugged", isLost ? charge.signAt : at, at);
    this.#release();
  }

  #onPhase(phase: ChargingPhase, at: number): void {
    const { charge, phaseAt } = this.#state;
    this.#change({ phaseAt: Math.max(at, phaseAt ?? -Infinity) });
    if (phase === "active") this.#onActive(at, phaseAt === null);
    else if (charge === null || at < charge.startedAt) return;
    else if (phase !== "paused") this.#stopCharge(charge, phase, at);
    else if (charges.canResume(charge, at) && at >= (charge.stop?.at ?? at))
      this.#change({ charge: charges.pauseCharge(charge) });
  }

  /** @param isFirst whether nothing was known before: then an old status may be outdated */
  #onActive(at: number, isFirst: boolean): void {
    const { trip, charge } = this.#state;
    if (isFirst && isOutdated(at, this.#now)) return;
    if (trip !== null) {
      if (!this.#isPresent(at)) return;
      this.#endTrip(trip, at);
    }
    if (charge === null) this.#beginCharge(at);
    else if (charge.stop === null || at > charge.stop.at) this.#resumeCharge(charge, at);
  }

  #resumeCharge(charge: charges.Charge, at: number): void {
    if (charges.canResume(charge, at)) {
      this.#change({ charge: charges.resumeCharge(charge, at) });
      return;
    }
    this.#endCharge(charge, at);
    this.#beginCharge(at);
  }

  #beginCharge(at: number): void {
    const { motion, lastAt } = this.#state;
    const { cable, target } = this.context();
    const isOld = at < (lastAt ?? -Infinity) || this.#now - at > OUTDATED_CHARGE_MS;
    const isUnplugged = cable !== null && !cable.value && cable.at >= at;
    if (isOld || isUnplugged) return;
    const starts = levelsAt(parkedCarAt(this.#state, null), at);
    this.#change({ charge: charges.startCharge(at, starts), motion: motions.withCharging(motion, true, at) });
    const soc = bestLevel(starts, () => true)?.soc ?? null;
    this.#emit({ name: "chargingStarted", at, soc, method: this.#methodAt(at), targetSoc: target });
  }

  /** @param shownAt time of the observation that shows it [ms] */
  #stopCharge(charge: charges.Charge, cause: charges.StopCause, at: number, shownAt = at): void {
    const next = charges.stopCharge(charge, cause, at, this.#heardAt(shownAt));
    if (charge.stop === null) this.#stoppedAt = next.stop?.at ?? null;
    this.#change({ charge: next });
  }

  /** Releases the car after a charge, so that a trip may begin. */
  #release(): void {
    this.#change({ motion: motions.withCharging(this.#state.motion, false, this.#now) });
  }

  /** @param until latest possible end of the charge [ms] */
  #endCharge(charge: charges.Charge, until: number): void {
    const ended = endOfCharge(charge, this.#chargeContext(), until);
    this.#release();
    this.#change({ charge: null, chargedAt: ended.from === "level" ? ended.at - LEVEL_OF_CHARGE_MS : ended.at });
    this.#emit(ended);
  }

  #chargeContext(): ChargeContext {
    const { cable, target, capacityKwh, estimate, method: reported } = this.context();
    const method = this.#methodHeld(reported, this.#state.charge?.startedAt ?? this.#now);
    return { target, capacityKwh, estimate, method, levels: this.#state.levels, plugged: cable?.value ?? null };
  }

  #methodAt(at: number): ChargingMethod | null {
    return this.#methodHeld(this.context().method, at);
  }

  #methodHeld(reported: ActivityContext["method"], at: number): ChargingMethod | null {
    return reported !== null && reported.at >= holdsSince(this.#state, at) ? reported.method : null;
  }

  /** Returns when an observation of `at` was told [ms]: of what a broker has kept, not when it was received. */
  #heardAt(at: number): number {
    return Math.max(Math.min(at, this.#now), this.#heardUntil);
  }

  /** Returns whether an observation of `at` can end a trip: the car has not moved since. */
  #isPresent(at: number): boolean {
    return at >= (this.#state.motion.displacedAt ?? -Infinity) - STOPPING_MS;
  }
}
