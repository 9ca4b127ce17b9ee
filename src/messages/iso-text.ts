import { isoTime } from "../support/iso-time.js";

const MOST_KEPT = 16;
const kept = new Map<number, string>();
let lastTime = NaN;
let lastText = "";

/**
 * ISO 8601 UTC of milliseconds. Readings of one payload mostly share their time, and a message tells a few times of the
 * one before again, so the last texts are remembered.
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
