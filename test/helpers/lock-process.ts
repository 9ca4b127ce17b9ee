import { ProcessLock } from "../../src/store/process-lock.js";
import { systemClock } from "../../src/support/clock.js";
import type { Problem } from "../../src/support/errors.js";

/** Runs a process that asks for the lock of a folder on command, and reports each result: `ours` or a problem. */
const [folder = ""] = process.argv.slice(2);

const report = (inUse: Problem | null) => process.send?.(inUse ?? "ours");

process.on("message", (what) => {
  if (what === "end") process.exit(0);
  void new ProcessLock(folder, systemClock).join(report).then(report);
});
process.send?.("ready");
