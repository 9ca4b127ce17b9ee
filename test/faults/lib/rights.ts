import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { FileTrouble } from "./machine.js";

/** The capabilities by which root reads, writes and takes back the files of others. */
const POWERS = "-dac_override,-dac_read_search,-fowner,-chown";
const WITHOUT_POWERS = ["setpriv", `--bounding-set=${POWERS}`, `--inh-caps=${POWERS}`];
const isRoot = process.getuid?.() === 0;
/** A user id that is unknown to this machine. */
const SOMEBODY_ELSE = 54_321;
const OWN = { user: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0 };

/** Returns how to start a process that has no more rights to files than others; `null` where that is impossible. */
export const LAUNCHER = launcher();

function launcher(): readonly string[] | null {
  if (!isRoot) return process.getuid === undefined ? null : [];
  try {
    execFileSync(WITHOUT_POWERS[0]!, [...WITHOUT_POWERS.slice(1), "true"], { stdio: "ignore" });
    return WITHOUT_POWERS;
  } catch {
    return null;
  }
}

/** Returns the faults that simulate missing rights where the system cannot take them. */
export function pretended(folder: string, code: string, calls: FileTrouble["calls"]): FileTrouble | null {
  return LAUNCHER === null ? { folder, code, calls } : null;
}

/** Gives all files below to another user, as one start under `sudo` does; with `itself`, the folder too. */
export function takeAway(folder: string, { itself }: { itself: boolean }): void {
  if (LAUNCHER === null) return;
  for (const path of filesIn(folder)) give(path, SOMEBODY_ELSE, 0o000);
  if (itself) give(folder, SOMEBODY_ELSE, 0o000);
}

export function giveBack(folder: string): void {
  if (LAUNCHER === null) return;
  give(folder, OWN.user, 0o700);
  for (const path of filesIn(folder)) give(path, OWN.user, 0o600);
}

/** Whether a folder can be made read-only so that its user cannot change that. */
export const CAN_LOCK_FOLDER = LAUNCHER !== null && isRoot;

/** Makes the folder read-only, or writable again. Only with `CAN_LOCK_FOLDER`. */
export function setReadOnly(folder: string, readOnly: boolean): void {
  if (readOnly) give(folder, SOMEBODY_ELSE, 0o755);
  else give(folder, OWN.user, 0o700);
}

function give(path: string, user: number, mode: number): void {
  chmodSync(path, mode);
  if (isRoot) chownSync(path, user, user === OWN.user ? OWN.group : user);
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
}
