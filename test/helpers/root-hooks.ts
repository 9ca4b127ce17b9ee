// mocha loads this before the specs of every suite.
import fc from "fast-check";
import { redactor } from "../../src/support/redact.js";
import { runs, SEED } from "./random.js";

/** Default number of runs of fast-check. */
const ORDINARY_RUNS = 100;
// A failure of a long run is reported as it is: shrinking it could take hours.
const endOnFailure = runs(1) > 1;

fc.configureGlobal({ seed: SEED, numRuns: runs(ORDINARY_RUNS), endOnFailure });
console.log(`Random tests begin with CARDATA_SEED=${SEED}${endOnFailure ? ` CARDATA_RUNS=${runs(1)}` : ""}`);

/** Whose secrets were made known since the last test, and in the tests of the present file. */
const [fresh, former] = [new Set<unknown>(), new Set<unknown>()];
const know = redactor.know.bind(redactor);
redactor.know = (owner, secrets) => {
  fresh.add(owner);
  know(owner, secrets);
};
let file: string | undefined;

/** Longer than anything takes to end that the tests leave behind [ms]. */
const END_MS = 60_000;

/** Ends a process that something keeps alive after its last test: the run would wait for it for ever. */
function endInTime(): void {
  setTimeout(() => {
    console.error(`The tests are over, but something is still open: ${process.getActiveResourcesInfo().join(", ")}.`);
    // After mocha, which tells by then that all has passed.
    process.once("exit", () => (process.exitCode = 1));
    process.exit();
  }, END_MS).unref();
}

export const mochaHooks = {
  beforeAll() {
    // State that spec files create when loaded stays.
    fresh.clear();
  },
  /** The accounts that a spec file has left open are over: to look for their secrets would make all later files slow. */
  beforeEach(this: Mocha.Context) {
    const { file: next } = this.currentTest ?? {};
    if (next === file) return;
    file = next;
    for (const owner of former) know(owner, []);
    former.clear();
  },
  afterEach() {
    for (const owner of fresh) former.add(owner);
    fresh.clear();
  },
  afterAll: endInTime,
};
