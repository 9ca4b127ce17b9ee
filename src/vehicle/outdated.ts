import type { EntryBatch } from "./reading-filter.js";

/** Limits the age of a first report that counts as new [ms]; BMW's messages take seconds. */
const OUTDATED_AFTER_MS = 15 * 60_000;

/** Returns whether a first report is outdated. Times in ms. */
export function isOutdated(at: number, now: number): boolean {
  return now - at > OUTDATED_AFTER_MS;
}

/** Returns whether a batch is no news because a broker retained it, declared or not. */
export function isBacklog(batch: EntryBatch): boolean {
  return batch.source === "restored" || isOutdated(toldAt(batch), batch.receivedAt);
}

/** Returns when a batch was told [ms]: by its time of sending, or by the newest time that it names. */
export function toldAt({ source, sentAt, entries, receivedAt }: EntryBatch): number {
  if (source === "rest") return receivedAt;
  if (sentAt !== null && !isOutdated(sentAt, receivedAt)) return Math.min(sentAt, receivedAt);
  const newest = entries.reduce<number | null>((latest, { timestamp }) => later(latest, timestamp), sentAt);
  return Math.min(newest ?? receivedAt, receivedAt);
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
