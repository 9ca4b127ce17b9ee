import { createHash } from "node:crypto";
import type { Cancel, Clock } from "../support/clock.js";
import { isSafeLoginLink, type Endpoints } from "../support/endpoints.js";
import { CarDataError, newProblem, toCarDataError, type Problem } from "../support/errors.js";
import { HttpFailure } from "../support/http.js";
import { finiteNumber, nonEmptyText } from "../support/json.js";
import type { Random } from "../support/random.js";
import { describeAnswer, describeFailure, type OAuthAnswer, type OAuthClient } from "./oauth-client.js";
import { classifyPoll, type Verdict } from "./token-verdicts.js";
import { acceptLogin, type TokenSet } from "./tokens.js";

/** The progress of a login. `notice` gives the reason why an earlier code of the same login is dead. */
export type LoginState =
  | { readonly kind: "requesting"; readonly notice?: Problem }
  | {
      readonly kind: "waiting";
      readonly userCode: string;
      /** "" if BMW sent no URL that may be shown as a link. */
      readonly url: string;
      readonly expiresAt: number;
      readonly notice?: Problem;
    }
  | { readonly kind: "exchanging" }
  | { readonly kind: "authorised" }
  | { readonly kind: "failed"; readonly problem: Problem }
  | { readonly kind: "cancelled" };

interface DeviceFlowOptions {
  readonly oauth: OAuthClient;
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly random: Random;
  /** Called on every change of state. */
  readonly onState: (state: LoginState) => void;
  /** Stores the login; the flow ends when it resolves. May throw `CarDataError`. */
  readonly onTokens: (tokens: TokenSet) => Promise<void>;
  /** Called with the codes and verifier in use, for redaction; none once the flow has ended. */
  readonly onSecrets: (secrets: readonly string[]) => void;
}

interface DeviceCode {
  readonly deviceCode: string;
  readonly pkce: Pkce;
  /** Set by a timer, because the system clock may be changed while the user confirms. */
  isOver: boolean;
  intervalMs: number;
  serverErrors: number;
}

const AUTOMATIC_NEW_CODES = 3;
const SERVER_ERRORS_IN_A_ROW = 3;
const SLOW_DOWN_MS = 5000;

/** Runs one device login (RFC 8628), from the first code to tokens or a final failure; polls BMW in the background. */
export class DeviceFlow {
  #newCodes = 0;
  #timer: Cancel | null = null;
  #expiry: Cancel | null = null;
  /** Running request to BMW, until its answer has been processed. */
  #asking: Promise<void> = Promise.resolve();
  #phase: "asking" | "exchanging" | "over" = "asking";
  #isSuspended = false;

  constructor(
    private readonly clientId: string,
    private readonly options: DeviceFlowOptions,
  ) {}

  /** Requests the first code. */
  start(): Promise<void> {
    return this.#requestCode();
  }

