import type { Delivery } from "./judge.js";

/** BMW's messages take seconds: the first word on something that is older was kept somewhere. */
const OLD_NEWS_MS = 15 * 60_000;

/** Whether what a car told is no news: a broker has kept it, whether it says so or not. */
export function isOfThePast({ source, sentAt, entries, receivedAt }: Delivery): boolean {
  if (source !== "stream") return source === "restored";
  if (sentAt !== null && receivedAt - sentAt <= OLD_NEWS_MS) return false;
  const newest = entries.reduce<number | null>((latest, { timestamp }) => later(latest, timestamp), sentAt);
  return newest !== null && receivedAt - newest > OLD_NEWS_MS;
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
