import type { ServerAnswer, Incoming } from "./http.js";
import type { Logins, OAuthError, TokenAnswer } from "./logins.js";
import type { RequestLog } from "./request-log.js";

export interface OAuthOptions {
  readonly clientId: string;
  readonly codeExpiresIn: number;
  readonly codeInterval: number;
  readonly logins: Logins;
  readonly log: RequestLog;
  /** Address of this server, for the approval page. */
  readonly url: () => string;
}

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** BMW's OAuth endpoints and the page on which a user confirms a code. */
export function oauthHandler(options: OAuthOptions): (request: Incoming) => ServerAnswer {
  return (request) => {
    const form = new URLSearchParams(request.body);
    switch (`${request.method} ${request.path}`) {
      case "POST /gcdm/oauth/device/code":
        options.log.add("deviceCode");
        return deviceCode(options, form);
      case "POST /gcdm/oauth/token":
        return token(options, form);
      case "GET /link":
        return page(request.query.get("user_code") ?? "");
      case "POST /link":
        return decide(options, form);
      default:
        return { status: 404, body: { error: "not_found" } };
    }
  };
}

function deviceCode(
  { clientId, codeExpiresIn, codeInterval, logins, url }: OAuthOptions,
  form: URLSearchParams,
): ServerAnswer {
  if (form.get("client_id") !== clientId) return refused({ status: 401, error: "invalid_client" });
  const challenge = form.get("code_challenge") ?? "";
  const complete =
    form.get("response_type") === "device_code" &&
    form.get("code_challenge_method") === "S256" &&
    (form.get("scope") ?? "").includes("openid");
  if (challenge.length !== 43 || !complete) return refused({ status: 400, error: "invalid_request" });
  const { deviceCode: device_code, userCode: user_code } = logins.createCode(challenge);
  const verification_uri = `${url()}/link`;
  const verification_uri_complete = `${verification_uri}?user_code=${user_code}`;
  return {
    status: 200,
    body: {
      device_code,
      user_code,
      verification_uri,
      verification_uri_complete,
      expires_in: codeExpiresIn,
      interval: codeInterval,
    },
  };
}

function token({ clientId, logins, log }: OAuthOptions, form: URLSearchParams): ServerAnswer {
  const refresh = form.get("grant_type") === "refresh_token";
  log.add(refresh ? "refresh" : "poll");
  if (form.get("client_id") !== clientId) return refused({ status: 401, error: "invalid_client" });
  if (refresh) return result(logins.refresh(form.get("refresh_token") ?? ""));
  if (form.get("grant_type") !== DEVICE_GRANT) return refused({ status: 400, error: "invalid_request" });
  return result(logins.exchange(form.get("device_code") ?? "", form.get("code_verifier") ?? ""));
}

function result(outcome: TokenAnswer | OAuthError): ServerAnswer {
  return "error" in outcome ? refused(outcome) : { status: 200, body: outcome };
}

function refused({ status, error, description }: OAuthError): ServerAnswer {
  return { status, body: { error, ...(description !== undefined && { error_description: description }) } };
}

function page(userCode: string): ServerAnswer {
  const code = userCode.replace(/[^\w-]/g, "");
  const button = (decision: string, label: string) => `<button name="decision" value="${decision}">${label}</button>`;
  const form = `<form method="post"><input name="user_code" value="${code}"> ${button("approved", "Approve")} ${button("declined", "Decline")}</form>`;
  return html(`<h1>Simulated BMW login</h1><p>Does the dialog show the same code?</p>${form}`);
}

function decide({ logins }: OAuthOptions, form: URLSearchParams): ServerAnswer {
  const decision = form.get("decision") === "approved" ? "approved" : "declined";
  const known = logins.decide(decision, form.get("user_code") ?? "");
  return html(
    known
      ? `<h1>${decision}</h1><p>You may close this page.</p>`
      : "<h1>This code is not known or no longer pending.</h1>",
  );
}

function html(body: string): ServerAnswer {
  return {
    status: 200,
    body: `<!doctype html><meta charset="utf-8"><title>Simulated BMW</title>${body}`,
    type: "text/html",
  };
}
