import type { Quota } from "./types.js";

/** Returns the quota as messages carry it: a copy without the account's other data. */
export function quotaPart({ used, remaining, limit, window, resetsAt }: Quota): Quota {
  return { used, remaining, limit, window, resetsAt };
}
