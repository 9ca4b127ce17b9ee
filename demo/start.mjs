// npm start: works on a fresh clone, so nothing may be imported before `ensure` has installed and built it.
import { ensure } from "../scripts/run.mjs";

await ensure();
const { register } = await import("tsx/cjs/api");
register();
const { createRequire } = await import("node:module");
await createRequire(import.meta.url)("./main.ts").demo(process.argv.slice(2));
