// npm run test:faults [-- --short] [--only name,name] [--seed n]: the fault list; ends with `N passed, N failed`.
import { join } from "node:path";
import { compiled, ensure, run } from "./run.mjs";

await ensure();
const { code } = await run(process.execPath, [
  "--enable-source-maps",
  join(compiled, "test/faults/main.js"),
  ...process.argv.slice(2),
]);
process.exit(code);
