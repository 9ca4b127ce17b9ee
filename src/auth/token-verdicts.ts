import { newProblem, type Problem } from "../support/errors.js";
import { HttpFailure } from "../support/http.js";
import { describeAnswer, describeFailure, type OAuthAnswer } from "./oauth-client.js";
import { acceptRefresh, type TokenSet } from "./tokens.js";

/** The meaning of an answer to a token poll for the login. */
export type Verdict =
  | { readonly kind: "tokens"; readonly answer: OAuthAnswer }
  /** The user has not confirmed yet. */
  | { readonly kind: "wait" }
  | { readonly kind: "slow-down" }
  | { readonly kind: "server-error" }
  /** This code has failed; a new one may work. */
  | { readonly kind: "dead-code"; readonly problem: Problem }
  /** A new code would not help. */
  | { readonly kind: "dead-login"; readonly problem: Problem };

/** Error of BMW's gateway when it has lost the device code: the next poll would return `access_denied`. */
const BURNT_CODE = "keymanagement.service.invalid_access_token";

/**
 * Classifies an answer by a decision table, top to bottom. BMW's status codes differ from RFC 8628, so `error` decides.
 */
export function classifyPoll(answer: OAuthAnswer): Verdict {
  const { status, error } = answer;
  if (status === 200)
    return answer.isObject ? { kind: "tokens", answer } : deadCode({ code: "login_invalid_response" });
  if (error === "authorization_pending") return { kind: "wait" };
  if (error === "slow_down") return { kind: "slow-down" };
  if (status >= 500)
    return answer.gatewayError === BURNT_CODE ? deadCode({ code: "login_gateway_fault" }) : { kind: "server-error" };
  return classifyError(answer);
}

function classifyError(answer: OAuthAnswer): Verdict {
  switch (answer.error) {
    case "expired_token":
      return deadCode({ code: "login_expired_token" });
    case "invalid_client":
      return { kind: "dead-login", problem: { code: "login_invalid_client" } };
    case "access_denied":
      return deadCode({ code: "login_access_denied" });
    case "invalid_grant":
      return deadCode({ code: "login_invalid_grant" });
    case "invalid_request":
    case "invalid_token":
      return deadCode(newProblem("login_rejected", { reason: describeAnswer(answer) }));
    default:
      return deadCode(newProblem("login_unexpected", { status: answer.status, reason: describeAnswer(answer) }));
  }
}

function deadCode(problem: Problem): Verdict {
  return { kind: "dead-code", problem };
}

/** The outcome of one refresh request. */
export type RefreshVerdict =
  | { readonly kind: "renewed"; readonly tokens: TokenSet }
  /**
   * Trouble on the way or at BMW. The `answer` may be `lost`: then BMW may have rotated the token without our knowing.
   * `unsent`: BMW never got the question.
   */
  | { readonly kind: "transient"; readonly problem: Problem; readonly answer: "came" | "lost" | "unsent" }
  /** `gateway`: by what stands before BMW's OAuth server, which knows nothing of the token and may be wrong. */
  | { readonly kind: "rejected"; readonly by: "oauth" | "gateway"; readonly problem: Problem };

/** The meaning of a refresh that brought no tokens. */
export type FailedRefresh = Exclude<RefreshVerdict, { readonly kind: "renewed" }>;

/** Lists BMW's OAuth errors for an invalid refresh token; `invalid_request` after a rotation or a restored backup. */
const DEAD_TOKEN_ERRORS = new Set(["invalid_grant", "invalid_request", "invalid_token"]);

export function classifyRefresh(answer: OAuthAnswer, old: TokenSet, now: number): RefreshVerdict {
  if (answer.status === 200) {
    const tokens = acceptRefresh(answer.body, old, now);
    return tokens === null ? transient(describeAnswer(answer), "came") : { kind: "renewed", tokens };
  }
  const by = rejectedBy(answer);
  if (by === null) return transient(describeAnswer(answer), "came");
  return { kind: "rejected", by, problem: newProblem("refresh_refused", { reason: describeAnswer(answer) }) };
}

export function classifyRefreshFailure(error: unknown): RefreshVerdict {
  return transient(describeFailure(error), error instanceof HttpFailure && error.wasSent ? "lost" : "unsent");
}

function rejectedBy({ status, error, isHtml }: OAuthAnswer): "oauth" | "gateway" | null {
  if (status === 400) return DEAD_TOKEN_ERRORS.has(error) ? "oauth" : null;
  // A page of a captive portal, or of a gateway that fails, says nothing about the token.
  return (status === 401 || status === 403) && !isHtml ? "gateway" : null;
}

function transient(reason: string, answer: "came" | "lost" | "unsent"): RefreshVerdict {
  return { kind: "transient", problem: newProblem("refresh_unreachable", { reason }), answer };
}
