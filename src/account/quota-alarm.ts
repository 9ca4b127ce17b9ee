import { nextMidnight } from "../rest/cooldown.js";
import type { Quota } from "../rest/quota-ledger.js";

const LOW_AT = 10;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Whether it is to be told that few calls are left: once in each window of the quota.
 * @param toldFor end of the window for which it was told, in milliseconds; a time further ahead than any such end was noted
 *   by a clock that was wrong
 * @returns the end of the window for which it is to be told now, else `null`
 */
export function quotaAlarm({ remaining, resetsAt }: Quota, toldFor: number, now: number): number | null {
  const isTold = toldFor >= now && toldFor <= now + 2 * DAY_MS;
  if (remaining > LOW_AT || isTold) return null;
  // The pause after a refusal of BMW is shorter than the day, and there may be more of them.
  return Math.max(resetsAt, nextMidnight(now));
}
