import { SpeedUnitDetector, type SpeedUnitVerdict } from "./speed-unit-detector.js";
import { legBetween, type TrackerLeg, type Waypoint } from "./tracker-leg.js";
import type { TrackerFix } from "./tracker-types.js";

const HOUR_MS = 3_600_000;

/** Holds a poll of a tracker with the speed derived from the polls before. */
export interface FixWithSpeed {
  /** Fix with the effective speed. */
  readonly fix: TrackerFix;
  /** Whether that is the momentary speed; otherwise it is the mean since the last poll, or unknown. */
  readonly isOfMoment: boolean;
  /** Where the tracker was; `null` if outdated. */
  readonly waypoint: Waypoint | null;
  /** Leg since the last poll. */
  readonly leg: TrackerLeg | null;
}

/** Estimates the speed of a car from polls of its tracker, whose own speed may be missing or in another unit. */
export class TrackerSpeedEstimator {
  readonly #check = new SpeedUnitDetector();
  #isOnTrip = false;
  #last: FixWithSpeed | null = null;

  /** Returns what is certain about the tracker's own speed. */
  get verdict(): SpeedUnitVerdict | null {
    return this.#check.verdict;
  }

  /** Sets whether a trip is open. Legs count on trips only: a resting phone drifts. */
  setOnTrip(isOnTrip: boolean): void {
    if (isOnTrip !== this.#isOnTrip) this.#last = null;
    this.#isOnTrip = isOnTrip;
  }

  add(fix: TrackerFix): FixWithSpeed {
    const waypoint = waypointOf(fix);
    const before = this.#last;
    if (!this.#isOnTrip || waypoint === null) return { fix, isOfMoment: true, waypoint, leg: null };
    // The tracker has sent nothing since.
    if (before?.waypoint?.at === waypoint.at) return { ...before, fix: { ...before.fix, at: fix.at }, leg: null };
    const leg = before?.waypoint == null ? null : this.#compare(before.waypoint, waypoint);
    this.#last = { ...this.#paced(fix, waypoint, leg), waypoint, leg };
    return this.#last;
  }

  #compare(from: Waypoint, to: Waypoint): TrackerLeg | null {
    const stretch = legBetween(from, to);
    const mean = (from.position.speedKmh + to.position.speedKmh) / 2;
    if (stretch !== null) this.#check.add((mean * (stretch.at - stretch.since)) / HOUR_MS, stretch.km);
    return stretch;
  }

  #paced(
    fix: TrackerFix,
    { position: { speedKmh: reportedKmh } }: Waypoint,
    stretch: TrackerLeg | null,
  ): Pick<FixWithSpeed, "fix" | "isOfMoment"> {
    const { verdict } = this.#check;
    if (verdict === "right") return { fix, isOfMoment: true };
    // Nothing is certain yet: a missing speed may be a red light.
    if (verdict === null && reportedKmh > 0) return { fix, isOfMoment: stretch === null };
    const unknown = verdict === null ? reportedKmh : null;
    return { fix: { ...fix, speedKmh: stretch?.kmh ?? unknown }, isOfMoment: false };
  }
}

function waypointOf({ speedKmh, position, at }: TrackerFix): Waypoint | null {
  return speedKmh === null || position === null ? null : { position, at: position.fixTime ?? at };
}
