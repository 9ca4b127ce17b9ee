import type { Problem } from "../support/errors.js";

/** Called with a problem while another process uses the folder, with `null` when it is free for this one. */
export type LockListener = (inUse: Problem | null) => void;

/** Keeps other processes out of a folder. */
export interface FolderLock {
  /** Starts using the folder; resolves with the first result, and never rejects. */
  join(user: LockListener): Promise<Problem | null>;
  /** Checks now whether this process owns the folder; users are notified of a change before this resolves. */
  check(): Promise<void>;
  leave(user: LockListener): void;
}

/** Lock for files that no other process can see. */
export const NO_LOCK: FolderLock = {
  join: () => Promise.resolve(null),
  check: () => Promise.resolve(),
  leave: () => undefined,
};
