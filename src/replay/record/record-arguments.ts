import { parseArgs } from "node:util";
import { orUsageError, UsageError } from "../replay-arguments.js";

export const RECORD_USAGE = `Usage: cardata-record anonymise IN OUT
       cardata-record check FILE [ORIGINAL]
  anonymise       write the recording IN to OUT without VINs, customer ids, tokens, names and addresses, and with
                  all places moved to the open sea; then check OUT against IN
  check           look for what should not be shown to others; with ORIGINAL also for anything that is left of it
  --help          show this
Recordings are NDJSON, or packed where the name ends in .gz.
Exit: 0 nothing found, 1 something found, 2 arguments or a file that cannot be used.`;

/** Describes the task of a command. */
export type RecordTask =
  | { readonly task: "anonymise"; readonly from: string; readonly to: string }
  | { readonly task: "check"; readonly file: string; readonly original: string | null };

/**
 * Parses the command line.
 * @returns `null` if the user asks for help
 * @throws UsageError
 */
export function parseRecordArguments(args: readonly string[]): RecordTask | null {
  const { values, positionals } = parsed(args);
  if (values.help === true) return null;
  const [task, ...files] = positionals;
  switch (task) {
    case "anonymise":
      return anonymise(files);
    case "check":
      return check(files);
    default:
      throw new UsageError(task === undefined ? "Say what to do." : `There is no "${task}".`);
  }
}

function anonymise([from, to, ...more]: readonly string[]): RecordTask {
  if (from === undefined || to === undefined || more.length > 0) throw new UsageError("Give two files, IN and OUT.");
  if (from === "-" || to === "-") throw new UsageError("IN and OUT are read more than once: give files, not -.");
  return { task: "anonymise", from, to };
}

function check([file, original, ...more]: readonly string[]): RecordTask {
  if (file === undefined || more.length > 0) throw new UsageError("Give one recording, and its original if you like.");
  if (file === "-" && original === "-") throw new UsageError("Only one of the two can be standard input.");
  return { task: "check", file, original: original ?? null };
}

function parsed(args: readonly string[]) {
  const options = { help: { type: "boolean" } } as const;
  return orUsageError(() => parseArgs({ args: [...args], options, allowPositionals: true }));
}
