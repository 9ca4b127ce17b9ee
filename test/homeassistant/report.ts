/** Columns of the table [characters]. */
const WIDTHS = [6, 12, 72];
const MOST_SHOWN = 6;

/** The table of the run: a line for each check, with what was found wrong beneath it. */
export class Report {
  #passed = 0;
  #failed = 0;

  begin(): void {
    console.log(row("", "scene", "what has to be so", "figures"));
  }

  /** @param findings what is not so; none: it is */
  check(scene: string, what: string, findings: readonly string[], figures = ""): void {
    const isPassed = findings.length === 0;
    if (isPassed) this.#passed++;
    else this.#failed++;
    console.log(row(isPassed ? "ok" : "FAILED", scene, what, figures));
    for (const finding of findings.slice(0, MOST_SHOWN)) console.log(`        - ${finding.slice(0, 300)}`);
    if (findings.length > MOST_SHOWN) console.log(`        and ${findings.length - MOST_SHOWN} more`);
  }

  /** Prints the last line; returns the exit code. */
  end(): number {
    console.log(`\n${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 ? 0 : 1;
  }
}

function row(...cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0))
    .join("  ")
    .trimEnd();
}
