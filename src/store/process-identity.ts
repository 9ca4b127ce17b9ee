import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { systemCodeOf } from "../support/errors.js";
import { finiteNumber } from "../support/json.js";
import { needed, object, then, word, type StoredReader } from "../support/stored-schema.js";

/** Identifies a process, also against one that gets the same number later. */
export interface ProcessIdentity {
  readonly host: string;
  /** Boot id and PID namespace; "" if unavailable. */
  readonly space: string;
  readonly pid: number;
  /** Start time in the system's own units; "" if unavailable. */
  readonly started: string;
}

/**
 * Names the state of a process; `unknown`: it runs elsewhere, perhaps in another container, or the system does not
 * reveal it.
 */
export type ProcessState = "alive" | "dead" | "unknown";

/** Returns the identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const { pid } = process;
  return { host: hostname(), space: await ownSpace(), pid, started: (await statusOf(pid))?.started ?? "" };
}

/** Returns the state of a process. */
export async function processStateOf({ host, space, pid, started }: ProcessIdentity): Promise<ProcessState> {
  // The number is only valid in its own namespace.
  if (space !== (await ownSpace()) || (space === "" && host !== hostname())) return "unknown";
  if (!exists(pid)) return "dead";
  const status = await statusOf(pid);
  if (status === null || status.started === "" || started === "") return "unknown";
  return status.started === started && !status.isOver ? "alive" : "dead";
}

/** Decodes a saved identity; `null` if damaged. */
export const decodeIdentity: StoredReader<ProcessIdentity | null> = object({
  host: word,
  space: word,
  pid: needed(then<number, number>(finiteNumber, (pid) => (Number.isSafeInteger(pid) && pid > 0 ? pid : null))),
  started: word,
});

/** Reads the namespace; available on Linux only. */
async function ownSpace(): Promise<string> {
  try {
    const [boot, names] = await Promise.all([
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
      readlink("/proc/self/ns/pid"),
    ]);
    return `${boot.trim()} ${names}`;
  } catch {
    return "";
  }
}

async function statusOf(pid: number): Promise<{ readonly started: string; readonly isOver: boolean } | null> {
  try {
    const line = await readFile(`/proc/${String(pid)}/stat`, "utf8");
    // The name before may contain anything. Then: state, ..., start time as the 20th.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return { started: fields[19] ?? "", isOver: fields[0] === "Z" || fields[0] === "X" };
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) !== "ESRCH";
  }
}
