import { Evidence, type Kind } from "./evidence.js";
import { Inspector } from "./inspector.js";
import { openRecording, readLines, readRecording } from "../recording.js";
import { treatLine } from "./walk.js";

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
  for await (const { number, text, value } of readLines(openRecording(file))) {
    lines++;
    const kinds = inspector.kindsIn(text, value);
    if (kinds.length > 0) findings.push({ line: number, kinds });
  }
  return { lines, findings };
}

/** What is delicate in a recording. Throws like `checkRecording`. */
export async function evidenceOf(file: string): Promise<Evidence> {
  const evidence = new Evidence();
  for await (const line of readRecording(openRecording(file))) treatLine(line, evidence);
  return evidence;
}
