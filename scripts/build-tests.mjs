// Compiles what runs from the sources (tests, demo, bench, simulator) to .test-build/, once. `tsc` checks the types.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./run.mjs";

const PROGRAMS = ["src/**/*.ts", "nodes/*.ts", "nodes/lib/**/*.ts", "test/**/*.ts", "bench/**/*.ts", "demo/**/*.ts"];
/** What they import besides. */
const FACTS = [
  "nodes/locales/**/*.json",
  "resources/catalogue.json",
  "resources/names/*.json",
  "package.json",
  "test/fixtures/**/*.json",
  "demo/*.json",
];

const outdir = join(root, ".test-build", "js");
rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: [...PROGRAMS, ...FACTS],
  outbase: root,
  outdir,
  format: "cjs",
  platform: "node",
  target: "node20",
  // Stacks and coverage point to the TypeScript.
  sourcemap: true,
  sourcesContent: false,
  loader: { ".json": "copy" },
  logLevel: "warning",
});
