import { newProblem, reasonOf, type Problem } from "../support/errors.js";
import type { FileAside, DocumentHold } from "./document.js";

/** Describes an event of the files of an account that the user should know. */
export type StoreEvent =
  | FileAside
  | { readonly kind: "taken-back"; readonly path: string }
  /** Reported once until `over` is reported. */
  | { readonly kind: "trouble"; readonly problem: Problem }
  | { readonly kind: "over"; readonly problem: Problem };

/** Holds the state of one file. */
export interface FileState {
  readonly path: string;
  readonly hold: DocumentHold | null;
  /** Cause of a failed write; `null` without one. */
  readonly cause: unknown;
}

/** Lists the error codes that the user resolves by giving the files back to Node-RED. */
const NO_RIGHT = new Set(["EACCES", "EPERM"]);

/** Summarises the troubles of many files: one report per kind and reason, however many files it concerns. */
export class TroubleReporter {
  /** Present troubles by kind and reason; the first is the worst. */
  #present = new Map<string, Problem>();

  constructor(
    private readonly report: (event: StoreEvent) => void,
    private readonly onChange: () => void,
  ) {}

  get problem(): Problem | null {
    const [first] = this.#present.values();
    return first ?? null;
  }

  /** Passes on what happens once. */
  forward(event: StoreEvent): void {
    this.report(event);
  }

  /**
   * Compares the present state with what was reported.
   * @param inUse why the folder must not be touched at all
   */
  review(inUse: Problem | null, files: readonly FileState[]): void {
    const before = this.#present;
    const held = files.flatMap(({ hold }) => (hold === null ? [] : problemOfHold(hold)));
    const unwritten = files.flatMap(({ cause }) => (cause === null ? [] : unwritable(cause)));
    this.#present = new Map();
    for (const problem of [...(inUse === null ? [] : [inUse]), ...held, ...unwritten]) {
      const key = keyOf(problem);
      if (!this.#present.has(key)) this.#present.set(key, before.get(key) ?? problem);
    }
    const begun = [...this.#present].filter(([key]) => !before.has(key));
    const ended = [...before].filter(([key]) => !this.#present.has(key));
    for (const [, problem] of begun) this.report({ kind: "trouble", problem });
    for (const [, problem] of ended) this.report({ kind: "over", problem });
    if (begun.length + ended.length > 0) this.onChange();
  }
}

function keyOf({ code, params }: Problem): string {
  return `${code} ${String(params?.["reason"])}`;
}

/** Returns the problem of a held document. */
export function problemOfHold(hold: DocumentHold): Problem[] {
  switch (hold.kind) {
    case "in-use":
    case "locked":
      // The lock of the folder reports it, or the search for the key.
      return [];
    case "handing-over":
      return hold.cause === null ? [] : [unwritable(hold.cause)];
    case "newer":
      return [newProblem("store_newer", { path: hold.path })];
    case "unreadable":
      return [unreadable(hold.path, hold.cause)];
  }
}

/** Returns why a file or folder cannot be read. */
export function unreadable(path: string, cause: unknown): Problem {
  const reason = reasonOf(cause);
  return newProblem(NO_RIGHT.has(reason) ? "store_no_right" : "store_unreadable", { path, reason });
}

function unwritable(cause: unknown): Problem {
  return newProblem("store_read_only", { reason: reasonOf(cause) });
}
