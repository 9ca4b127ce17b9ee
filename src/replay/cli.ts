#!/usr/bin/env node
import "./compile-late.js";
import { once } from "node:events";
import { exportEntries } from "../journal/export/export-entries.js";
import { failureText, parseArguments, USAGE, UsageError, type WantedReplay } from "./replay-arguments.js";
import { orderedLines } from "./history-pages.js";
import { openRecording, readRecording, RecordingError } from "./recording.js";
import { Replay } from "./replay.js";

const WRITE_FROM_BYTES = 64 * 1024;

async function main(args: readonly string[]): Promise<void> {
  const wanted = parseArguments(args);
  if (wanted === null) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  await replay(wanted);
}

async function replay({ file, options, exporting }: WantedReplay): Promise<void> {
  let waiting = "";
  const player = new Replay(options, (message) => {
    if (exporting === null) waiting += `${JSON.stringify(message)}\n`;
  });
  const write = async () => {
    const text = waiting;
    waiting = "";
    if (text !== "" && !process.stdout.write(text)) await once(process.stdout, "drain");
  };
  try {
    for await (const ordered of orderedLines(readRecording(openRecording(file)))) {
      if (!(await player.play(ordered.line, ordered.followed))) break;
      if (waiting.length > WRITE_FROM_BYTES) await write();
    }
    await player.end();
    if (exporting !== null)
      for (const { text } of exportEntries(await player.journalEntries(), exporting)) waiting += text;
  } finally {
    await write();
  }
  report("left out", player.skipped.toJSON());
  report("not taken", player.rejected.toJSON());
  report("refused by BMW", player.refused.toJSON());
}

/** Writes counts to standard error, so that the output stays pure NDJSON. */
function report(title: string, counts: Partial<Record<string, number>>): void {
  const parts = Object.entries(counts).map(([reason, count]) => `${reason} ${count ?? 0}`);
  if (parts.length > 0) process.stderr.write(`${title}: ${parts.join(", ")}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(failureText(error, USAGE));
  process.exitCode = isUnusable(error) ? 2 : 1;
}

/** Returns whether arguments or a recording cannot be used, including a file that cannot be read or unpacked. */
function isUnusable(error: unknown): boolean {
  return error instanceof UsageError || error instanceof RecordingError || (error instanceof Error && "errno" in error);
}

// A reader that has seen enough (`| head`) closes the pipe.
process.stdout.on("error", () => process.exit(0));
main(process.argv.slice(2)).catch(fail);
