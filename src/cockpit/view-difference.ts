import { isDeepStrictEqual } from "node:util";
import type { CockpitAccount, CockpitCar, CockpitChange } from "./contract.js";

/** Returns the members of `after` that differ from those of `before`, each whole; `null` if none does. */
function changedMembers<View extends object>(before: View, after: View): Partial<View> | null {
  const changed: Partial<View> = {};
  let hasChanged = false;
  for (const name in after) {
    if (isDeepStrictEqual(before[name], after[name])) continue;
    changed[name] = after[name];
    hasChanged = true;
  }
  return hasChanged ? changed : null;
}

/** Returns what a page has to be told of a car: at most one change. */
export function carChange(before: CockpitCar | undefined, after: CockpitCar): CockpitChange[] {
  if (before === undefined) return [{ kind: "carAdded", car: after }];
  const changed = changedMembers(before, after);
  return changed === null ? [] : [{ kind: "car", key: after.key, changed }];
}

/** Returns what a page has to be told of an account: at most one change. */
export function accountChange(before: CockpitAccount | undefined, after: CockpitAccount): CockpitChange[] {
  if (before === undefined) return [{ kind: "accountAdded", account: after }];
  const changed = changedMembers(before, after);
  return changed === null ? [] : [{ kind: "account", id: after.id, changed }];
}
