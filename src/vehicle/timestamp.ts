/**
 * Matches `2026-03-02T06:41:05Z`, with or without milliseconds, with a space between date and time, or without a zone.
 */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;
/** Matches the usual spelling, which needs no repair. */
const USUAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;
const LONGEST = 64;

let lastText = "";
let lastTime: number | null = null;

/**
 * Parses BMW's time [ms]; `null` if `value` is none. Times without a zone are UTC. Caches the last result, because the
 * entries of one message mostly share their time.
 */
export function parseTimestamp(value: unknown): number | null {
  if (typeof value !== "string" || value.length > LONGEST) return null;
  if (value === lastText) return lastTime;
  lastTime = parse(value);
  lastText = value;
  return lastTime;
}

function parse(text: string): number | null {
  if (USUAL.test(text)) return timeOf(text);
  const match = TIMESTAMP.exec(text);
  if (match === null) return null;
  return timeOf((match[3] === undefined ? `${text}Z` : text).replace(" ", "T"));
}

function timeOf(text: string): number | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
