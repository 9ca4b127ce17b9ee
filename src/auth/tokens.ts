import { isUuid } from "../support/bmw-ids.js";
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
  const gcid = idToken === null ? null : gcidOf(answer, idToken);
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
 * The token set after a refresh; what BMW leaves out of the answer stays.
 * @returns `null` if the answer has no access or id token: then nothing may be stored.
 */
export function acceptRefresh(answer: JsonObject, old: TokenSet, now: number): TokenSet | null {
  const accessToken = text(answer["access_token"]);
  const idToken = text(answer["id_token"]);
  if (accessToken === null || idToken === null) return null;
  const refreshToken = text(answer["refresh_token"]);
  return {
    clientId: old.clientId,
    gcid: gcidOf(answer, idToken) ?? old.gcid,
    accessToken,
    idToken,
    refreshToken: refreshToken ?? old.refreshToken,
    scopes: scopesOf(answer) ?? old.scopes,
    receivedAt: now,
    expiresAt: expiryOf(answer, idToken, now),
    refreshTokenObtainedAt: refreshToken === null ? old.refreshTokenObtainedAt : now,
  };
}

/** Which of the requested scopes the login has, and which BMW did not grant. */
export function splitScopes(tokens: TokenSet): { granted: string[]; missing: string[] } {
  const granted = REQUESTED_SCOPES.filter((scope) => tokens.scopes.includes(scope));
  return { granted, missing: REQUESTED_SCOPES.filter((scope) => !tokens.scopes.includes(scope)) };
}

/** The claims of a JWT, unverified: BMW's servers verify, this package only looks at expiry and customer id. */
export function claimsOf(jwt: string): JsonObject {
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
  const claims = claimsOf(idToken);
  return [answer["gcid"], claims["gcid"], claims["sub"]].find(isUuid) ?? null;
}

function scopesOf(answer: JsonObject): string[] | null {
  return text(answer["scope"])?.split(/\s+/).filter(Boolean) ?? null;
}
