// npm run test:faults [-- --short] [--only name,name] [--seed n]: the fault list; ends with `N passed, N failed`.
import { ensure, run } from "./run.mjs";

await ensure();
const { code } = await run(process.execPath, ["--import", "tsx", "test/faults/main.ts", ...process.argv.slice(2)]);
process.exit(code);
