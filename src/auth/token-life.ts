import type { TokenSet } from "./tokens.js";

const EXPIRY_MARGIN_MS = 300_000;
/** 45 of BMW's 60 minutes: a quarter of an hour to get over trouble before the stream is cut. */
const RENEW_AFTER_SHARE = 0.75;

/**
 * Whether the tokens are good for more than five minutes. By a clock that was set back since they came, their age is
 * unknown, and they count as used up: a renewal costs nothing, and every renewal is a fresh start.
 */
export function isFresh(tokens: TokenSet, now: number): boolean {
  const age = now - tokens.receivedAt;
  return age > -EXPIRY_MARGIN_MS && age < lifeOf(tokens) - marginOf(tokens);
}

/** How long to wait before tokens are renewed, in milliseconds: never longer than their share of a life, whatever the clock says. */
export function waitBeforeRenewal(tokens: TokenSet, now: number): number {
  if (!isFresh(tokens, now)) return 0;
  const age = Math.max(0, now - tokens.receivedAt);
  const usual = RENEW_AFTER_SHARE * lifeOf(tokens) - age;
  // After a restart in the last quarter of their life: as long as they are good, a restart costs no call.
  return usual > 0 ? usual : lifeOf(tokens) - marginOf(tokens) - age;
}

function lifeOf({ receivedAt, expiresAt }: TokenSet): number {
  return expiresAt - receivedAt;
}

/** Five minutes; less for tokens that live so short that they would never count as good. */
function marginOf(tokens: TokenSet): number {
  return Math.min(EXPIRY_MARGIN_MS, (1 - RENEW_AFTER_SHARE) * lifeOf(tokens));
}
