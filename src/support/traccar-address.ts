import { isPlainWebAddress } from "./network-address.js";

/** Matches the pages of Traccar's web app, and its API, at the end of a path: whatever precedes them is the server's. */
const PAGE = new RegExp(
  `/(?:${[
    "login|register|reset-password|change-server|replay|geofences|emulator|stream",
    "(?:settings|reports)(?:/.*)?",
    "(?:position|network|event)/\\d+",
    "api(?:/(?:devices|positions|server|session)(?:/.*)?)?",
  ].join("|")})/*$`,
);

/**
 * Returns the address of a Traccar server without a slash at its end; takes it as the browser shows it, on whatever
 * page. `null` if it is none.
 */
export function traccarAddress(typed: string): string | null {
  const text = typed.trim();
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const server = url.pathname.replace(PAGE, "");
  // A page may carry its view in the search; at the server itself neither search nor mark means anything.
  if (server !== url.pathname) url.search = url.hash = "";
  return isPlainWebAddress(url.href) ? `${url.origin}${server.replace(/\/+$/, "")}` : null;
}
