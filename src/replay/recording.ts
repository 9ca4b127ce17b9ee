import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { isObject, nonEmptyText, type JsonObject } from "../support/json.js";

/** Holds one line of a recording: something that arrived, or was done, at a time. */
export interface RecordedLine extends JsonObject {
  readonly at: string;
  readonly kind: string;
}

/** Reports a line that cannot be used at all; ends the replay. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

/** Opens a recording: a file, or `-` for standard input; unpacks `.gz`. */
export function openRecording(file: string): Readable {
  if (file === "-") return process.stdin;
  const stream = createReadStream(file);
  if (!file.endsWith(".gz")) return stream;
  const unpacked = createGunzip();
  stream.on("error", (error) => unpacked.destroy(error));
  return stream.pipe(unpacked);
}

/** Holds a line as written. */
interface WrittenLine {
  /** Counts from 1, as editors do. */
  readonly number: number;
  readonly text: string;
  /** `null` for a truncated last line. */
  readonly value: JsonObject | null;
}

/**
 * Reads the lines of a recording. Tolerates blank lines, CRLF and a truncated last line.
 * @throws RecordingError for any other line that is no JSON object, with its number
 */
export async function* readRecording(input: Readable): AsyncGenerator<RecordedLine> {
  for await (const { value } of readLines(input))
    if (value !== null)
      yield { ...value, at: nonEmptyText(value["at"]) ?? "", kind: nonEmptyText(value["kind"]) ?? "" };
}

/** Reads the lines as written, including a truncated last one, without blank ones. Throws like `readRecording`. */
export async function* readLines(input: Readable): AsyncGenerator<WrittenLine> {
  let broken: WrittenLine | null = null;
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number++;
    if (line.trim() === "") continue;
    // Only now it is certain that the broken line was not the last one.
    if (broken !== null) throw new RecordingError(`Line ${broken.number} is not a JSON object.`);
    const written = { number, text: line, value: objectIn(line) };
    if (written.value === null) broken = written;
    else yield written;
  }
  if (broken !== null) yield broken;
}

function objectIn(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
