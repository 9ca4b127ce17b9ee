let lastTime = NaN;
let lastText = "";

/** ISO 8601 UTC of milliseconds. Readings of one payload mostly share their time, so the last text is remembered. */
export function isoText(time: number): string {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString();
    lastTime = time;
  }
  return lastText;
}
