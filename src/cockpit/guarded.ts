import { unexpectedErrors } from "../support/unexpected-errors.js";

/**
 * Returns the result of `run`, or `instead` if it throws: a mistake in what the page shows must cost it a line, not the flows
 * their messages, nor Node-RED its life in a timer.
 */
export function guarded<T>(run: () => T, instead: T): T {
  try {
    return run();
  } catch (error) {
    unexpectedErrors.notice(error);
    return instead;
  }
}
