import type { SeededRandom } from "../../helpers/random.js";

/** What a fault measured, for the table: `{ "logins lost": 0 }`. */
export type FaultFigures = Readonly<Record<string, number | string>>;

/** What a fault is given for one run. */
export interface FaultContext {
  readonly form: "short" | "long";
  /** How often it is to strike. */
  readonly rounds: number;
  readonly random: SeededRandom;
  /** Notes a loss where something that must hold does not. Whatever is lost at all is a failure. */
  readonly expect: (holds: boolean, loss: string) => void;
}

/** One thing that goes wrong in the world, and the proof that nothing is lost by it. */
export interface Fault {
  /** What goes wrong. */
  readonly title: string;
  readonly rounds: { readonly short: number; readonly long: number };
  /** What is checked, in a few words. */
  readonly checked: string;
  run(context: FaultContext): Promise<FaultFigures>;
}

/** How one run of a fault went. */
export interface FaultReport {
  readonly name: string;
  readonly rounds: number;
  /** Each kind of loss with how often it came. */
  readonly losses: readonly (readonly [loss: string, count: number])[];
  readonly figures: FaultFigures;
  readonly seconds: number;
}
