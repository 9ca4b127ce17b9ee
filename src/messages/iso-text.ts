import { isoTime } from "../support/iso-time.js";

const MOST_KEPT = 16;
const kept = new Map<number, string>();
let lastTime = NaN;
let lastText = "";

/**
 * Formats a time [ms] as ISO 8601 UTC. Caches the last texts, because readings of one payload mostly share their time,
 * and a message repeats some of the one before.
 */
export function isoText(time: number): string {
  if (time !== lastTime) {
    lastText = kept.get(time) ?? keep(time);
    lastTime = time;
  }
  return lastText;
}

function keep(time: number): string {
  const text = isoTime(time);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(time, text);
  return text;
}
