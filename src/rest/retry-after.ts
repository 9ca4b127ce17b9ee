const LONGEST_HEADER = 64;
const LONGEST_MS = 24 * 3600 * 1000;

/**
 * What a `Retry-After` header asks for, in milliseconds and at most a day: whole seconds or an HTTP date (RFC 9110,
 * 10.2.3). `null` for none, a past date, zero and everything else that is no wait.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const wait = header === undefined || header.length > LONGEST_HEADER ? NaN : waitOf(header.trim(), now);
  return wait > 0 ? Math.min(wait, LONGEST_MS) : null;
}

function waitOf(text: string, now: number): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Only the form of HTTP: `Date.parse` takes "1.5" and "-3" for dates as well.
  return /^[A-Z][a-z]{2}, .* GMT$/.test(text) ? Date.parse(text) - now : NaN;
}
