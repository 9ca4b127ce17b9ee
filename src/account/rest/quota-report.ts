import type { Budget } from "../../rest/call.js";
import type { QuotaLedger } from "../../rest/quota-ledger.js";
import { isoTime } from "../status.js";

export type QuotaReport = ReturnType<typeof quotaReport>;

/** The quota with every call that it was spent on; costs none. */
export function quotaReport(ledger: QuotaLedger) {
  const { resetsAt, blockedUntil, ...figures } = ledger.quota;
  const calls = ledger.calls.map(({ at, endpoint, budget, car, outcome }) => {
    return { at: isoTime(at), endpoint, budget, vin: car, outcome };
  });
  const byBudget: Partial<Record<Budget, number>> = {};
  for (const { budget } of calls) byBudget[budget] = (byBudget[budget] ?? 0) + 1;
  return {
    ...figures,
    resetsAt: isoTime(resetsAt),
    blockedUntil: blockedUntil === null ? null : isoTime(blockedUntil),
    byBudget,
    calls,
  };
}
