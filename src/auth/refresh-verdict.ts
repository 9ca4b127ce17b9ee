import { newProblem, type Problem } from "../support/errors.js";
import { HttpFailure } from "../support/http.js";
import { describeAnswer, describeFailure, type OAuthAnswer } from "./oauth-client.js";
import { acceptRefresh, type TokenSet } from "./tokens.js";

/** What came of one refresh request. */
export type RefreshVerdict =
  | { readonly kind: "renewed"; readonly tokens: TokenSet }
  /** Trouble on the way or at BMW. `answerLost`: BMW may have rotated the token without our knowing. */
  | { readonly kind: "transient"; readonly problem: Problem; readonly answerLost: boolean }
  | { readonly kind: "rejected"; readonly problem: Problem };

/** OAuth errors by which BMW says that a refresh token is dead; `invalid_request` after a rotation or a restored backup. */
const DEAD_TOKEN_ERRORS = new Set(["invalid_grant", "invalid_request", "invalid_token"]);

export function judgeRefresh(answer: OAuthAnswer, old: TokenSet, now: number): RefreshVerdict {
  if (answer.status === 200) {
    const tokens = acceptRefresh(answer.body, old, now);
    return tokens === null ? transient(describeAnswer(answer)) : { kind: "renewed", tokens };
  }
  if (isRejection(answer)) return { kind: "rejected", problem: { code: "refresh_rejected" } };
  return transient(describeAnswer(answer));
}

export function judgeRefreshFailure(error: unknown): RefreshVerdict {
  // A refused or impossible connection is harmless; after sending, BMW may have acted.
  const answerLost =
    error instanceof HttpFailure && (error.kind === "timeout" || /ECONNRESET|EPIPE|hang up/.test(error.message));
  return { ...transient(describeFailure(error)), answerLost };
}

function isRejection({ status, error, isHtml }: OAuthAnswer): boolean {
  if (status === 400) return DEAD_TOKEN_ERRORS.has(error);
  // A gateway's HTML page says nothing about the token.
  return status === 401 || (status === 403 && !isHtml);
}

function transient(reason: string): { kind: "transient"; problem: Problem; answerLost: boolean } {
  return { kind: "transient", problem: newProblem("refresh_unreachable", { reason }), answerLost: false };
}
