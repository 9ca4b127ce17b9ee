import type { PendingWrites } from "./pending-writes.js";

interface FormerContent {
  readonly content: string;
  isKept: boolean;
}

/**
 * Hands the file of a document over to another owner: keeps the content of each former one aside as `<name>.<owner>.json`,
 * so that it can be taken back when that one logs in again.
 */
export class DocumentHandover {
  /** Content that is to be kept aside, by owner. */
  readonly #former = new Map<string, FormerContent>();

  constructor(
    private readonly path: string,
    private readonly writes: PendingWrites,
  ) {}

  /** Returns whether a handover is under way, so that the file itself is not to be read. */
  get isPending(): boolean {
    return this.#former.size > 0;
  }

  /** Adds the content of an owner, as it is in the file or would be written there. */
  add(owner: string, content: string): void {
    this.#former.set(owner, { content, isKept: false });
  }

  /** Returns the content of this owner that has not been kept aside yet, or has come back meanwhile. */
  contentOf(owner: string): string | undefined {
    return this.#former.get(owner)?.content;
  }

  /** Writes the content of all owners except the present one aside, each once; rejects if that fails. */
  async keepAside(present: string): Promise<void> {
    for (const [owner, former] of this.#former) {
      if (owner === present || former.isKept) continue;
      await this.writes.write(this.pathOf(owner), former.content);
      former.isKept = true;
    }
  }

  /** Ends the handover: the content was kept aside, or is of no use any more. */
  end(): void {
    this.#former.clear();
  }

  /** Returns the path at which the content of an owner is kept. */
  pathOf(owner: string): string {
    return this.path.replace(/\.json$/, `.${owner}.json`);
  }
}
