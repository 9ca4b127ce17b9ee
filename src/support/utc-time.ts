import { isoTime } from "./iso-time.js";

/** `14:05 UTC` of a time in milliseconds. */
export function utcTime(milliseconds: number): string {
  return `${isoTime(milliseconds).slice(11, 16)} UTC`;
}

/** `2026-03-02 14:05 UTC` of a time in milliseconds. */
export function utcMinute(milliseconds: number): string {
  return `${isoTime(milliseconds).slice(0, 10)} ${utcTime(milliseconds)}`;
}
