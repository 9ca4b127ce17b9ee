import { CheckTable } from "../helpers/check-table.js";

/** The table of the run. */
export class Report {
  readonly #table = new CheckTable([
    ["scene", 12],
    ["what has to be so", 72],
    ["figures", 0],
  ]);

  begin(): void {
    this.#table.begin();
  }

  /** @param findings what is not so; none: it is */
  check(scene: string, what: string, findings: readonly string[], figures = ""): void {
    this.#table.check([scene, what, figures], findings);
  }

  /** Prints the last line; returns the exit code. */
  end(): number {
    return this.#table.end();
  }
}
