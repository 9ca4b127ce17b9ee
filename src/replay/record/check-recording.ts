import { SensitiveData, type SensitiveKind } from "./sensitive-data.js";
import { Inspector } from "./inspector.js";
import { openRecording, readLines, readRecording } from "../recording.js";
import { treatLine } from "./treat-value.js";

/** Holds what was found in one line; never the data itself, so that a report can be shown to anybody. */
export interface Finding {
  /** Counts from 1. */
  readonly line: number;
  readonly kinds: readonly SensitiveKind[];
}

export interface CheckResult {
  readonly lines: number;
  readonly findings: readonly Finding[];
}

/**
 * Searches a recording for sensitive data.
 * @param original recording that it was made from, to prove that nothing of it is left
 * @throws RecordingError for a line that is no JSON object, unless it is the last; errors of the file system
 */
export async function checkRecording(file: string, original: string | null): Promise<CheckResult> {
  const inspector = new Inspector(original === null ? null : await sensitiveDataOf(original));
  const findings: Finding[] = [];
  let lines = 0;
  for await (const { number, text, value } of readLines(openRecording(file))) {
    lines++;
    const kinds = inspector.kindsIn(text, value);
    if (kinds.length > 0) findings.push({ line: number, kinds });
  }
  return { lines, findings };
}

/** Collects the sensitive data of a recording. Throws like `checkRecording`. */
export async function sensitiveDataOf(file: string): Promise<SensitiveData> {
  const data = new SensitiveData();
  for await (const line of readRecording(openRecording(file))) treatLine(line, data);
  return data;
}
