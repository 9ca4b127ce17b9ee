// Times that more than one file here needs; others stand beside the code that uses them.

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** No timer is longer, so that a clock that was set is noticed soon. */
export const LONGEST_SLEEP_MS = 15 * MINUTE_MS;

/** Between an event poll that brought nothing, or a job that was held without a reason in sight, and the next try. */
export const RETRY_MS = 15 * MINUTE_MS;

/** BMW's snapshot lags behind the stream: asked at once, it brings the state from before. */
export const SNAPSHOT_LAG_MS = 60_000;

/** One more try of what is asked daily. */
export const DAILY_RETRY_MS = 60 * MINUTE_MS;

/** The most by which the clocks of BMW, the cars and this machine may differ; a time further ahead is a wrong one. */
export const CLOCK_TOLERANCE_MS = 60 * MINUTE_MS;
