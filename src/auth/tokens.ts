import { isUuid } from "../support/bmw-ids.js";
import { customerOf } from "../support/customer-id.js";
import { CarDataError } from "../support/errors.js";
import { finiteNumber, isObject, parseJson, nonEmptyText, type JsonObject } from "../support/json.js";
import { API_SCOPE, REQUESTED_SCOPES, STREAM_SCOPE } from "../support/scopes.js";

/** Holds a complete login. Times in ms since 1970-01-01 UTC. */
export interface TokenSet {
  readonly clientId: string;
  /** BMW's customer id: the stream's user name. */
  readonly gcid: string;
  /** Opaque bearer token of the REST API. */
  readonly accessToken: string;
  /** JWT: the stream's password. */
  readonly idToken: string;
  /** Rotates with every refresh; the old one becomes invalid. */
  readonly refreshToken: string;
  readonly scopes: readonly string[];
  readonly receivedAt: number;
  /** Earlier expiry of access token and id token. */
  readonly expiresAt: number;
  readonly refreshTokenObtainedAt: number;
}

/** Lifetime of a refresh token [ms]; BMW restarts it with every refresh. */
export const REFRESH_TOKEN_LIFE_MS = 14 * 24 * 3600 * 1000;
const DEFAULT_LIFE_S = 3600;
/** Minimum lifetime [s]; a shorter one would cause requests without pause. */
const LEAST_LIFE_S = 60;
/** Maximum lifetime [s]; BMW gives an hour, a longer one comes from a clock that is behind. */
const LONGEST_LIFE_S = 24 * 3600;

/** Parses a client id as the BMW portal shows it. Keeps its spelling: some accounts accept only that. */
export function parseClientId(typed: string): string {
  const clientId = typed.trim();
  if (clientId === "") throw new CarDataError("client_id_missing");
  if (!isUuid(clientId)) throw new CarDataError("invalid_client_id");
  return clientId;
}

/**
 * Parses the token set in BMW's answer to a device grant.
 * @throws CarDataError `login_incomplete` if a token or the customer id is missing, `login_without_rights`
 */
export function acceptLogin(answer: JsonObject, clientId: string, now: number): TokenSet {
  const accessToken = nonEmptyText(answer["access_token"]);
  const idToken = nonEmptyText(answer["id_token"]);
  const refreshToken = nonEmptyText(answer["refresh_token"]);
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
  const accessToken = nonEmptyText(answer["access_token"]);
  const idToken = nonEmptyText(answer["id_token"]);
  if (accessToken === null || idToken === null) return null;
  const refreshToken = nonEmptyText(answer["refresh_token"]);
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

/**
 * Decodes the claims of a JWT without verifying it: BMW's servers verify, this package only reads expiry and customer
 * id.
 */
function claimsOf(jwt: string): JsonObject {
  const claims = parseJson(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
  return isObject(claims) ? claims : {};
}

/**
 * Returns the expiry [ms]. A missing or malformed lifetime must not cause a refresh per call, and a wrong one must not
 * outlive the id token.
 */
function expiryOf(answer: JsonObject, idToken: string, now: number): number {
  const lives = [finiteNumber(answer["expires_in"]), idTokenLife(idToken, now)].filter(
    (life): life is number => life !== null && life > 0,
  );
  const life = lives.length === 0 ? DEFAULT_LIFE_S : Math.min(...lives, LONGEST_LIFE_S);
  return now + Math.max(life, LEAST_LIFE_S) * 1000;
}

/**
 * Returns the remaining lifetime of an id token [s] by this machine's clock, or by BMW's own times if that is plainly
 * wrong for a token just issued.
 */
function idTokenLife(idToken: string, now: number): number | null {
  const claims = claimsOf(idToken);
  const exp = finiteNumber(claims["exp"]);
  if (exp === null) return null;
  const iat = finiteNumber(claims["iat"]);
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
  return nonEmptyText(answer["scope"])?.split(/\s+/).filter(Boolean) ?? null;
}
