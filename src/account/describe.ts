import { REFRESH_TOKEN_LIFE_MS, splitScopes } from "../auth/tokens.js";
import type { Problem } from "../support/errors.js";
import type { AccountLogin } from "./account-login.js";
import type { RestDesk } from "./rest/rest-desk.js";
import type { AccountSettings } from "./settings.js";
import {
  isoTime,
  type AccountStatus,
  type LoginStatus,
  type QuotaStatus,
  type RestStatus,
  type StreamStatus,
} from "./status.js";
import type { StreamDesk } from "./stream-desk.js";

/** Everything that the status of an account is made of. */
export interface AccountFacts {
  readonly settings: AccountSettings;
  readonly login: Pick<AccountLogin, "health" | "tokens" | "refusal" | "isKnown" | "notice">;
  readonly stream: Pick<StreamDesk, "state" | "quiet" | "lastMessageAt">;
  readonly rest: Pick<RestDesk, "problem" | "successAt" | "quota">;
  /** What is wrong with the account's files. */
  readonly files: Problem | null;
}

export function describeAccount(facts: AccountFacts): AccountStatus {
  return {
    login: describeLogin(facts),
    stream: describeStream(facts),
    rest: describeRest(facts),
    quota: describeQuota(facts),
    ...(facts.files && { files: facts.files }),
  };
}

function describeLogin({ settings, login, files }: AccountFacts): LoginStatus {
  const { health, tokens, refusal, isKnown, notice } = login;
  if (refusal !== null) return { state: "refused", problem: refusal };
  const state = settings.source === "broker" && health.state === "none" ? "not-needed" : health.state;
  const problem = health.problem ?? (isKnown || state === "not-needed" ? null : files) ?? notice;
  return {
    state,
    ...(problem && { problem }),
    ...(tokens && {
      tokenExpiresAt: isoTime(tokens.expiresAt),
      loginExpiresAt: isoTime(tokens.refreshTokenObtainedAt + REFRESH_TOKEN_LIFE_MS),
      scopes: splitScopes(tokens),
    }),
  };
}

function describeStream({ stream: { state: stream, quiet, lastMessageAt } }: AccountFacts): StreamStatus {
  const last = lastMessageAt === null ? {} : { lastMessageAt: isoTime(lastMessageAt) };
  switch (stream.kind) {
    case "off": {
      const state = stream.problem?.code === "scope_stream_missing" ? "no-right" : "off";
      return { state, ...(stream.problem && { problem: stream.problem }), ...last };
    }
    case "connecting":
      // A planned renewal is over in a second; the stream counts as live meanwhile.
      return { state: stream.renewal ? (quiet ? "quiet" : "live") : "connecting", ...last };
    case "live":
      return { state: quiet ? "quiet" : "live", since: isoTime(stream.since), ...last };
    case "waiting":
      return { state: "waiting", problem: stream.problem, retryAt: isoTime(stream.retryAt), ...last };
  }
}

function describeRest({ login: { refusal, health }, rest: { problem, successAt } }: AccountFacts): RestStatus {
  const success = successAt === 0 ? {} : { lastSuccessAt: isoTime(successAt) };
  if (refusal !== null) return { state: "off", problem: refusal, ...success };
  if (health.state !== "ok") return { state: "off", ...success };
  return problem === null ? { state: "ok", ...success } : { state: "failed", problem, ...success };
}

function describeQuota({ rest }: AccountFacts): QuotaStatus {
  const { resetsAt, blockedUntil, ...figures } = rest.quota;
  const blocked = blockedUntil === null ? {} : { blockedUntil: isoTime(blockedUntil) };
  return { ...figures, resetsAt: isoTime(resetsAt), ...blocked };
}
