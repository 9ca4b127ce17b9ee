import { metresBetween } from "./geography.js";
import type { Fix } from "./motion-state.js";
import { isWay } from "./speed.js";

/** A fix that is not believed yet. */
export interface Doubted<T extends Fix> {
  readonly fix: T;
  /** Until when another one may contradict it, in milliseconds; `null`: it has to be confirmed, however long that takes. */
  readonly until: number | null;
}

/** In this time a car that is awake tells its place again. */
const SILENT_MS = 5 * 60_000;
const LEAP_M = 1000;
/** So long a leap waits for the next fix: shorter than a trip that is over waits for its end. */
const CONTRADICTION_MS = 90_000;

/**
 * Holds back a fix that no car can have reached from the one before, until the next one confirms it (a car train, a
 * ferry), and one that leaps after a silence for a while, in which the next one may contradict it. What is contradicted
 * was never true.
 */
export class OutlierFilter<T extends Fix> {
  #doubted: Doubted<T> | null = null;

  /** @param onOutlier hears of each fix that is dropped */
  constructor(private readonly onOutlier: () => void) {}

  get doubted(): Doubted<T> | null {
    return this.#doubted;
  }

  /** When `tick` may have something to tell, in milliseconds. */
  get dueAt(): number | null {
    return this.#doubted?.until ?? null;
  }

  restore(doubted: Doubted<T> | null): void {
    this.#doubted ??= doubted;
  }

  /**
   * The fixes that are believed now, in order; `last` is the one that was believed last.
   * @param underWay whether the car is on its way: it may come out of a tunnel
   */
  pass(last: T | null, fix: T, now: number, underWay: boolean): T[] {
    if (last === null) return [fix];
    const doubted = this.#doubted;
    if (doubted === null) return this.#weigh(last, fix, now, underWay);
    if (fix.timestamp <= doubted.fix.timestamp) return isWay(last, fix) ? [fix] : [];
    this.#doubted = null;
    if (confirms(doubted, last, fix)) return [doubted.fix, fix];
    this.onOutlier();
    return this.#weigh(last, fix, now, underWay);
  }

  /** What nothing has contradicted in time. */
  tick(now: number): T[] {
    const doubted = this.#doubted;
    if (doubted?.until == null || doubted.until > now) return [];
    this.#doubted = null;
    return [doubted.fix];
  }

  #weigh(last: T, fix: T, now: number, underWay: boolean): T[] {
    const isPossible = isWay(last, fix);
    if (isPossible && (underWay || !isLeap(last, fix))) return [fix];
    this.#doubted = { fix, until: isPossible ? now + CONTRADICTION_MS : null };
    return [];
  }
}

function isLeap(last: Fix, fix: Fix): boolean {
  return fix.timestamp - last.timestamp > SILENT_MS && metresBetween(last, fix) > LEAP_M;
}

/** What was possible needs only to remain so; else the fix has to belong there rather than to the last place. */
function confirms({ fix: doubted, until }: Doubted<Fix>, last: Fix, fix: Fix): boolean {
  if (!isWay(doubted, fix)) return false;
  return until !== null || metresBetween(doubted, fix) < metresBetween(last, fix);
}
