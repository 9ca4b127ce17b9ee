/**
 * Matches `2026-03-02T06:41:05Z`, with or without milliseconds, with a space between date and time, or without a zone.
 */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;
const LONGEST = 64;
const WITHOUT_MS = "2026-03-02T06:41:05Z".length;
const WITH_MS = "2026-03-02T06:41:05.123Z".length;
const ZERO = "0".charCodeAt(0);
const COLON = ":".charCodeAt(0);
const POINT = ".".charCodeAt(0);
const TIME = "T".charCodeAt(0);
const ZULU = "Z".charCodeAt(0);

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
  const quick = timeOfToday(text);
  if (quick !== null) return quick;
  const match = TIMESTAMP.exec(text);
  if (match === null) return null;
  if (hasUsualForm(text)) beginDay(text.slice(0, DAY_LENGTH));
  return timeOf((match[3] === undefined ? `${text}Z` : text).replace(" ", "T"));
}

const DAY_LENGTH = "2026-03-02".length;
let day = "";
let midnight = NaN;

/** Remembers the day of the last time, because messages repeat it; one that is none is remembered without a midnight. */
function beginDay(text: string): void {
  day = text;
  midnight = Date.parse(`${text}T00:00:00Z`);
}

/** Parses the usual spelling by its digits if it is of the same day as the last time; `null` for anything else. */
function timeOfToday(text: string): number | null {
  if (!hasUsualForm(text) || !text.startsWith(day)) return null;
  const seconds = secondsOfDay(text);
  const thousandths = text.length === WITH_MS ? millisecondsOf(text) : 0;
  const time = seconds < 0 || thousandths < 0 ? NaN : midnight + seconds * 1000 + thousandths;
  return Number.isNaN(time) ? null : time;
}

function hasUsualForm(text: string): boolean {
  const { length } = text;
  if (length !== WITH_MS && length !== WITHOUT_MS) return false;
  if (text.charCodeAt(10) !== TIME || text.charCodeAt(length - 1) !== ZULU) return false;
  return text.charCodeAt(13) === COLON && text.charCodeAt(16) === COLON;
}

/** Returns -1 where it is no time of a day: what is out of range is for `Date.parse` to judge. */
function secondsOfDay(text: string): number {
  const [hours, minutes, seconds] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  const isNone = hours < 0 || minutes < 0 || seconds < 0 || hours > 23 || minutes > 59 || seconds > 59;
  return isNone ? -1 : (hours * 60 + minutes) * 60 + seconds;
}

/** Returns -1 where it is not a point and three digits. */
function millisecondsOf(text: string): number {
  const [hundredths, last] = [twoDigits(text, 20), text.charCodeAt(22) - ZERO];
  return text.charCodeAt(19) !== POINT || hundredths < 0 || last < 0 || last > 9 ? -1 : 10 * hundredths + last;
}

/** Returns -1 where there are none. */
function twoDigits(text: string, index: number): number {
  const [tens, ones] = [text.charCodeAt(index) - ZERO, text.charCodeAt(index + 1) - ZERO];
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : 10 * tens + ones;
}

function timeOf(text: string): number | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
