import { text } from "../support/json.js";

/** Minutes of the local day; it may end before it begins. */
export interface TypedQuietHours {
  readonly from: number;
  readonly to: number;
}

const MINUTES_OF_DAY = 24 * 60;
const TIME = /^(\d{1,2})(?:[:.](\d{2}))?$/;

/** Reads `22:00-06:00` as minutes of the day; `null` if it is something else, or no time at all. */
export function parseQuietHours(value: unknown): TypedQuietHours | null {
  const [from, to, ...more] = (text(value) ?? "").split(/[-–]/).map(minuteOfDay);
  if (from === undefined || to === undefined || more.length > 0) return null;
  return from === null || to === null || from === to ? null : { from, to };
}

function minuteOfDay(written: string): number | null {
  const [, hours = "", minutes = "0"] = TIME.exec(written.trim()) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (hours === "" || Number(minutes) > 59 || minute > MINUTES_OF_DAY) return null;
  return minute % MINUTES_OF_DAY;
}
