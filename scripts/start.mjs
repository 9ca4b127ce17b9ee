// node scripts/start.mjs PROGRAM [argument ...]: runs a program of this clone, e.g. demo/main.ts; works on a fresh clone.
import { createRequire } from "node:module";
import { join } from "node:path";
import { compiled, ensurePacked } from "./run.mjs";

const [node, , program, ...args] = process.argv;
await ensurePacked();
const file = join(compiled, program.replace(/\.ts$/, ".js"));
process.argv = [node, file, ...args];
createRequire(import.meta.url)(file);
