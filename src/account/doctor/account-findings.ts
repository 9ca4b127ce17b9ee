import { ERROR_TABLE } from "../../support/error-table.js";
import type { Action } from "../../support/error-traits.js";
import { newProblem, type ErrorCode, type Problem } from "../../support/errors.js";
import { API_SCOPE, STREAM_SCOPE } from "../../support/scopes.js";
import { utcTime } from "../../support/utc-time.js";
import type { DoctorFacts } from "./facts.js";
import type { Finding, Level } from "./finding.js";
import { found, trouble } from "./new-finding.js";

/** What a person has to do something about; the rest passes, or mends itself. */
const FOR_PEOPLE: ReadonlySet<Action> = new Set([
  ...(["login", "subscribe", "delete-container", "change-input", "report"] as const),
]);
/** Failures of the stream that pass: of all others a person has to look for the cause. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  ...(["stream_unavailable", "stream_timeout", "stream_closed", "broker_silent", "owner_offline"] as const),
]);
/** Failures that pass at BMW; of the user's own broker they mostly mean a wrong address, or that it does not run. */
const PASSING_AT_BMW: ReadonlySet<ErrorCode> = new Set(["stream_network"]);
/** Failures after a connection that was accepted. */
const REFUSED_SUBSCRIPTIONS: ReadonlySet<ErrorCode> = new Set([
  ...(["stream_subscription_refused", "broker_subscription_refused"] as const),
]);
/** Troubles with the folder of the account: what lies in it cannot be used either. */
const OF_WHOLE_FOLDER: ReadonlySet<ErrorCode> = new Set([
  ...(["store_read_only", "store_missing", "folder_in_use", "folder_maybe_in_use"] as const),
]);
/** From here on down it is worth a look who spends the requests. */
const FEW_REQUESTS = 10;

/** Returns how urgent an error of BMW's API is. */
export function urgencyOf({ code }: Problem): Level {
  return FOR_PEOPLE.has(ERROR_TABLE[code].action) ? "red" : "yellow";
}

/** Judges login and files. */
export function loginFindings({ status: { login, files } }: DoctorFacts): Finding[] {
  const { state, problem, loginExpiresAt } = login;
  const findings = files === undefined || files.code === problem?.code ? [] : [trouble("files", "red", files)];
  if (state === "not-needed") return [...findings, found("login", "green", "login_not_needed")];
  if (state !== "ok") return [...findings, trouble("login", "red", problem ?? { code: "not_logged_in" })];
  if (problem !== undefined) return [...findings, trouble("login", "yellow", problem)];
  return [...findings, found("login", "green", "login_good", { time: loginExpiresAt ?? "" })];
}

/** Judges the rights of the login. */
export function scopeFindings({ source, status: { login } }: DoctorFacts): Finding[] {
  if (source === "broker") return [];
  if (login.state !== "ok" || login.scopes === undefined) return [found("scopes", "yellow", "after_login")];
  const { missing } = login.scopes;
  const lacks = [
    ...(missing.includes(STREAM_SCOPE) ? [{ code: "scope_stream_missing" } as const] : []),
    ...(missing.includes(API_SCOPE) ? [{ code: "scope_api_missing" } as const] : []),
  ];
  return lacks.length > 0
    ? lacks.map((problem) => trouble("scopes", "red", problem))
    : [found("scopes", "green", "scopes_good")];
}

/** Judges BMW's API by the answer to the one request. */
export function restFindings({ call }: DoctorFacts): Finding[] {
  if (call.kind === "answered") return [found("rest", "green", "rest_answers")];
  if (call.kind === "failed") return [trouble("rest", urgencyOf(call.problem), call.problem)];
  switch (call.why) {
    case "broker":
      return [trouble("rest", "green", { code: "rest_needs_login" })];
    case "noLogin":
      return [found("rest", "yellow", "after_login")];
    case "noRight":
      return [found("rest", "yellow", "rest_no_right")];
    case "noQuota":
      return [found("rest", "yellow", "rest_unasked")];
  }
}

/** Judges what is left of the daily requests. */
export function quotaFindings({ source, status: { quota, rest } }: DoctorFacts): Finding[] {
  if (source === "broker") return [];
  const { remaining, limit, resetsAt, blockedUntil } = quota;
  const params = { remaining, limit, time: resetsAt };
  if (remaining > 0 && blockedUntil === undefined) {
    const isLow = remaining < FEW_REQUESTS;
    return [found("quota", isLow ? "yellow" : "green", isLow ? "quota_low" : "quota_good", params)];
  }
  const { problem } = rest;
  // Only the refusal of BMW tells that another program has taken them.
  if (problem?.code === "cu_429_other_client") return [trouble("quota", "red", problem)];
  const time = utcTime(Date.parse(blockedUntil ?? resetsAt));
  return [trouble("quota", "yellow", newProblem("cu_429", { time }))];
}

/** Judges the files of the journal. */
export function journalFindings({ journal, status: { files, login } }: DoctorFacts): Finding[] {
  const { problem, damaged, newer } = journal;
  if (problem !== null) {
    // Where nothing of the account can be used, that is said already.
    const isSaid = [files, login.problem].some((one) => one !== undefined && OF_WHOLE_FOLDER.has(one.code));
    return isSaid ? [] : [trouble("journal", "red", problem)];
  }
  const findings = [
    ...(newer > 0 ? [found("journal", "red", "journal_newer", { count: newer })] : []),
    ...(damaged > 0 ? [found("journal", "yellow", "journal_damaged", { count: damaged })] : []),
  ];
  return findings.length > 0 ? findings : [found("journal", "green", "journal_good")];
}

/** Judges the connection of the stream, to BMW or to the user's own broker. */
export function connectionFindings({ source, status: { login, stream } }: DoctorFacts): Finding[] {
  if (login.state !== "ok" && login.state !== "not-needed") return [found("connection", "yellow", "after_login")];
  const { state, problem, since } = stream;
  switch (state) {
    case "live":
    case "quiet":
      return [found("connection", "green", "connected", { time: since ?? "" })];
    case "connecting":
      return [found("connection", "yellow", "connecting")];
    case "no-right":
      return [found("connection", "yellow", "after_login")];
    case "off":
      return [problem ? trouble("connection", "red", problem) : found("connection", "yellow", "no_node")];
    case "waiting":
      return [failedConnection(source, problem)];
  }
}

function failedConnection(source: DoctorFacts["source"], problem: Problem | undefined): Finding {
  if (problem === undefined) return found("connection", "yellow", "connecting");
  if (REFUSED_SUBSCRIPTIONS.has(problem.code)) return found("connection", "green", "connection_taken");
  return trouble("connection", streamUrgency(source, problem), problem);
}

/** Judges whether anything comes over the connection. */
export function subscriptionFindings({ source, status: { stream } }: DoctorFacts): Finding[] {
  const { state, problem, lastMessageAt: time } = stream;
  if (problem !== undefined && REFUSED_SUBSCRIPTIONS.has(problem.code))
    return [trouble("subscription", "red", problem)];
  if (state !== "live" && state !== "quiet") return [found("subscription", "yellow", "after_connection")];
  if (problem !== undefined) return [trouble("subscription", streamUrgency(source, problem), problem)];
  if (time === undefined) return [found("subscription", "yellow", "silent")];
  if (state === "quiet") return [found("subscription", "yellow", "quiet", { time })];
  return [found("subscription", "green", "subscribed", { time })];
}

function streamUrgency(source: DoctorFacts["source"], { code }: Problem): Level {
  return PASSING.has(code) || (source === "bmw" && PASSING_AT_BMW.has(code)) ? "yellow" : "red";
}
