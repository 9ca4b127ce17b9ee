import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { systemCodeOf } from "../support/errors.js";
import { finite } from "../support/json.js";
import { needed, object, then, word, type Read } from "../support/stored.js";

/** What tells a process from all others, also from one that got its number later. */
export interface ProcessIdentity {
  readonly host: string;
  /** Start of the machine and name space of process numbers; "" where the system tells neither. */
  readonly space: string;
  readonly pid: number;
  /** When it began, in the system's own count; "" where the system does not tell. */
  readonly started: string;
}

/** `unknown`: it runs elsewhere, in another container perhaps, or the system does not tell enough. */
export type Fate = "alive" | "dead" | "unknown";

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const { pid } = process;
  return { host: hostname(), space: await ownSpace(), pid, started: (await statusOf(pid))?.started ?? "" };
}

/** What became of a process. */
export async function fateOf({ host, space, pid, started }: ProcessIdentity): Promise<Fate> {
  // The number means something in its own space only.
  if (space !== (await ownSpace()) || (space === "" && host !== hostname())) return "unknown";
  if (!exists(pid)) return "dead";
  const status = await statusOf(pid);
  if (status === null || status.started === "" || started === "") return "unknown";
  return status.started === started && !status.isOver ? "alive" : "dead";
}

/** The identity out of what was saved, or `null`. */
export const decodeIdentity: Read<ProcessIdentity | null> = object({
  host: word,
  space: word,
  pid: needed(then<number, number>(finite, (pid) => (Number.isSafeInteger(pid) && pid > 0 ? pid : null))),
  started: word,
});

/** Linux alone tells it. */
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
    // The name before may hold anything. Then: state, ..., start time as the 20th.
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
