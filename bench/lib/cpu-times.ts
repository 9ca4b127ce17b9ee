import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** CPU time of this process since its start, in all its threads [ms]. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The kernel counts the time of processes in hundredths of a second. */
const TICK_MS = 10;

/** CPU time of another process since its start [ms]; 0 where the system has no `/proc`. */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may have blanks; user and system time are the 12th and 13th after it.
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13);
    return (Number(user) + Number(system)) * TICK_MS;
  } catch {
    return 0;
  }
}

/** Times of all cores together since the start of the machine [ms]. */
interface MachineTimes {
  readonly all: number;
  readonly idle: number;
}

export function machineTimes(): MachineTimes {
  const times = cpus().map((core) => core.times);
  const sum = (of: (core: (typeof times)[number]) => number) => times.reduce((total, core) => total + of(core), 0);
  return {
    all: sum(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq),
    idle: sum(({ idle }) => idle),
  };
}

/** How much of all cores was in use between two moments, by whomever (0 to 1). */
export function busyShare(before: MachineTimes, after: MachineTimes): number {
  const all = after.all - before.all;
  return all === 0 ? 0 : 1 - (after.idle - before.idle) / all;
}
