import type { RecordedLine } from "../../src/replay/recording.js";
import { commuter } from "../../test/simulator/cars/everyday.js";

const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** What a car of the simulator sends that commutes and charges for so many days, as lines of a recording. */
export function commuterLines(start: number, days: number): RecordedLine[] {
  const car = commuter(start, { days, streamedSoc: "often" });
  const lines: RecordedLine[] = [];
  for (let now = start; now <= start + days * DAY_MS; now += MINUTE_MS)
    for (const { time, data } of car.advanceTo(now)) {
      const at = new Date(time).toISOString();
      lines.push({ at, kind: "stream", payload: { vin: car.vin, timestamp: at, data } });
    }
  return lines;
}
