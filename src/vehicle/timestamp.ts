/**
 * Matches `2026-03-02T06:41:05Z`, with or without milliseconds, with a space between date and time, or without a zone.
 */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;
/** Matches the usual spelling, which needs no repair. */
const USUAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;
const LONGEST = 64;
const WITHOUT_MS = "2026-03-02T06:41:05Z".length;
const ZERO = "0".charCodeAt(0);

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
  if (USUAL.test(text)) return usualTime(text);
  const match = TIMESTAMP.exec(text);
  if (match === null) return null;
  return timeOf((match[3] === undefined ? `${text}Z` : text).replace(" ", "T"));
}

const DAY_LENGTH = "2026-03-02".length;
let lastDay = "";
let lastMidnight = NaN;

/** Parses the usual spelling: the date by `Date.parse`, once a day, because messages repeat it; the time by its digits. */
function usualTime(text: string): number | null {
  if (!text.startsWith(lastDay) || lastDay === "") {
    lastDay = text.slice(0, DAY_LENGTH);
    lastMidnight = Date.parse(`${lastDay}T00:00:00Z`);
  }
  const [hours, minutes, seconds] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  // What is out of range is for `Date.parse` to judge.
  if (hours > 23 || minutes > 59 || seconds > 59 || Number.isNaN(lastMidnight)) return timeOf(text);
  const thousandths = text.length > WITHOUT_MS ? 10 * twoDigits(text, 20) + digit(text, 22) : 0;
  return lastMidnight + ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths;
}

function twoDigits(text: string, index: number): number {
  return 10 * digit(text, index) + digit(text, index + 1);
}

function digit(text: string, index: number): number {
  return text.charCodeAt(index) - ZERO;
}

function timeOf(text: string): number | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
