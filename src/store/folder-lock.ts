import type { Problem } from "../support/errors.js";

/** Hears that the folder is another process's (the problem says so), or with `null` that it is ours from now on. */
export type LockUser = (inUse: Problem | null) => void;

/** Keeps other processes out of a folder. */
export interface FolderLock {
  /** Begins to use the folder; resolves with the first word on whether it is ours, and never rejects. */
  join(user: LockUser): Promise<Problem | null>;
  /** Looks now whether the folder is still ours, or is by now; users hear of a change before this resolves. */
  check(): Promise<void>;
  leave(user: LockUser): void;
}

/** For files that no other process can see. */
export const NO_LOCK: FolderLock = {
  join: () => Promise.resolve(null),
  check: () => Promise.resolve(),
  leave: () => undefined,
};
