import { newProblem, type Problem } from "../support/errors.js";
import { HttpFailure } from "../support/http.js";
import { describeAnswer, describeFailure, type OAuthAnswer } from "./oauth-client.js";
import { acceptRefresh, type TokenSet } from "./tokens.js";

/** What came of one refresh request. */
export type RefreshVerdict =
  | { readonly kind: "renewed"; readonly tokens: TokenSet }
  /**
   * Trouble on the way or at BMW. The `answer` may be `lost`: then BMW may have rotated the token without our knowing.
   * `unsent`: BMW never got the question.
   */
  | { readonly kind: "transient"; readonly problem: Problem; readonly answer: "came" | "lost" | "unsent" }
  /** `gateway`: by what stands before BMW's OAuth server, which knows nothing of the token and may be wrong. */
  | { readonly kind: "rejected"; readonly by: "oauth" | "gateway"; readonly problem: Problem };

/** OAuth errors by which BMW says that a refresh token is dead; `invalid_request` after a rotation or a restored backup. */
const DEAD_TOKEN_ERRORS = new Set(["invalid_grant", "invalid_request", "invalid_token"]);

export function judgeRefresh(answer: OAuthAnswer, old: TokenSet, now: number): RefreshVerdict {
  if (answer.status === 200) {
    const tokens = acceptRefresh(answer.body, old, now);
    return tokens === null ? transient(describeAnswer(answer), "came") : { kind: "renewed", tokens };
  }
  const by = rejectedBy(answer);
  if (by === null) return transient(describeAnswer(answer), "came");
  return { kind: "rejected", by, problem: newProblem("refresh_refused", { reason: describeAnswer(answer) }) };
}

export function judgeRefreshFailure(error: unknown): RefreshVerdict {
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
