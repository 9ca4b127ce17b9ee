import type { TokenHealth } from "../auth/token-manager.js";
import { REFRESH_TOKEN_LIFE_MS, splitScopes, type TokenSet } from "../auth/tokens.js";
import type { Quota } from "../rest/quota-ledger.js";
import type { Problem } from "../support/errors.js";
import type { StreamState } from "../stream/session.js";
import type { AccountSettings } from "./settings.js";
import {
  isoTime,
  type AccountStatus,
  type LoginStatus,
  type QuotaStatus,
  type RestStatus,
  type StreamStatus,
} from "./status.js";

/** Everything that the status of an account is made of. */
export interface AccountFacts {
  readonly settings: AccountSettings;
  readonly health: TokenHealth;
  readonly tokens: TokenSet | null;
  /** Why the account may not work at all. */
  readonly refusal: Problem | null;
  /** What is wrong with the account's files. */
  readonly files: Problem | null;
  /** False while nobody knows whether there is a saved login, because its file cannot be read. */
  readonly isLoginKnown: boolean;
  /** What has happened to the login, and is worth knowing although it works. */
  readonly notice: Problem | null;
  readonly stream: StreamState;
  readonly quiet: boolean;
  readonly lastMessageAt: number | null;
  readonly restProblem: Problem | null;
  readonly restSuccessAt: number;
  readonly quota: Quota;
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

function describeLogin({ settings, health, tokens, refusal, files, isLoginKnown, notice }: AccountFacts): LoginStatus {
  if (refusal !== null) return { state: "refused", problem: refusal };
  const state = settings.source === "broker" && health.state === "none" ? "not-needed" : health.state;
  const problem = health.problem ?? (isLoginKnown || state === "not-needed" ? null : files) ?? notice;
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

function describeStream({ stream, quiet, lastMessageAt }: AccountFacts): StreamStatus {
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

function describeRest({ refusal, health, restProblem, restSuccessAt }: AccountFacts): RestStatus {
  const success = restSuccessAt === 0 ? {} : { lastSuccessAt: isoTime(restSuccessAt) };
  if (refusal !== null) return { state: "off", problem: refusal, ...success };
  if (health.state !== "ok") return { state: "off", ...success };
  return restProblem === null ? { state: "ok", ...success } : { state: "failed", problem: restProblem, ...success };
}

function describeQuota({ quota: { resetsAt, blockedUntil, ...figures } }: AccountFacts): QuotaStatus {
  const blocked = blockedUntil === null ? {} : { blockedUntil: isoTime(blockedUntil) };
  return { ...figures, resetsAt: isoTime(resetsAt), ...blocked };
}
