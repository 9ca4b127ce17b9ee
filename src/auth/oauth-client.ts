import { cleanText } from "../support/clean-text.js";
import { HttpFailure, type HttpSend } from "../support/http.js";
import { isObject, parseJson, nonEmptyText, type JsonObject } from "../support/json.js";
import { REQUESTED_SCOPES } from "../support/scopes.js";

const REQUEST_TIMEOUT_MS = 30_000;
const LONGEST_ANSWER_BYTES = 256 * 1024;

/** An answer of BMW's OAuth server. `body` is `{}` where it was no JSON object; `isObject` shows the difference. */
export interface OAuthAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly isObject: boolean;
  /** `error` of RFC 6749, section 5.2; "" if there is none. */
  readonly error: string;
  /** Error code of BMW's API gateway, which answers when the OAuth server fails. */
  readonly gatewayError: string;
  readonly isHtml: boolean;
}

/** Sends the three requests of the device login (RFC 8628 with PKCE) and token refresh. */
export class OAuthClient {
  constructor(
    private readonly send: HttpSend,
    private readonly authUrl: string,
    private readonly signal: AbortSignal,
  ) {}

  requestDeviceCode(clientId: string, challenge: string): Promise<OAuthAnswer> {
    return this.#post("/gcdm/oauth/device/code", {
      client_id: clientId,
      response_type: "device_code",
      scope: REQUESTED_SCOPES.join(" "),
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
  }

  pollToken(clientId: string, deviceCode: string, verifier: string): Promise<OAuthAnswer> {
    return this.#post("/gcdm/oauth/token", {
      client_id: clientId,
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: deviceCode,
      code_verifier: verifier,
    });
  }

  refresh(clientId: string, refreshToken: string): Promise<OAuthAnswer> {
    return this.#post("/gcdm/oauth/token", {
      grant_type: "refresh_token",
      refresh_token: refreshToken,
      client_id: clientId,
    });
  }

  /** Posts a form; rejects with `HttpFailure` only. */
  async #post(path: string, form: Record<string, string>): Promise<OAuthAnswer> {
    const { status, headers, body } = await this.send({
      method: "POST",
      url: this.authUrl + path,
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
      timeoutMs: REQUEST_TIMEOUT_MS,
      maxBytes: LONGEST_ANSWER_BYTES,
      signal: this.signal,
    });
    const content = body.toString("utf8");
    const parsed = parseJson(content);
    const object = isObject(parsed) ? parsed : {};
    return {
      status,
      body: object,
      isObject: isObject(parsed),
      error: nonEmptyText(object["error"]) ?? "",
      gatewayError: gatewayErrorOf(object),
      isHtml: /html/i.test(headers["content-type"] ?? "") || /^\s*</.test(content),
    };
  }
}

const LONGEST_WORD = 100;
const LONGEST_DESCRIPTION = 150;

/** Returns a short readable reason from an answer: BMW's error and its description, never the whole body. */
export function describeAnswer(answer: OAuthAnswer): string {
  const description = nonEmptyText(answer.body["error_description"]) ?? "";
  const error = answer.error || answer.gatewayError || `status ${answer.status}`;
  return [cleanText(error, LONGEST_WORD), cleanText(description, LONGEST_DESCRIPTION)].filter(Boolean).join(": ");
}

export function describeFailure(error: unknown): string {
  return error instanceof HttpFailure ? error.message : "unknown";
}

function gatewayErrorOf(body: JsonObject): string {
  const fault = body["fault"];
  const detail = isObject(fault) ? fault["detail"] : null;
  return (isObject(detail) && nonEmptyText(detail["errorcode"])) || "";
}
