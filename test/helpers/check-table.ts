const MOST_SHOWN = 6;
const LONGEST_FINDING = 300;
const VERDICT = 6;

/** The table of a run: a line for each check, with what was found wrong beneath it. */
export class CheckTable {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** @param columns titles with their widths [characters]; the last one needs none */
  constructor(private readonly columns: readonly (readonly [title: string, width: number])[]) {}

  begin(): void {
    console.log(
      this.#row(
        "",
        this.columns.map(([title]) => title),
      ),
    );
  }

  /** @param findings what is not so; none: it is */
  check(cells: readonly string[], findings: readonly string[]): void {
    const isPassed = findings.length === 0;
    if (isPassed) this.#passed++;
    else this.#failed++;
    console.log(this.#row(isPassed ? "ok" : "FAILED", cells));
    for (const finding of findings.slice(0, MOST_SHOWN)) console.log(`        - ${finding.slice(0, LONGEST_FINDING)}`);
    if (findings.length > MOST_SHOWN) console.log(`        and ${findings.length - MOST_SHOWN} more`);
  }

  /** Says what was not looked at, and why. */
  skip(...cells: readonly string[]): void {
    this.#skipped++;
    console.log(this.#row("-", cells));
  }

  /** Prints the last line; returns the exit code. */
  end(): number {
    const skipped = this.#skipped === 0 ? "" : `, ${this.#skipped} skipped`;
    console.log(`\n${this.#passed} passed, ${this.#failed} failed${skipped}`);
    return this.#failed === 0 ? 0 : 1;
  }

  #row(verdict: string, cells: readonly string[]): string {
    const padded = cells.map((cell, index) => cell.padEnd(this.columns[index]?.[1] ?? 0));
    return [verdict.padEnd(VERDICT), ...padded].join("  ").trimEnd();
  }
}
