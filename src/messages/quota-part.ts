import type { Quota } from "./types.js";

/** The quota as messages carry it: a copy, and nothing else of what the account knows. */
export function quotaPart({ used, remaining, limit, window, resetsAt }: Quota): Quota {
  return { used, remaining, limit, window, resetsAt };
}
