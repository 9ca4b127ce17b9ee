import { metresBetween } from "./geography.js";
import type { Fix } from "./motion-state.js";
import { isReachable } from "./speed.js";

/** Holds a fix that is not accepted yet. */
export interface SuspectFix<T extends Fix> {
  readonly fix: T;
  /** Time until which another fix may contradict it [ms]; `null`: it needs confirmation, however long that takes. */
  readonly until: number | null;
}

/** Limits the silence of a car that is awake [ms]. */
const SILENT_MS = 5 * 60_000;
const LEAP_M = 1000;
/** Limits how long a jump waits for the next fix [ms]; shorter than the delay of the end of a trip. */
const CONTRADICTION_MS = 90_000;

/**
 * Holds back a fix that no car can have reached from the one before until the next one confirms it (car train, ferry),
 * and a jump after a silence for a while in which the next one may contradict it. Drops contradicted fixes.
 */
export class PositionOutlierFilter<T extends Fix> {
  #doubted: SuspectFix<T> | null = null;

  /** @param onOutlier called for each dropped fix */
  constructor(private readonly onOutlier: () => void) {}

  get suspect(): SuspectFix<T> | null {
    return this.#doubted;
  }

  /** Returns when `tick` may accept a fix [ms]. */
  get dueAt(): number | null {
    return this.#doubted?.until ?? null;
  }

  restore(doubted: SuspectFix<T> | null): void {
    this.#doubted ??= doubted;
  }

  /**
   * Returns the fixes that are accepted now, in order; `last` is the latest accepted one.
   * @param isOnTrip whether a trip is open: the car may come out of a tunnel
   */
  filter(last: T | null, fix: T, now: number, underWay: boolean): T[] {
    if (last === null) return [fix];
    const doubted = this.#doubted;
    if (doubted === null) return this.#weigh(last, fix, now, underWay);
    if (fix.timestamp <= doubted.fix.timestamp) return isReachable(last, fix) ? [fix] : [];
    this.#doubted = null;
    if (confirms(doubted, last, fix)) return [doubted.fix, fix];
    this.onOutlier();
    return this.#weigh(last, fix, now, underWay);
  }

  /** Returns the fix that nothing has contradicted in time. */
  tick(now: number): T[] {
    const doubted = this.#doubted;
    if (doubted?.until == null || doubted.until > now) return [];
    this.#doubted = null;
    return [doubted.fix];
  }

  #weigh(last: T, fix: T, now: number, underWay: boolean): T[] {
    const isPossible = isReachable(last, fix);
    if (isPossible && (underWay || !isLeap(last, fix))) return [fix];
    this.#doubted = { fix, until: isPossible ? now + CONTRADICTION_MS : null };
    return [];
  }
}

function isLeap(last: Fix, fix: Fix): boolean {
  return fix.timestamp - last.timestamp > SILENT_MS && metresBetween(last, fix) > LEAP_M;
}

/**
 * Returns whether a fix confirms the suspect one: a reachable one only has to stay reachable, an unreachable one has to
 * be nearer than the last accepted fix.
 */
function confirms({ fix: doubted, until }: SuspectFix<Fix>, last: Fix, fix: Fix): boolean {
  if (!isReachable(doubted, fix)) return false;
  return until !== null || metresBetween(doubted, fix) < metresBetween(last, fix);
}
