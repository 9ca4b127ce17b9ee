import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { isObject, type JsonObject } from "../../support/json.js";
import { Evidence, type Kind } from "./evidence.js";
import { Inspector } from "./inspector.js";
import { openRecording, readRecording, RecordingError } from "../recording.js";
import { treatValue } from "./walk.js";

/** What was found in one line; never the thing itself, so that a report can be shown to anybody. */
export interface Finding {
  /** Counts from 1. */
  readonly line: number;
  readonly kinds: readonly Kind[];
}

export interface CheckResult {
  readonly lines: number;
  readonly findings: readonly Finding[];
}

/**
 * Looks for what may not leave the house in a recording.
 * @param original the recording that it was made of, to prove that nothing of it is left
 * @throws RecordingError for a line that is no JSON object, if it is not the last; errors of the file system
 */
export async function checkRecording(file: string, original: string | null): Promise<CheckResult> {
  const inspector = new Inspector(original === null ? null : await evidenceOf(original));
  const findings: Finding[] = [];
  let lines = 0;
  for await (const { number, text, value } of numberedLines(openRecording(file))) {
    lines++;
    const kinds = inspector.kindsIn(text, value);
    if (kinds.length > 0) findings.push({ line: number, kinds });
  }
  return { lines, findings };
}

/** What is delicate in a recording. Throws like `checkRecording`. */
export async function evidenceOf(file: string): Promise<Evidence> {
  const evidence = new Evidence();
  for await (const line of readRecording(openRecording(file))) treatValue(line, evidence);
  return evidence;
}

interface NumberedLine {
  readonly number: number;
  readonly text: string;
  /** `undefined` in a last line that was cut, whose text may hold something all the same. */
  readonly value: JsonObject | undefined;
}

async function* numberedLines(input: Readable): AsyncGenerator<NumberedLine> {
  let broken: NumberedLine | null = null;
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number++;
    if (text.trim() === "") continue;
    if (broken !== null) throw new RecordingError(`Line ${broken.number} is not a JSON object.`);
    const line = { number, text, value: objectIn(text) };
    if (line.value === undefined) broken = line;
    else yield line;
  }
  if (broken !== null) yield broken;
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
