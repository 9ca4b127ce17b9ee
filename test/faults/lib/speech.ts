import { errorOf, type Problem } from "../../../src/support/errors.js";

const FEWEST_WORDS = 5;
const MACHINE_SPEAK: readonly (readonly [RegExp, string])[] = [
  [/__\w+__/, "has a mark that was not filled in"],
  [/\bundefined\b|\bNaN\b|\[object /, "shows a value of the program"],
  [/\n\s+at |TypeError|ReferenceError|Cannot read propert/, "is a trace of the program"],
  [/unexpected error/i, "calls it unexpected"],
  [/cardata-\w+[:.]|errors\.\w+/, "is a key without its text"],
];

/** Checks a sentence for a person; returns the fault in it, or `null`. */
export function faultOfSentence(sentence: string): string | null {
  const found = MACHINE_SPEAK.find(([pattern]) => pattern.test(sentence));
  if (found !== undefined) return found[1];
  return sentence.trim().split(/\s+/).length < FEWEST_WORDS ? "says nothing" : null;
}

/** Checks the message of a problem; returns the fault in it, or `null`. */
export function faultOfProblem(problem: Problem | undefined): string | null {
  if (problem === undefined) return "is missing";
  return problem.code === "internal" ? "calls it unexpected" : faultOfSentence(errorOf(problem).message);
}
