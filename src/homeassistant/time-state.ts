/** Lists the values that are times with a zone. Others are times of day or lack a zone, and stay text. */
const TIMES = new Set([
  "vehicle.channel.teleservice.lastAutomaticServiceCallTime",
  "vehicle.channel.teleservice.lastTeleserviceReportTime",
  "vehicle.status.serviceTime.inspectionDateLegal",
  "vehicle.trip.segment.end.time",
]);

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d:?\d\d)$/;
/** `17.01.2027 00:00:00 UTC` */
const DAY_FIRST = /^(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d(?::\d\d)?) UTC$/;
/** `01/17/2027 00:00 UTC`, as American cars send it. */
const MONTH_FIRST = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d(?::\d\d)?) UTC$/;

/** Numbers below are seconds since 1970, others milliseconds. */
const FIRST_MS = 1e11;
const EARLIEST = Date.UTC(2000, 0);
const LATEST = Date.UTC(2200, 0);

export function isTime(descriptor: string): boolean {
  return TIMES.has(descriptor);
}

/** Converts a text with a zone or a number since 1970 to ISO 8601 UTC with `Z`; `null` if it is no time. */
export function timeState(payload: unknown): string | null {
  const time = typeof payload === "number" ? ofNumber(payload) : ofText(payload);
  return time >= EARLIEST && time < LATEST ? new Date(time).toISOString() : null;
}

function ofNumber(value: number): number {
  return value < FIRST_MS ? value * 1000 : value;
}

/** Parses a text [ms]; NaN if it is no time. */
function ofText(payload: unknown): number {
  if (typeof payload !== "string") return NaN;
  const iso = payload
    .trim()
    .replace(DAY_FIRST, "$3-$2-$1T$4Z")
    .replace(MONTH_FIRST, "$3-$1-$2T$4Z")
    .replace(ISO, (_, day: string, time: string, zone: string) => `${day}T${time}${zone === "UTC" ? "Z" : zone}`);
  return ISO.test(iso) && isDay(iso.slice(0, 10)) ? Date.parse(iso) : NaN;
}

/** Returns whether a date exists; 31 April can be parsed but does not. */
function isDay(day: string): boolean {
  const parsed = Date.parse(day);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(day);
}
