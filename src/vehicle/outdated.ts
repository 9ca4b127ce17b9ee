import type { EntryBatch } from "./reading-filter.js";

/** Limits the age of a first report that counts as new [ms]; BMW's messages take seconds. */
const OUTDATED_AFTER_MS = 15 * 60_000;

/** Returns whether a first report is outdated. Times in ms. */
export function isOutdated(at: number, now: number): boolean {
  return now - at > OUTDATED_AFTER_MS;
}

/** Returns whether a batch is no news because a broker retained it, declared or not. */
export function isBacklog({ source, sentAt, entries, receivedAt }: EntryBatch): boolean {
  if (source !== "stream") return source === "restored";
  if (sentAt !== null && !isOutdated(sentAt, receivedAt)) return false;
  const newest = entries.reduce<number | null>((latest, { timestamp }) => later(latest, timestamp), sentAt);
  return newest !== null && isOutdated(newest, receivedAt);
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
