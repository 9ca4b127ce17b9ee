import { isUuid } from "../support/bmw-ids.js";
import { customerOf } from "../support/customer-id.js";
import { CarDataError } from "../support/errors.js";
import { finite, isObject, parseJson, text, type JsonObject } from "../support/json.js";

/** The right to the REST API. */
export const API_SCOPE = "cardata:api:read";
/** The right to the stream. */
export const STREAM_SCOPE = "cardata:streaming:read";
export const REQUESTED_SCOPES = ["authenticate_user", "openid", API_SCOPE, STREAM_SCOPE] as const;

/** A complete login. Times in milliseconds since 1970-01-01 UTC. */
export interface TokenSet {
  readonly clientId: string;
  /** BMW's customer id: the stream's user name. */
  readonly gcid: string;
  /** Opaque bearer token of the REST API. */
  readonly accessToken: string;
  /** JWT: the stream's password. */
  readonly idToken: string;
  /** Rotates with every refresh; the old one dies. */
  readonly refreshToken: string;
  readonly scopes: readonly string[];
  readonly receivedAt: number;
  /** The earlier end of access token and id token. */
  readonly expiresAt: number;
  readonly refreshTokenObtainedAt: number;
}

/** BMW resets these 14 days with every refresh. */
export const REFRESH_TOKEN_LIFE_MS = 14 * 24 * 3600 * 1000;
const DEFAULT_LIFE_S = 3600;
/** Shorter lives would have BMW asked without pause. */
const LEAST_LIFE_S = 60;
/** BMW gives an hour; what is longer than this comes from a clock that is behind. */
const LONGEST_LIFE_S = 24 * 3600;

/** A UUID as the BMW portal shows it. Never changed: some accounts accept only the spelling shown there. */
export function parseClientId(typed: string): string {
  const clientId = typed.trim();
  if (clientId === "") throw new CarDataError("client_id_missing");
  if (!isUuid(clientId)) throw new CarDataError("invalid_client_id");
  return clientId;
}

/**
 * The token set in BMW's answer to a device grant.
 * @throws CarDataError `login_incomplete` if a token or the customer id is missing, `login_without_rights`
 */
export function acceptLogin(answer: JsonObject, clientId: string, now: number): TokenSet {
  const accessToken = text(answer["access_token"]);
  const idToken = text(answer["id_token"]);
  const refreshToken = text(answer["refresh_token"]);
  const gcid = idToken === null ? null : (gcidOf(answer, idToken) ?? uuidIn(claimsOf(idToken)["sub"]));
  if (accessToken === null) throw new CarDataError("login_incomplete", { missing: "access_token" });
  if (idToken === null) throw new CarDataError("login_incomplete", { missing: "id_token" });
  if (refreshToken === null) throw new CarDataError("login_incomplete", { missing: "refresh_token" });
  if (gcid === null) throw new CarDataError("login_incomplete", { missing: "gcid" });
  const scopes = scopesOf(answer) ?? [...REQUESTED_SCOPES];
  if (!scopes.includes(API_SCOPE) && !scopes.includes(STREAM_SCOPE)) throw new CarDataError("login_without_rights");
  const times = { receivedAt: now, expiresAt: expiryOf(answer, idToken, now), refreshTokenObtainedAt: now };
  return { clientId, gcid, accessToken, idToken, refreshToken, scopes, ...times };
}

/**
 * The token set after a refresh; what BMW leaves out of the answer stays. Only an answer that names another `gcid` changes
 * that: the subject of an id token may be something else than the customer.
 * @returns `null` if the answer has no access or id token: then nothing may be stored.
 */
export function acceptRefresh(answer: JsonObject, old: TokenSet, now: number): TokenSet | null {
  const accessToken = text(answer["access_token"]);
  const idToken = text(answer["id_token"]);
  if (accessToken === null || idToken === null) return null;
  const refreshToken = text(answer["refresh_token"]);
  return {
    clientId: old.clientId,
    gcid: renewedGcid(gcidOf(answer, idToken), old.gcid),
    accessToken,
    idToken,
    refreshToken: refreshToken ?? old.refreshToken,
    scopes: scopesOf(answer) ?? old.scopes,
    receivedAt: now,
    expiresAt: expiryOf(answer, idToken, now),
    refreshTokenObtainedAt: refreshToken === null ? old.refreshTokenObtainedAt : now,
  };
}

/** The requested scopes that a login has, and those that BMW did not grant. */
export interface ScopesStatus {
  readonly granted: readonly string[];
  readonly missing: readonly string[];
}

/** Divides the requested scopes into those that the login has and those that BMW did not grant. */
export function splitScopes(tokens: TokenSet): ScopesStatus {
  const granted = REQUESTED_SCOPES.filter((scope) => tokens.scopes.includes(scope));
  return { granted, missing: REQUESTED_SCOPES.filter((scope) => !tokens.scopes.includes(scope)) };
}

/** The claims of a JWT, unverified: BMW's servers verify, this package only looks at expiry and customer id. */
function claimsOf(jwt: string): JsonObject {
  const claims = parseJson(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
  return isObject(claims) ? claims : {};
}

/** A missing or malformed life must not cause a refresh per call, and a wrong one must not outlive the id token. */
function expiryOf(answer: JsonObject, idToken: string, now: number): number {
  const lives = [finite(answer["expires_in"]), idTokenLife(idToken, now)].filter(
    (life): life is number => life !== null && life > 0,
  );
  const life = lives.length === 0 ? DEFAULT_LIFE_S : Math.min(...lives, LONGEST_LIFE_S);
  return now + Math.max(life, LEAST_LIFE_S) * 1000;
}

/** Seconds: what is left by this machine's clock, unless that is plainly wrong for a token just issued, and by BMW's own. */
function idTokenLife(idToken: string, now: number): number | null {
  const claims = claimsOf(idToken);
  const exp = finite(claims["exp"]);
  if (exp === null) return null;
  const iat = finite(claims["iat"]);
  const left = exp - now / 1000;
  const lives = [...(isPlausible(left) ? [left] : []), ...(iat === null ? [] : [exp - iat])];
  return lives.length === 0 ? null : Math.min(...lives);
}

function isPlausible(seconds: number): boolean {
  return seconds >= LEAST_LIFE_S && seconds <= LONGEST_LIFE_S;
}

function gcidOf(answer: JsonObject, idToken: string): string | null {
  return uuidIn(answer["gcid"]) ?? uuidIn(claimsOf(idToken)["gcid"]);
}

/** Another spelling is no other customer. */
function renewedGcid(named: string | null, old: string): string {
  return named === null || customerOf(named) === customerOf(old) ? old : named;
}

function uuidIn(value: unknown): string | null {
  return isUuid(value) ? value : null;
}

function scopesOf(answer: JsonObject): string[] | null {
  return text(answer["scope"])?.split(/\s+/).filter(Boolean) ?? null;
}

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

/** Gives the wait before tokens are renewed, in milliseconds: never longer than their share of a life. */
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
