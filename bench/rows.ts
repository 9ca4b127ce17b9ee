import type { ResultRow } from "./lib/result.js";

/** The rows by name; loaded one by one, because each runs in a process of its own. */
export const ROWS: Readonly<Record<string, () => Promise<ResultRow>>> = {
  decode: () => import("./rows/decode.js"),
  flow: () => import("./rows/flow.js"),
  relay: () => import("./rows/relay.js"),
  load: () => import("./rows/load.js"),
  start: () => import("./rows/start.js"),
  memory: () => import("./rows/memory.js"),
  package: () => import("./rows/package.js"),
  gap: () => import("./rows/gap.js"),
  calls: () => import("./rows/calls.js"),
  month: () => import("./rows/month.js"),
  replay: () => import("./rows/replay.js"),
  soc: () => import("./rows/soc.js"),
  journal: () => import("./rows/journal.js"),
  year: () => import("./rows/year.js"),
};
