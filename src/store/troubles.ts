import { newProblem, reasonOf, type Problem } from "../support/errors.js";
import type { FileAside, Hold } from "./document.js";

/** What the user should hear of the files of an account. */
export type StoreNews =
  | FileAside
  | { readonly kind: "taken-back"; readonly path: string }
  /** Told once until `over` has been told of it. */
  | { readonly kind: "trouble"; readonly problem: Problem }
  | { readonly kind: "over"; readonly problem: Problem };

/** How one file is doing. */
export interface FileState {
  readonly path: string;
  readonly hold: Hold | null;
  /** Why it could not be written; `null` if it could. */
  readonly cause: unknown;
}

/** These end when the user gives the files back to Node-RED. */
const NO_RIGHT = new Set(["EACCES", "EPERM"]);

/** Makes few words of many files: trouble of one kind and reason is one trouble, however many files it concerns. */
export class Troubles {
  /** What goes on, by kind and reason; the first is the worst. */
  #present = new Map<string, Problem>();

  constructor(
    private readonly report: (news: StoreNews) => void,
    private readonly onChange: () => void,
  ) {}

  get problem(): Problem | null {
    const [first] = this.#present.values();
    return first ?? null;
  }

  /** Passes on what happens once. */
  tell(news: StoreNews): void {
    this.report(news);
  }

  /**
   * Compares how things are with what was told.
   * @param inUse why the folder may not be touched at all
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

/** How to tell that a document is held. */
export function problemOfHold(hold: Hold): Problem[] {
  switch (hold.kind) {
    case "in-use":
    case "locked":
      // The lock of the folder tells it, or who looks for the key.
      return [];
    case "handing-over":
      return hold.cause === null ? [] : [unwritable(hold.cause)];
    case "newer":
      return [newProblem("store_newer", { path: hold.path })];
    case "unreadable":
      return [unreadable(hold.path, hold.cause)];
  }
}

/** Why a file or folder cannot be read. */
export function unreadable(path: string, cause: unknown): Problem {
  const reason = reasonOf(cause);
  return newProblem(NO_RIGHT.has(reason) ? "store_no_right" : "store_unreadable", { path, reason });
}

function unwritable(cause: unknown): Problem {
  return newProblem("store_read_only", { reason: reasonOf(cause) });
}
