/**
 * Matches `2026-03-02T06:41:05Z`, with or without milliseconds, with a space between date and time, or without a zone.
 */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;
/** Matches the usual spelling, which needs no repair. */
const USUAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;
const LONGEST = 64;

const MOST_KEPT = 64;
const kept = new Map<string, number | null>();
let lastText = "";
let lastTime: number | null = null;

/**
 * Parses BMW's time [ms]; `null` if `value` is none. Times without a zone are UTC. Caches the last results, because the
 * entries of one message mostly share their time, and some of it with the message before.
 */
export function parseTimestamp(value: unknown): number | null {
  if (typeof value !== "string" || value.length > LONGEST) return null;
  if (value === lastText) return lastTime;
  const known = kept.get(value);
  lastTime = known === undefined ? keep(value) : known;
  lastText = value;
  return lastTime;
}

function keep(text: string): number | null {
  const time = parse(text);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(text, time);
  return time;
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
