import { validTime } from "../support/iso-time.js";
import { finiteNumber } from "../support/json.js";
import { storedList, needed, object, type StoredReader } from "../support/stored-schema.js";
import { levelOf, SOC_SOURCES } from "./source-priority.js";

/** Holds a state of charge measured by the car [%], with BMW's time [ms]. */
export interface MeasuredLevel {
  readonly soc: number;
  readonly at: number;
  /** Index in `SOC_SOURCES`: lower is better. */
  readonly source: number;
}

/** Holds the newest level of each source. */
export type MeasuredLevels = readonly MeasuredLevel[];

/** Resolution of levels [pp]. */
export const LEVEL_STEP_PP = 1;

const MINUTE = 60_000;
/** Prefers a better source although another one is newer by up to this time [ms]. */
const AS_NEW_MS = 5 * MINUTE;
/** Identifies the level at the end of a trip segment, which is repeated later on. */
const TRIP_END = SOC_SOURCES.findIndex((source) => source.includes(".trip."));

/** Adds a level; ignores one that is older than the known one of its source. */
export function withLevel(levels: MeasuredLevels, level: MeasuredLevel): MeasuredLevels {
  const known = levels.find(({ source }) => source === level.source);
  if (known !== undefined && known.at > level.at) return levels;
  return [...levels.filter(({ source }) => source !== level.source), level];
}

/** Returns the newest fitting level, or one of a better source that is about as new; `null` without any. */
export function bestLevel(levels: MeasuredLevels, fits: (level: MeasuredLevel) => boolean): MeasuredLevel | null {
  let newest = -Infinity;
  for (const level of levels) if (level.at > newest && fits(level)) newest = level.at;
  let best: MeasuredLevel | null = null;
  for (const level of levels) {
    const isBetter = best === null || level.source < best.source;
    if (isBetter && level.at >= newest - AS_NEW_MS && fits(level)) best = level;
  }
  return best;
}

/** Returns whether the level was measured at its own timestamp. */
export function isMeasuredNow({ source }: MeasuredLevel): boolean {
  return source !== TRIP_END;
}

export const decodeLevel: StoredReader<MeasuredLevel | null> = object({
  soc: needed(levelOf),
  at: needed(validTime),
  source: needed(finiteNumber),
});

/** Decodes saved levels; skips damaged ones. */
export const decodeLevels: StoredReader<MeasuredLevels> = storedList(decodeLevel);
