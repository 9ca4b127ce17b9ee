import { setTimeout as pause } from "node:timers/promises";

/** The one limit of all waits for an event: longer than a busy machine needs, shorter than mocha waits for a test. */
export const PATIENCE_MS = 120_000;
/** Limit of a test that simulates weeks of lives, on a machine that does much else. */
export const PATIENCE_OF_LIVES_MS = 600_000;
const LOOK_AGAIN_MS = 20;

/** Polls until there is something other than `undefined` or false, for conditions without an event. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<Exclude<T, undefined | false>> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (Date.now() > deadline) throw new Error(`It never came to this: ${what}`);
    await pause(LOOK_AGAIN_MS);
  }
}

/** Tries again until `check` does not throw any more; throws what it threw last. */
export async function untilItPasses(check: () => unknown): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(LOOK_AGAIN_MS);
  }
}