  /** Cancels the login and ignores pending answers; returns false if BMW has already confirmed it. */
  cancel(): boolean {
    if (this.#phase === "asking") this.#end({ kind: "cancelled" });
    return this.#phase === "over";
  }

  /** Suspends polling until `resume`; resolves when pending requests are answered and a received login is stored. */
  async suspend(): Promise<void> {
    this.#isSuspended = true;
    await this.#asking;
  }

  resume(): void {
    this.#isSuspended = false;
  }

  async #requestCode(notice?: Problem): Promise<void> {
    this.options.onState({ kind: "requesting", ...(notice && { notice }) });
    const pkce = createPkce(this.options.random);
    try {
      const answer = await this.options.oauth.requestDeviceCode(this.clientId, pkce.challenge);
      if (this.#phase !== "over") this.#showCode(answer, pkce, notice);
    } catch (error) {
      if (this.#phase !== "over") this.#end({ kind: "failed", problem: requestProblem(error) });
    }
  }

  #showCode(answer: OAuthAnswer, pkce: Pkce, notice?: Problem): void {
    if (answer.status !== 200) throw refusedRequest(answer);
    const { body } = answer;
    const deviceCode = nonEmptyText(body["device_code"]);
    const userCode = nonEmptyText(body["user_code"]);
    const link = linkOf(answer, userCode);
    if (deviceCode === null || userCode === null || link === null) throw new CarDataError("login_invalid_response");
    const lifeMs = clamp(finiteNumber(body["expires_in"]) ?? 300, 60, 1800) * 1000;
    const intervalMs = clamp(finiteNumber(body["interval"]) ?? 5, 5, 60) * 1000;
    const code: DeviceCode = { deviceCode, pkce, isOver: false, intervalMs, serverErrors: 0 };
    this.#expiry = this.options.clock.after(lifeMs, () => {
      code.isOver = true;
    });
    this.options.onSecrets([deviceCode, userCode, pkce.verifier]);
    const url = isSafeLoginLink(link, this.options.endpoints) ? link : "";
    const expiresAt = this.options.clock.now() + lifeMs;
    this.options.onState({ kind: "waiting", userCode, url, expiresAt, ...(notice && { notice }) });
    this.#pollLater(code);
  }

  #pollLater(code: DeviceCode): void {
    this.#timer = this.options.clock.after(code.intervalMs, () => {
      if (this.#isSuspended) this.#pollLater(code);
      else this.#asking = this.#poll(code);
    });
  }

  async #poll(code: DeviceCode): Promise<void> {
    if (code.isOver) {
      await this.#replaceCode({ code: "login_timeout" });
      return;
    }
    let verdict: Verdict;
    try {
      verdict = classifyPoll(await this.options.oauth.pollToken(this.clientId, code.deviceCode, code.pkce.verifier));
    } catch {
      // The network may return before the code expires.
      verdict = { kind: "wait" };
    }
    if (this.#phase !== "over") await this.#follow(verdict, code);
  }

  async #follow(verdict: Verdict, code: DeviceCode): Promise<void> {
    switch (verdict.kind) {
      case "tokens":
        return this.#accept(verdict.answer);
      case "server-error":
        code.serverErrors++;
        if (code.serverErrors > SERVER_ERRORS_IN_A_ROW)
          return this.#replaceCode(newProblem("login_server_errors", { count: code.serverErrors }));
        break;
      case "slow-down":
        // Permanently, as RFC 8628 section 3.5 demands.
        code.intervalMs += SLOW_DOWN_MS;
        code.serverErrors = 0;
        break;
      case "wait":
        code.serverErrors = 0;
        break;
      case "dead-code":
        return this.#replaceCode(verdict.problem);
      case "dead-login":
        this.#end({ kind: "failed", problem: verdict.problem });
        return;
    }
    this.#pollLater(code);
  }

  /** Replaces a failed device code, but not endlessly without the user noticing. */
  async #replaceCode(problem: Problem): Promise<void> {
    this.#expiry?.();
    if (this.#newCodes++ >= AUTOMATIC_NEW_CODES) this.#end({ kind: "failed", problem });
    else await this.#requestCode(problem);
  }

  async #accept(answer: OAuthAnswer): Promise<void> {
    this.#phase = "exchanging";
    this.options.onState({ kind: "exchanging" });
    try {
      await this.options.onTokens(acceptLogin(answer.body, this.clientId, this.options.clock.now()));
      this.#end({ kind: "authorised" });
    } catch (error) {
      this.#end({ kind: "failed", problem: toCarDataError(error).problem });
    }
  }

  #end(state: LoginState): void {
    this.#phase = "over";
    this.#timer?.();
    this.#expiry?.();
    this.options.onSecrets([]);
    this.options.onState(state);
  }
}

function requestProblem(error: unknown): Problem {
  if (error instanceof HttpFailure) return newProblem("login_network", { reason: describeFailure(error) });
  return toCarDataError(error).problem;
}

function refusedRequest(answer: OAuthAnswer): CarDataError {
  if (answer.error === "invalid_client") return new CarDataError("login_invalid_client");
  if (answer.error !== "") return new CarDataError("login_rejected", { reason: describeAnswer(answer) });
  return new CarDataError("login_unexpected", { status: answer.status, reason: describeAnswer(answer) });
}

/** Returns the login link; BMW no longer guarantees the complete one (integration guide 1.5). */
function linkOf(answer: OAuthAnswer, userCode: string | null): string | null {
  const complete = nonEmptyText(answer.body["verification_uri_complete"]);
  if (complete !== null) return complete;
  const plain = nonEmptyText(answer.body["verification_uri"]);
  if (plain === null || userCode === null || !URL.canParse(plain)) return plain;
  const link = new URL(plain);
  link.searchParams.set("user_code", userCode);
  return link.toString();
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

const VERIFIER_LENGTH = 86;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
/** Rejects larger bytes, which would make the first letters of the alphabet likelier. */
const UNBIASED_BELOW = 256 - (256 % ALPHABET.length);

interface Pkce {
  readonly verifier: string;
  /** base64url of the verifier's SHA-256, method S256 (RFC 7636). */
  readonly challenge: string;
}

function createPkce(random: Random): Pkce {
  let verifier = "";
  while (verifier.length < VERIFIER_LENGTH)
    for (const byte of random.bytes(VERIFIER_LENGTH))
      if (byte < UNBIASED_BELOW && verifier.length < VERIFIER_LENGTH)
        verifier += ALPHABET.charAt(byte % ALPHABET.length);
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}
