import { toCarDataError } from "../../support/errors.js";
import { API_SCOPE } from "../../support/scopes.js";
import type { Account } from "../account.js";
import { vehicleSummaries, type AccountStatus, type QuotaStatus } from "../status.js";
import type { AccountSettings } from "../settings.js";
import {
  connectionFindings,
  journalFindings,
  loginFindings,
  quotaFindings,
  restFindings,
  scopeFindings,
  subscriptionFindings,
} from "./account-findings.js";
import { carFindings } from "./car-findings.js";
import { containerFindings } from "./container-findings.js";
import { carFacts, type CallResult, type DoctorFacts, type JournalFacts, type SparedReason } from "./facts.js";
import type { Finding, Level } from "./finding.js";
import { worstOf } from "./new-finding.js";

/** Tells before a check what it will cost. */
export interface CheckPlan {
  /** Requests to BMW at most. */
  readonly cost: 0 | 1;
  /** Why it costs none. */
  readonly spared?: SparedReason;
  readonly quota: QuotaStatus;
}

/** Holds what a check has found, the account first, then car by car. */
export interface CheckReport {
  /** The most urgent level of all. */
  readonly level: Level;
  readonly findings: readonly Finding[];
}

/** Judges an account. Asks nothing and nobody. */
export function diagnose(facts: DoctorFacts): CheckReport {
  const findings = [
    ...loginFindings(facts),
    ...scopeFindings(facts),
    ...restFindings(facts),
    ...containerFindings(facts),
    ...connectionFindings(facts),
    ...subscriptionFindings(facts),
    ...quotaFindings(facts),
    ...journalFindings(facts),
    ...carFindings(facts),
  ];
  return { level: worstOf(findings), findings };
}

export function planOf({ settings, status }: Pick<Account, "settings" | "status">): CheckPlan {
  const spared = sparedReason(settings, status);
  const { quota } = status;
  return spared === null ? { cost: 1, quota } : { cost: 0, spared, quota };
}

/** Looks at everything and asks BMW once, if that can tell something. Never rejects. */
export async function checkAccount(account: Account, now: () => number): Promise<CheckReport> {
  // What is not read yet must not be told as missing. Why an account may not work is among what is found.
  await account.ready().catch(() => undefined);
  const [call, journal] = await Promise.all([ask(account), lookAtJournal(account.journal)]);
  const { settings, rest, registry } = account;
  const cars = vehicleSummaries(account).flatMap((summary) => {
    const car = registry.cars.get(summary.vin);
    return car === undefined ? [] : [carFacts(summary, car)];
  });
  // The answer may have changed the status.
  const { status } = account;
  const { source, clusters: ticked } = settings;
  return diagnose({ source, ticked, status, call, container: rest.container, journal, cars, now: now() });
}

async function lookAtJournal({ desk, problem }: Account["journal"]): Promise<JournalFacts> {
  try {
    return { problem, ...(await desk.uselessLines()) };
  } catch (thrown) {
    return { problem: problem ?? toCarDataError(thrown).problem, damaged: 0, newer: 0 };
  }
}

async function ask({ settings, status, rest }: Account): Promise<CallResult> {
  const why = sparedReason(settings, status);
  if (why !== null) return { kind: "spared", why };
  try {
    return { kind: "answered", containers: await rest.containers() };
  } catch (thrown) {
    return { kind: "failed", problem: toCarDataError(thrown).problem };
  }
}

/** Returns why a request would tell nothing or cannot be sent; `null` if one is sent. */
function sparedReason({ source }: AccountSettings, { login, quota }: AccountStatus): SparedReason | null {
  if (source === "broker") return "broker";
  if (login.state !== "ok") return "noLogin";
  if (login.scopes?.missing.includes(API_SCOPE)) return "noRight";
  return quota.remaining === 0 || quota.blockedUntil !== undefined ? "noQuota" : null;
}
