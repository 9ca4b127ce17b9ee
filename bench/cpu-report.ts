// Preloaded into a command of rows/replay.ts: writes down the CPU time that its process has taken [µs].
import { writeFileSync } from "node:fs";

process.once("exit", () => {
  writeFileSync(process.env["CARDATA_CPU_REPORT"] ?? "", JSON.stringify(process.cpuUsage()));
});
