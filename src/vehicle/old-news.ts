import type { Delivery } from "./judge.js";

/** Limits the age of a first report that counts as new [ms]; BMW's messages take seconds. */
const OLD_NEWS_MS = 15 * 60_000;

/** Returns whether a first report is outdated. Times in ms. */
export function isOldNews(at: number, now: number): boolean {
  return now - at > OLD_NEWS_MS;
}

/** Returns whether a batch is no news because a broker retained it, declared or not. */
export function isOfThePast({ source, sentAt, entries, receivedAt }: Delivery): boolean {
  if (source !== "stream") return source === "restored";
  if (sentAt !== null && !isOldNews(sentAt, receivedAt)) return false;
  const newest = entries.reduce<number | null>((latest, { timestamp }) => later(latest, timestamp), sentAt);
  return newest !== null && isOldNews(newest, receivedAt);
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
