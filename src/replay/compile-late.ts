import { setFlagsFromString } from "node:v8";

/*
 * Imported first by a command that runs for a second or two: half of its CPU time went into optimising functions that
 * have little left to do then. V8 waits twice as long as usual before it takes a function for a hot one.
 */
setFlagsFromString("--interrupt-budget=264000");
