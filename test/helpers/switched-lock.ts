import type { FolderLock, LockListener } from "../../src/store/folder-lock.js";
import type { Problem } from "../../src/support/errors.js";

/** A lock that another process takes and leaves when the test says so. */
export function switchedLock(inUse: Problem | null) {
  const users = new Set<LockListener>();
  const state = { inUse };
  const lock: FolderLock = {
    join: async (user) => {
      users.add(user);
      return state.inUse;
    },
    check: () => Promise.resolve(),
    leave: (user) => {
      users.delete(user);
    },
  };
  const turn = (problem: Problem | null) => {
    state.inUse = problem;
    for (const user of users) user(problem);
  };
  return { lock, turn, users };
}
