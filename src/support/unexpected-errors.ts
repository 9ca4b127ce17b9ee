import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { cleanText, type CleanText } from "./clean-text.js";

/** Mistakes of a program, as the engine throws them. */
const MISTAKES = [TypeError, RangeError, ReferenceError, SyntaxError, URIError, EvalError];
/** Limits the distinct stacks that are logged, so that a mistake in a busy place cannot fill a disk. */
const MOST_STACKS = 100;
const LONGEST_STACK = 4000;
/** A file, its line and its column at the end of a frame; groups: file (a path or an address), line, column. */
const POSITION = /(?<=[\s(])((?:file:\/\/)?(?:[A-Za-z]:)?[\\/][^():]*):(\d+):(\d+)(?=\)?$)/;
/** The folder above `dist/`, which the sources of all maps lie in. */
const PACKAGE = resolve(__dirname, "..", "..", "..");

/** Takes the stack of an unexpected error to where people read it. */
export type ReportStack = (stack: CleanText) => void;

/**
 * Reports the stacks of errors that nobody meant to throw: mistakes of the engine's kinds (`TypeError`, ...). Failures
 * of the world (`CarDataError`, `HttpFailure`, whatever carries a system code) have a sentence of their own and need
 * none.
 */
export class UnexpectedErrors {
  readonly #reported = new Set<string>();
  #report: ReportStack | null = null;

  /** Hands every stack to `report` from now on, each once; the last caller gets them. */
  reportTo(report: ReportStack): void {
    this.#report = report;
  }

  /** Reports the stack of `thrown` if it is a mistake that was not reported yet. Never throws. */
  notice(thrown: unknown): void {
    if (this.#report === null || !isMistake(thrown) || this.#reported.size >= MOST_STACKS) return;
    const stack = cleanText(sourceStack(thrown), LONGEST_STACK);
    if (this.#reported.has(stack)) return;
    this.#reported.add(stack);
    this.#report(stack);
  }
}

/** The one of the process: wherever an error is caught, it is noticed here. */
export const unexpectedErrors = new UnexpectedErrors();

function isMistake(thrown: unknown): thrown is Error {
  if (!MISTAKES.some((kind) => thrown instanceof kind)) return false;
  return !(thrown instanceof Error && "code" in thrown && typeof thrown.code === "string");
}

/**
 * The stack of an error with the TypeScript file and line of each frame of ours, relative to the package, and without the
 * folders of this machine. Reads source maps from the disk, because Node-RED runs without `--enable-source-maps`.
 */
export function sourceStack({ name, message, stack = `${name}: ${message}` }: Error): string {
  return stack.replace(/^ +at .*$/gm, (frame) =>
    frame.replace(POSITION, (_match, file: string, line: string, column: string) =>
      sourcePosition(file.replace(/^file:\/\//, ""), Number(line), Number(column)),
    ),
  );
}

/** `file:line` of the source, which is what shipped maps know; `file:line:column` of the file itself where it has none. */
function sourcePosition(file: string, line: number, column: number): string {
  const entry = mapOf(file)?.findEntry(line - 1, column - 1);
  // Node.js gives an empty object where the map knows nothing.
  if (entry === undefined || !("originalSource" in entry)) return `${shortPath(file)}:${line}:${column}`;
  const source = resolve(dirname(file), entry.originalSource);
  return `${shortPath(source)}:${entry.originalLine + 1}`;
}

function mapOf(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload);
  } catch {
    // Files of others, and of runs in which Node.js maps by itself, have none.
    return undefined;
  }
}

/** A path within this package or within another one; of files elsewhere the name only, which reveals no user's name. */
function shortPath(file: string): string {
  const path = relative(PACKAGE, file);
  const isOwn = !path.startsWith("..") && !isAbsolute(path);
  const short = isOwn ? path : (/.*node_modules[\\/](.*)$/.exec(file)?.[1] ?? file.split(/[\\/]/).at(-1) ?? file);
  return short.replaceAll("\\", "/");
}
