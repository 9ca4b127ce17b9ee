import { timeIn } from "../support/iso-time.js";
import { finite } from "../support/json.js";
import { list, needed, object, type Read } from "../support/stored.js";
import { levelOf, SOC_SOURCES } from "./values.js";

/** A state of charge that the car measured: percent, with BMW's time in milliseconds. */
export interface Level {
  readonly soc: number;
  readonly at: number;
  /** Place in `SOC_SOURCES`: the lower the better. */
  readonly source: number;
}

/** The newest level of each source. */
export type Levels = readonly Level[];

/** Levels come in whole percents. */
export const LEVEL_STEP_PP = 1;

const MINUTE = 60_000;
/** A better source counts although another one is newer by as much. */
const AS_NEW_MS = 5 * MINUTE;
/** The level at the end of a trip segment is repeated later on. */
const TRIP_END = SOC_SOURCES.findIndex((source) => source.includes(".trip."));

/** Takes a level in; one older than what its source told before is no news. */
export function withLevel(levels: Levels, level: Level): Levels {
  const known = levels.find(({ source }) => source === level.source);
  if (known !== undefined && known.at > level.at) return levels;
  return [...levels.filter(({ source }) => source !== level.source), level];
}

/** The newest of the levels of a time, or one of a better source that is about as new; `null` without any. */
export function bestLevel(levels: Levels, fits: (level: Level) => boolean): Level | null {
  const fitting = levels.filter(fits);
  const newest = Math.max(...fitting.map(({ at }) => at));
  const [best] = fitting.filter(({ at }) => at >= newest - AS_NEW_MS).sort((one, other) => one.source - other.source);
  return best ?? null;
}

/** Whether it is measured at its own time, whatever that is the time of. */
export function isMeasuredNow({ source }: Level): boolean {
  return source !== TRIP_END;
}

export const decodeLevel: Read<Level | null> = object({
  soc: needed(levelOf),
  at: needed(timeIn),
  source: needed(finite),
});

/** Levels out of what was saved; what is damaged is left out. */
export const decodeLevels: Read<Levels> = list(decodeLevel);
