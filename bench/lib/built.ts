import { createRequire } from "node:module";
import { join } from "node:path";
import { ROOT } from "../../test/helpers/node-red.js";

/** Loads a file of the built package, because that is what users run. `path` as in `src/account/vehicle-registry.js`. */
export function built(path: string): unknown {
  return builtIn(ROOT, path);
}

/** Loads a file of another clone that was built, e.g. of the commit before a change. */
export function builtIn(root: string, path: string): unknown {
  return createRequire(__filename)(join(root, "dist", path));
}
