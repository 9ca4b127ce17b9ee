// Times that more than one file here needs; others stand beside the code that uses them.

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** Limits the length of timers [ms], so that a changed system clock is noticed soon. */
export const LONGEST_SLEEP_MS = 15 * MINUTE_MS;

/** Waits between a failed event poll, or a job that was held without a known end, and the next attempt [ms]. */
export const RETRY_MS = 15 * MINUTE_MS;

/** Lag of BMW's REST snapshot behind the stream [ms]: polled at once, it returns the state from before. */
export const SNAPSHOT_LAG_MS = 60_000;

/** Waits between a failed daily call and its retry [ms]. */
export const DAILY_RETRY_MS = 60 * MINUTE_MS;

/** The most by which the clocks of BMW, the cars and this machine may differ; a time further ahead is a wrong one. */
export const CLOCK_TOLERANCE_MS = 60 * MINUTE_MS;
