import type { SeededRandom } from "../../helpers/random.js";

/** The figures of a fault for the table: `{ "logins lost": 0 }`. */
export type FaultFigures = Readonly<Record<string, number | string>>;

/** The parameters of one run of a fault. */
export interface FaultContext {
  readonly form: "short" | "long";
  /** Number of times to strike. */
  readonly rounds: number;
  readonly random: SeededRandom;
  /** Records a loss if something that must hold does not. Any loss is a failure. */
  readonly expect: (holds: boolean, loss: string) => void;
}

/** One fault of the outside world, and the proof that nothing is lost by it. */
export interface FaultScenario {
  /** Name of the fault. */
  readonly title: string;
  readonly rounds: { readonly short: number; readonly long: number };
  /** A few words on the checks. */
  readonly checked: string;
  run(context: FaultContext): Promise<FaultFigures>;
}

/** The result of one run of a fault. */
export interface FaultReport {
  readonly name: string;
  readonly rounds: number;
  /** Number of losses of each kind. */
  readonly losses: readonly (readonly [loss: string, count: number])[];
  readonly figures: FaultFigures;
  readonly seconds: number;
}
