// mocha loads this before the specs of every suite.
import fc from "fast-check";

const { CARDATA_SEED = "1" } = process.env;

/** The seed of every random test, so that what happened once can happen again. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(CARDATA_SEED) });
console.log(`Random tests begin with CARDATA_SEED=${CARDATA_SEED}`);
