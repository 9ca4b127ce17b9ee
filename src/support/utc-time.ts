import { isoTime } from "./iso-time.js";

/** Formats a time [ms] as `14:05 UTC`. */
export function utcTime(milliseconds: number): string {
  return `${isoTime(milliseconds).slice(11, 16)} UTC`;
}

/** Formats a time [ms] as `2026-03-02 14:05 UTC`. */
export function utcMinute(milliseconds: number): string {
  return `${isoTime(milliseconds).slice(0, 10)} ${utcTime(milliseconds)}`;
}
