import { randomInt } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { toNdjsonLine } from "../../store/recording-writer.js";
import type { Random } from "../../support/random.js";
import { UsageError } from "../replay-arguments.js";
import { Anonymiser } from "./anonymiser.js";
import { checkRecording, sensitiveDataOf, type CheckResult } from "./check-recording.js";
import { openRecording, readRecording } from "../recording.js";

const FILE_MODE = 0o600;

/**
 * Writes a recording without personal data, and checks it against the original. If anything fails, a former file `to`
 * stays and no new one exists; after findings not even the former one.
 * @param from recording, read several times, so it cannot be standard input
 * @throws UsageError if both names are the same file; RecordingError; errors of the file system
 */
export async function anonymiseRecording(from: string, to: string, random: Random): Promise<CheckResult> {
  if (await isSameFile(from, to)) throw new UsageError("OUT is the same file as IN.");
  const unchecked = temporaryName(to);
  try {
    await write(unchecked, anonymisedLines(from, new Anonymiser(await sensitiveDataOf(from), random)));
    const result = await checkRecording(unchecked, from);
    if (result.findings.length === 0) await rename(unchecked, to);
    // An older file of that name would be taken for the result.
    else await rm(to, { force: true });
    return result;
  } finally {
    await rm(unchecked, { force: true });
  }
}

async function* anonymisedLines(from: string, anonymiser: Anonymiser): AsyncGenerator<string> {
  for await (const line of readRecording(openRecording(from))) yield toNdjsonLine(anonymiser.line(line));
}

async function write(file: string, lines: AsyncIterable<string>): Promise<void> {
  const output = createWriteStream(file, { flags: "wx", mode: FILE_MODE });
  const source = Readable.from(lines);
  await (file.endsWith(".gz") ? pipeline(source, createGzip(), output) : pipeline(source, output));
}

/**
 * Returns a name beside the file, so that renaming does not copy; with its extension, which shows whether it is packed.
 */
function temporaryName(file: string): string {
  return `${file}.tmp-${randomInt(1e9)}${file.endsWith(".gz") ? ".gz" : ""}`;
}

/** Returns whether two names are the same file, also through links. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((file) => stat(file, { bigint: true }).catch(() => null)));
  return !!first && !!second && first.dev === second.dev && first.ino === second.ino;
}
