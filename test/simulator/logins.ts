import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "../../src/support/clock.js";

export interface LoginOptions {
  readonly clock: Clock;
  readonly clientId: string;
  readonly gcid: string;
  /** Seconds. */
  readonly codeExpiresIn: number;
  readonly codeInterval: number;
  readonly tokenLife: number;
  readonly scopes: readonly string[];
  readonly autoApprove: boolean;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly scope: string;
  readonly gcid: string;
}

interface IssuedCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly challenge: string;
  readonly expiresAt: number;
  intervalMs: number;
  lastPoll: number;
  state: "pending" | "approved" | "declined";
}

export interface OAuthError {
  status: number;
  error: string;
  description?: string;
}

const REFRESH_LIFE_MS = 14 * 24 * 3600 * 1000;

/** BMW's side of logins: codes, tokens, and who may use what. */
export class Logins {
  readonly #codes = new Map<string, IssuedCode>();
  readonly #secret = randomBytes(32);
  #accessToken = "";
  #accessExpiresAt = 0;
  #refreshToken = "";
  #refreshExpiresAt = 0;
  /** Tokens that were taken back, or that the stream shall refuse although they are valid. */
  readonly #refused = new Set<string>();
  #idToken = "";

  constructor(private readonly options: LoginOptions) {}

  createCode(challenge: string): { deviceCode: string; userCode: string } {
    const { clock, codeExpiresIn, codeInterval } = this.options;
    const userCode = randomBytes(4)
      .toString("hex")
      .toUpperCase()
      .replace(/^(.{4})/, "$1-");
    const code: IssuedCode = {
      deviceCode: randomBytes(24).toString("base64url"),
      userCode,
      challenge,
      expiresAt: clock.now() + codeExpiresIn * 1000,
      intervalMs: codeInterval * 1000,
      lastPoll: -Infinity,
      state: "pending",
    };
    this.#codes.set(code.deviceCode, code);
    return code;
  }

  /** Approves a user code, by default the newest pending one; returns whether there was one. */
  decide(state: "approved" | "declined", userCode?: string): boolean {
    const pending = [...this.#codes.values()].reverse();
    const code = pending.find(
      (one) => one.state === "pending" && (userCode === undefined || one.userCode === userCode),
    );
    if (code) code.state = state;
    return code !== undefined;
  }

  /** A poll with a device code. */
  exchange(deviceCode: string, verifier: string): TokenAnswer | OAuthError {
    const code = this.#codes.get(deviceCode);
    const now = this.options.clock.now();
    if (code === undefined) return { status: 400, error: "invalid_grant" };
    if (now >= code.expiresAt) return { status: 401, error: "expired_token" };
    const tooSoon = now - code.lastPoll < code.intervalMs * 0.9;
    code.lastPoll = now;
    if (tooSoon) {
      code.intervalMs += 5000;
      return { status: 400, error: "slow_down" };
    }
    if (createHash("sha256").update(verifier).digest("base64url") !== code.challenge)
      return { status: 400, error: "invalid_grant", description: "PKCE verification failed" };
    if (this.options.autoApprove && code.state === "pending") code.state = "approved";
    if (code.state === "pending") return { status: 403, error: "authorization_pending" };
    this.#codes.delete(deviceCode);
    if (code.state === "declined")
      return { status: 403, error: "access_denied", description: "The user has declined authorization" };
    return this.issue();
  }

  /** Rotates: the old refresh token is dead from now on. */
  refresh(refreshToken: string): TokenAnswer | OAuthError {
    if (this.accepts(refreshToken)) return this.issue();
    return {
      status: 400,
      error: "invalid_request",
      description: "The request is missing a required parameter or is otherwise malformed.",
    };
  }

  /** Whether a refresh token is good, without rotating it. */
  accepts(refreshToken: string): boolean {
    const isCurrent = refreshToken !== "" && refreshToken === this.#refreshToken;
    return isCurrent && this.options.clock.now() < this.#refreshExpiresAt;
  }

  issue(): TokenAnswer {
    const { clock, gcid, tokenLife, scopes } = this.options;
    const now = clock.now();
    this.#accessToken = randomUUID();
    this.#accessExpiresAt = now + tokenLife * 1000;
    this.#refreshToken = randomUUID();
    this.#refreshExpiresAt = now + REFRESH_LIFE_MS;
    this.#idToken = this.#sign({
      sub: gcid,
      gcid,
      iat: Math.floor(now / 1000),
      exp: Math.floor(now / 1000) + tokenLife,
      jti: randomUUID(),
      ...(scopes.includes("cardata:streaming:read") && { dynamic_scopes: `^${gcid}/.*$` }),
    });
    return {
      access_token: this.#accessToken,
      id_token: this.#idToken,
      refresh_token: this.#refreshToken,
      token_type: "Bearer",
      expires_in: tokenLife,
      scope: scopes.join(" "),
      gcid,
    };
  }

  accessToken(token: string): "valid" | "expired" | "unknown" {
    if (token !== this.#accessToken || this.#refused.has(token)) return "unknown";
    return this.options.clock.now() < this.#accessExpiresAt ? "valid" : "expired";
  }

  /** Returns the expiry of an id token [ms]; `null` if the stream must not accept it. */
  idTokenEnd(token: string): number | null {
    const [head, claims = "", signature] = token.split(".");
    if (head === undefined || this.#signature(`${head}.${claims}`) !== signature || this.#refused.has(token))
      return null;
    const { exp, dynamic_scopes: scope } = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
      exp: number;
      dynamic_scopes?: string;
    };
    return scope !== undefined && exp * 1000 > this.options.clock.now() ? exp * 1000 : null;
  }

  /** Refresh token and access token are no longer accepted. */
  revoke(): void {
    this.#refreshToken = "";
    this.#refused.add(this.#accessToken).add(this.#idToken);
  }

  /** The present id token is refused by the stream although the clock calls it valid. */
  rejectIdToken(): void {
    this.#refused.add(this.#idToken);
  }

  #sign(claims: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
    return `${signed}.${this.#signature(signed)}`;
  }

  #signature(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("base64url");
  }
}
