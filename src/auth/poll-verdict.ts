import { newProblem, type Problem } from "../support/errors.js";
import { describeAnswer, type OAuthAnswer } from "./oauth-client.js";

/** What an answer to a token poll means for the login. */
export type Verdict =
  | { readonly kind: "tokens"; readonly answer: OAuthAnswer }
  /** The user has not confirmed yet. */
  | { readonly kind: "wait" }
  | { readonly kind: "slow-down" }
  | { readonly kind: "server-error" }
  /** This code is lost, a new one may work. */
  | { readonly kind: "dead-code"; readonly problem: Problem }
  /** A new code would not help. */
  | { readonly kind: "dead-login"; readonly problem: Problem };

/** BMW's gateway answers so when it lost track of the device code: the next poll would say `access_denied`. */
const BURNT_CODE = "keymanagement.service.invalid_access_token";

/** The decision table of the token poll, top to bottom. BMW's status codes differ from RFC 8628, so `error` decides. */
export function judgePoll(answer: OAuthAnswer): Verdict {
  const { status, error } = answer;
  if (status === 200)
    return answer.isObject ? { kind: "tokens", answer } : deadCode({ code: "login_invalid_response" });
  if (error === "authorization_pending") return { kind: "wait" };
  if (error === "slow_down") return { kind: "slow-down" };
  if (status >= 500)
    return answer.gatewayError === BURNT_CODE ? deadCode({ code: "login_gateway_fault" }) : { kind: "server-error" };
  return judgeError(answer);
}

function judgeError(answer: OAuthAnswer): Verdict {
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
