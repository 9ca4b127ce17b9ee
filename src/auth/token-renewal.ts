import type { TokenSet } from "./tokens.js";

const EXPIRY_MARGIN_MS = 300_000;
/**
 * Share of the lifetime after which tokens are renewed: 45 of BMW's 60 minutes leave 15 for failures before the stream
 * is cut.
 */
const RENEW_AFTER_SHARE = 0.75;

/**
 * Returns whether the tokens are valid for more than five minutes. If the clock was set back since they were received,
 * their age is unknown and they count as expired: a renewal costs nothing.
 */
export function isFresh(tokens: TokenSet, now: number): boolean {
  const age = now - tokens.receivedAt;
  return age > -EXPIRY_MARGIN_MS && age < lifeOf(tokens) - marginOf(tokens);
}

/** Gives the wait before tokens are renewed, in milliseconds: never longer than their share of a life. */
export function waitBeforeRenewal(tokens: TokenSet, now: number): number {
  if (!isFresh(tokens, now)) return 0;
  const age = Math.max(0, now - tokens.receivedAt);
  const usual = RENEW_AFTER_SHARE * lifeOf(tokens) - age;
  // After a restart in the last quarter of their lifetime: as long as they are valid, a restart costs no call.
  return usual > 0 ? usual : lifeOf(tokens) - marginOf(tokens) - age;
}

function lifeOf({ receivedAt, expiresAt }: TokenSet): number {
  return expiresAt - receivedAt;
}

/** Returns the expiry margin [ms]: five minutes, less for tokens with a very short lifetime. */
function marginOf(tokens: TokenSet): number {
  return Math.min(EXPIRY_MARGIN_MS, (1 - RENEW_AFTER_SHARE) * lifeOf(tokens));
}
