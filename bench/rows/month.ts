import { MONTH, monthOfAccount, type MonthReport } from "../../test/helpers/month.js";
import { against, type Result, type Size } from "../lib/result.js";
import { monthOfReference } from "../lib/month/reference-rules.js";

const DAYS = { full: MONTH.days, tiny: 1 };
const QUOTA = 50;
const MOST_WASTED_ON_REFUSED = 4;

/**
 * Simulates a month: two cars that can be read, one that BMW refuses, one SECONDARY; 50 redeploys; another program that
 * twice uses up the day's calls. Beside it the same month under the rules of the reference.
 */
export async function measure(size: Size): Promise<Result[]> {
  const days = DAYS[size];
  const dense = await monthOfAccount("dense", { days });
  const fallback = await monthOfAccount("fallback", { days });
  const untouched = await monthOfAccount("dense", { days, redeploys: false });
  const reference = await monthOfReference(days);
  return [
    ...callsOf("dense", dense),
    ...callsOf("fallback (default)", fallback),
    redeploysOf(dense, untouched),
    refusedOf(dense, reference),
    ...freshnessOf("dense", dense, reference),
    ...freshnessOf("fallback", fallback, reference),
    overQuotaOf(dense, reference),
    {
      what: "reference: calls of the month",
      measured: `${reference.total}, ${reference.busiestDay} on the busiest day; polls ${reference.polls.join(" + ")}`,
      budget: "",
      isMet: true,
    },
  ];
}

function callsOf(schedule: string, { calls, total, login, busiestDay, polls }: MonthReport): Result[] {
  const classes = Object.entries(calls).map(([name, count]) => `${name} ${count}`);
  return [
    {
      what: `${schedule}: calls of the month`,
      measured: `${total}: ${classes.join(", ")} (login ${login})`,
      budget: "",
      isMet: total > 0,
    },
    {
      what: `${schedule}: busiest day`,
      measured: `${busiestDay}; polls of the two cars ${polls.join(" + ")}`,
      budget: `at most ${QUOTA}`,
      isMet: busiestDay <= QUOTA,
    },
  ];
}

function redeploysOf(dense: MonthReport, untouched: MonthReport): Result {
  const wasted = dense.total - untouched.total;
  return {
    what: "calls for 50 redeploys",
    measured: `${wasted} (${dense.total} with, ${untouched.total} without)`,
    budget: "0",
    isMet: wasted <= 0,
  };
}

function refusedOf({ refused }: MonthReport, reference: MonthReport): Result {
  const wasted = refused.noPermission + refused.secondary;
  const theirs = reference.refused.noPermission + reference.refused.secondary;
  return {
    what: "calls wasted on refused cars",
    measured: `${refused.noPermission} refused + ${refused.secondary} SECONDARY; reference ${theirs}`,
    ...against(wasted, theirs),
    budget: `at most ${MOST_WASTED_ON_REFUSED}`,
    isMet: wasted <= MOST_WASTED_ON_REFUSED,
  };
}

/** Worse than the reference is no success, whatever the budget. */
function freshnessOf(schedule: string, ours: MonthReport, theirs: MonthReport): Result[] {
  return ours.freshness.map((freshness, index) => {
    const other = theirs.freshness[index];
    if (other === undefined) throw new Error("another number of cars");
    const text = ({ minutes, meanError }: typeof other) =>
      `${minutes.median} / ${minutes.worst} min, ${meanError.toFixed(1)} pp`;
    return {
      what: `${schedule}: age of level, car ${index + 1}`,
      measured: `${text(freshness)} off; reference ${text(other)}`,
      ...against(freshness.minutes.median, other.minutes.median),
      budget: schedule === "dense" ? "younger than reference" : "",
      isMet: schedule !== "dense" || freshness.minutes.median <= other.minutes.median,
    };
  });
}

function overQuotaOf(dense: MonthReport, reference: MonthReport): Result {
  return {
    what: "calls into a used-up quota",
    measured: `${dense.overQuota}; reference ${reference.overQuota}`,
    ...against(dense.overQuota, reference.overQuota),
    budget: "fewer than reference",
    isMet: dense.overQuota < reference.overQuota,
  };
}
