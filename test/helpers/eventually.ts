import { setTimeout as pause } from "node:timers/promises";

const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 20;

/** Looks until there is something other than `undefined` or false, for what no event tells. */
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
