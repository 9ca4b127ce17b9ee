// mocha loads this before the specs of every suite.
import fc from "fast-check";
import { runs, SEED } from "./random.js";

/** What fast-check takes by itself. */
const ORDINARY_RUNS = 100;
// A failure of a long run is told as it is: making it smaller could take hours.
const endOnFailure = runs(1) > 1;

fc.configureGlobal({ seed: SEED, numRuns: runs(ORDINARY_RUNS), endOnFailure });
console.log(`Random tests begin with CARDATA_SEED=${SEED}${endOnFailure ? ` CARDATA_RUNS=${runs(1)}` : ""}`);
