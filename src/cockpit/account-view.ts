import { isDeepStrictEqual } from "node:util";
import type { Account } from "../account/account.js";
import type { PlannedJob } from "../polling/plan.js";
import { BUDGETS } from "../rest/rest-call.js";
import { cleanText } from "../support/clean-text.js";
import type { Problem } from "../support/errors.js";
import { isoTime } from "../support/iso-time.js";
import type { CarKey, CockpitAccount, CockpitContainer, CockpitPoll } from "./contract.js";

type ShownAccount = Pick<Account, "id" | "label" | "settings" | "status" | "rest">;

const LONGEST_NAME = 100;
/** With 500 cars nobody reads the calls of next week. */
const MOST_POLLS = 20;

/** Describes what an account does. */
export function accountView(account: ShownAccount, keyOf: (vin: string) => CarKey): CockpitAccount {
  const { id, label, settings, status, rest } = account;
  const { login, stream, quota } = status;
  const { byBudget } = rest.quotaReport;
  return {
    id,
    name: cleanText(label, LONGEST_NAME),
    source: settings.source,
    login,
    stream,
    rest: status.rest,
    quota: { ...quota, classes: BUDGETS.map((name) => ({ name, used: byBudget[name] ?? 0 })) },
    nextPolls: rest.planned.slice(0, MOST_POLLS).map((planned) => pollOf(planned, keyOf)),
    container: containerOf(rest),
    warnings: warningsOf(status),
  };
}

function pollOf({ at, job }: PlannedJob, keyOf: (vin: string) => CarKey): CockpitPoll {
  const about = { car: keyOf(job.vin), at: isoTime(at) };
  if (job.kind === "daily") return { ...about, what: job.feature, why: ["daily"] };
  // A poll after an event whose answer BMW cannot know yet serves none of its purposes so far.
  return { ...about, what: "telematicData", why: job.purposes.length === 0 ? ["schedule"] : job.purposes };
}

function containerOf({ container: { container, isNeeded } }: Account["rest"]): CockpitContainer {
  return { id: container?.id ?? null, descriptors: container?.accepted.length ?? null, isNeeded };
}

/** Lists what is wrong, that of the files first: without them a login does not last. */
function warningsOf({ files, login, stream, rest }: Account["status"]): readonly Problem[] {
  const all = [files, login.problem, stream.problem, rest.problem].filter((problem) => problem !== undefined);
  return all.filter((problem, index) => all.findIndex((other) => isDeepStrictEqual(other, problem)) === index);
}
