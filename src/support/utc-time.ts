import { isoTime } from "./iso-time.js";

/** `14:05 UTC` of a time in milliseconds. */
export function utcTime(milliseconds: number): string {
  return `${isoTime(milliseconds).slice(11, 16)} UTC`;
}
