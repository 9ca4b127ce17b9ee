import type { Delivery } from "./judge.js";

/** BMW's messages take seconds: the first word on something that is older was said before anybody listened. */
const OLD_NEWS_MS = 15 * 60_000;

/** Whether a first word is old. Times in milliseconds. */
export function isOldNews(at: number, now: number): boolean {
  return now - at > OLD_NEWS_MS;
}

/** Whether what a car told is no news: a broker has kept it, whether it says so or not. */
export function isOfThePast({ source, sentAt, entries, receivedAt }: Delivery): boolean {
  if (source !== "stream") return source === "restored";
  if (sentAt !== null && !isOldNews(sentAt, receivedAt)) return false;
  const newest = entries.reduce<number | null>((latest, { timestamp }) => later(latest, timestamp), sentAt);
  return newest !== null && isOldNews(newest, receivedAt);
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
