#!/usr/bin/env node
import { systemRandom } from "../../support/random.js";
import { failureText } from "../replay-arguments.js";
import { anonymiseRecording } from "./anonymise.js";
import { parseRecordArguments, RECORD_USAGE, type RecordTask } from "./record-arguments.js";
import { checkRecording, type CheckResult } from "./check-recording.js";

const FOUND = 1;
const UNUSABLE = 2;
/** Limits the shown findings, so that the first ones stay visible. */
const MOST_SHOWN = 50;

async function main(args: readonly string[]): Promise<void> {
  const task = parseRecordArguments(args);
  if (task === null) {
    process.stdout.write(`${RECORD_USAGE}\n`);
    return;
  }
  const result = await run(task);
  printResult(task, result);
  if (result.findings.length > 0) process.exitCode = FOUND;
}

function run(task: RecordTask): Promise<CheckResult> {
  return task.task === "check"
    ? checkRecording(task.file, task.original)
    : anonymiseRecording(task.from, task.to, systemRandom);
}

function printResult(task: RecordTask, { lines, findings }: CheckResult): void {
  for (const { line, kinds } of findings.slice(0, MOST_SHOWN))
    process.stdout.write(`line ${line}: ${kinds.join(", ")}\n`);
  if (findings.length > MOST_SHOWN) process.stdout.write(`and ${findings.length - MOST_SHOWN} more lines\n`);
  process.stdout.write(`${summary(task, findings.length)} Lines checked: ${lines}.\n`);
}

function summary(task: RecordTask, found: number): string {
  if (task.task === "check") return found === 0 ? "Nothing found." : `Found something in lines: ${found}.`;
  if (found === 0) return `Written to ${task.to}, and nothing found in it.`;
  return `Something was left, so nothing was written; please report this. Lines with findings: ${found}.`;
}

function fail(error: unknown): void {
  process.stderr.write(failureText(error, RECORD_USAGE));
  // Never the exit code of a finding, which scripts interpret as a result.
  process.exitCode = UNUSABLE;
}

// A reader that has seen enough (`| head`) closes the pipe.
process.stdout.on("error", () => process.exit());
main(process.argv.slice(2)).catch(fail);
